// Which of upstream's integration tests of custom resources are run, and what they are run without.
import { join } from 'node:path';

/** The module that has them, and its sum. */
export const module = 'k8s.io/apiextensions-apiserver@v0.36.6';
export const sum = 'h1:Yk7MDGJBGaxJVDcLYpT6rmWCoetjwijwQ8Y2zECJipY=';

const cbor = 'CBORServingAndStorage, which is alpha';
const etcd = 'definitions as clusters of old stored them, in v1beta1';
const emulation = '--emulated-version';

/** Each: a folder below test/integration; `skip` has tests that are left out, by the reason why. */
export const suites = [
  {
    folder: '.',
    skip: {
      TestCBORStorageEnablement: cbor,
      'TestCBORServingEnablement/enabled': cbor,
      TestEtcdStorage: etcd,
      TestNonStructuralSchemaConditionUpdate: etcd,
      TestNonStructuralSchemaConditionForCRDV1Beta1MigratedData: etcd,
      TestFieldSelectorDropFields: emulation,
      TestFieldSelectorDisablement: emulation,
      TestRatchetingDropFields: emulation,
      // Extensions are YAML there; JSON is YAML.
      'TestFieldSelectorOpenAPI/OpenAPIv2': 'the line breaks of YAML inside protobuf',
      // It must look while the definition has no objects and is not finalized yet.
      TestApplyCRDuringCRDFinalization: 'a moment that is over too soon',
    },
  },
  { folder: 'conversion', skip: {} },
];

/** Where a compiled suite is. */
export function programOf(copy, folder) {
  return join(copy, 'compiled', folder === '.' ? 'integration.test' : `${folder}.test`);
}
