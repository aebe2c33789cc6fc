// CSIStorageCapacity: what tables cannot say. Of what it is the capacity never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go.
import type { CSIStorageCapacity } from '#types/storage.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { nodeLabelSelectorWarnings } from '../pod-spec/deprecated-labels.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dnsSubdomain, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateNonnegativeQuantity } from '../validation/resource-names.ts';

function validate(errors: FieldErrors, capacity: CSIStorageCapacity, allowInvalidValues = false): void {
  const { storageClassName: name } = capacity;
  validateLabelSelector(errors, capacity.nodeTopology, 'nodeTopology', { allowInvalidValues });
  errors.invalids('storageClassName', name, dnsSubdomain(name));
  if (capacity.capacity !== undefined) validateNonnegativeQuantity(errors, capacity.capacity, 'capacity');
}

function warnings({ nodeTopology }: CSIStorageCapacity): string[] {
  return nodeLabelSelectorWarnings(nodeTopology, 'nodeTopology');
}

export const csiStorageCapacity = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  validateCreate(capacity) {
    const errors = new FieldErrors();
    validate(errors, capacity);
    return errors.list;
  },
  warningsOnCreate: warnings,
  allowUnconditionalUpdate: false,
  validateUpdate(capacity, old) {
    const errors = new FieldErrors();
    const faults = new FieldErrors();
    validateLabelSelector(faults, old.nodeTopology, '');
    validate(errors, capacity, !faults.empty);
    validateImmutable(errors, capacity.nodeTopology ?? null, old.nodeTopology ?? null, 'nodeTopology');
    validateImmutable(errors, capacity.storageClassName, old.storageClassName, 'storageClassName');
    return errors.list;
  },
  warningsOnUpdate: warnings,
});
