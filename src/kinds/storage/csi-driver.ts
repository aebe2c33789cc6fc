// CSIDriver: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/storage/csidriver/strategy.go and pkg/apis/storage/validation/validation.go.
import type { CSIDriver, CSIDriverSpec, TokenRequest } from '#types/storage.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { raiseGeneration } from '../validation/status-strategy.ts';

const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycleModes = ['Persistent', 'Ephemeral'];
const tokensInSecrets =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes';

function validateTokenRequests(errors: FieldErrors, requests: readonly TokenRequest[]): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience, expirationSeconds: seconds }, i) => {
    const path = `spec.tokenRequests[${i}]`;
    if (audiences.has(audience)) {
      errors.duplicate(`${path}.audience`, audience);
      return;
    }
    audiences.add(audience);
    if (seconds === undefined) return;
    const at = `${path}.expirationSeconds`;
    if (seconds < 600) errors.invalid(at, seconds, 'may not specify a duration less than 10 minutes');
    if (seconds > 2 ** 32) errors.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds');
  });
}

function validate(errors: FieldErrors, { spec }: CSIDriver): void {
  const { fsGroupPolicy, volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  const requests = spec.tokenRequests ?? [];
  // Upstream misspells the field.
  if (spec.attachRequired === undefined) errors.required('spec.attachedRequired');
  for (const field of ['podInfoOnMount', 'storageCapacity'] as const)
    if (spec[field] === undefined) errors.required(`spec.${field}`);
  if (fsGroupPolicy !== undefined && !groupPolicies.includes(fsGroupPolicy))
    errors.notSupported('spec.fsGroupPolicy', fsGroupPolicy, groupPolicies);
  validateTokenRequests(errors, requests);
  for (const mode of volumeLifecycleModes)
    if (!lifecycleModes.includes(mode))
      errors.notSupported('spec.volumeLifecycleModes', mode, lifecycleModes);
  if (spec.seLinuxMount === undefined) errors.required('spec.seLinuxMount');
  if (period !== undefined && period < 10)
    errors.invalid(
      'spec.nodeAllocatableUpdatePeriodSeconds',
      period,
      'must be greater than or equal to 10 seconds',
    );
  const inSecrets = spec.serviceAccountTokenInSecrets;
  if (inSecrets !== undefined && requests.length === 0)
    errors.invalid(
      'spec.serviceAccountTokenInSecrets',
      inSecrets,
      'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    );
}

function tokenWarnings({ spec }: CSIDriver): string[] {
  const needed = spec.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined;
  return needed ? [tokensInSecrets] : [];
}

// The gate of this field is off in 1.36.
function dropDisabled(spec: CSIDriverSpec, old?: CSIDriverSpec): void {
  if (old?.preventPodSchedulingIfMissing === undefined) delete spec.preventPodSchedulingIfMissing;
}

function docOf(field: string) {
  return doc(`storage.k8s.io/v1.CSIDriverSpec.${field}`);
}

export const csiDriver = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  prepareForCreate: ({ spec }) => dropDisabled(spec),
  validateCreate(driver) {
    const errors = new FieldErrors();
    validate(errors, driver);
    return errors.list;
  },
  warningsOnCreate: tokenWarnings,
  allowUnconditionalUpdate: false,
  prepareForUpdate(driver, old) {
    dropDisabled(driver.spec, old.spec);
    raiseGeneration(driver, old);
  },
  validateUpdate(driver, old) {
    const errors = new FieldErrors();
    const { attachRequired, volumeLifecycleModes } = driver.spec;
    validate(errors, driver);
    validateImmutable(errors, attachRequired, old.spec.attachRequired, 'spec.attachedRequired');
    validateImmutable(
      errors,
      volumeLifecycleModes,
      old.spec.volumeLifecycleModes,
      'spec.volumeLifecycleModes',
    );
    return errors.list;
  },
  warningsOnUpdate: (driver, old) =>
    semanticEqual(driver.spec.tokenRequests, old.spec.tokenRequests) ? [] : tokenWarnings(driver),
  table: {
    columns: [
      nameColumn,
      column('AttachRequired', 'boolean', docOf('attachRequired')),
      column('PodInfoOnMount', 'boolean', docOf('podInfoOnMount')),
      column('StorageCapacity', 'boolean', docOf('storageCapacity')),
      column('TokenRequests', 'string', docOf('tokenRequests')),
      column('RequiresRepublish', 'boolean', docOf('requiresRepublish')),
      column('Modes', 'string', docOf('volumeLifecycleModes')),
      ageColumn,
    ],
    row(driver, context) {
      const { spec } = driver;
      return {
        cells: [
          nameOf(driver),
          spec.attachRequired ?? true,
          spec.podInfoOnMount ?? false,
          spec.storageCapacity ?? false,
          spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
          spec.requiresRepublish ?? false,
          spec.volumeLifecycleModes?.join(',') || '<none>',
          ageOf(driver, context),
        ],
      };
    },
  },
});
