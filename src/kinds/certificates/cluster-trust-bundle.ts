// ClusterTrustBundle: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go.
import type { ClusterTrustBundle } from '#types/certificates.k8s.io_v1beta1';
import { defineKind } from '../define-kind.ts';
import { nameOf } from '../table/ages.ts';
import { column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { longerThan } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { certificateOf, pemBlocks } from './pem-blocks.ts';
import { validateSignerName } from './request-rules.ts';
import { trustBundleNameFaults } from './trust-bundle-name.ts';

const longestBundle = 1024 * 1024;
const path = 'spec.trustBundle';
const omitted = '<value omitted>';

function validateBundle(errors: FieldErrors, text: string): void {
  if (longerThan(text, longestBundle)) {
    errors.tooLong(path, longestBundle);
    return;
  }
  const faults: string[] = [];
  const places = new Map<string, number[]>();
  pemBlocks(text).forEach((block, i) => {
    if (block.type !== 'CERTIFICATE') faults.push(`entry ${i} has bad block type: ${block.type}`);
    else if (block.hasHeaders) faults.push(`entry ${i} has PEM block headers`);
    else {
      const certificate = certificateOf(block);
      if (!certificate) faults.push(`entry ${i} does not parse as X.509`);
      else if (!certificate.ca) faults.push(`entry ${i} does not have the CA bit set`);
      else {
        const key = block.der.toString('base64');
        places.set(key, [...(places.get(key) ?? []), i]);
      }
    }
  });
  if (faults.length === 0 && places.size === 0) faults.push('at least one trust anchor must be provided');
  if (faults.length === 0)
    for (const indices of places.values())
      if (indices.length > 1) faults.push(`duplicate trust anchor (indices [${indices.join(' ')}])`);
  errors.invalids(path, omitted, faults);
}

export const clusterTrustBundle = defineKind<ClusterTrustBundle>({
  group: 'certificates.k8s.io',
  version: 'v1beta1',
  kind: 'ClusterTrustBundle',
  metadataChecks: ['whole', 'change'],
  allowUnconditionalUpdate: false,
  nameRule: (name, prefix, { spec }) => trustBundleNameFaults(name, prefix, spec.signerName ?? ''),
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    if (spec.signerName) validateSignerName(errors, spec.signerName, 'spec.signerName');
    validateBundle(errors, spec.trustBundle);
    return errors.list;
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    if (spec.signerName) validateSignerName(errors, spec.signerName, 'spec.signerName');
    if (spec.trustBundle !== old.spec.trustBundle) validateBundle(errors, spec.trustBundle);
    validateImmutable(errors, spec.signerName ?? '', old.spec.signerName ?? '', 'spec.signerName');
    return errors.list;
  },
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
  table: {
    columns: [
      nameColumn,
      column('SignerName', 'string', doc('certificates.k8s.io/v1alpha1.ClusterTrustBundleSpec.signerName')),
    ],
    row: (bundle) => ({ cells: [nameOf(bundle), bundle.spec.signerName || '<none>'] }),
  },
});
