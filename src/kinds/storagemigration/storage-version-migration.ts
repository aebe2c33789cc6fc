// StorageVersionMigration: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/storagemigration/validation/validation.go.
import type { Condition } from '#types/meta_v1';
import type { StorageVersionMigration } from '#types/storagemigration.k8s.io_v1beta1';
import { defineKind } from '../define-kind.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dns1035Label, dnsSubdomain, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';

const conditionsPath = 'status.conditions';
const versionPath = 'status.resourceVersion';

function validate({ spec }: StorageVersionMigration): FieldErrors {
  const errors = new FieldErrors();
  const { group = '', resource = '' } = spec?.resource ?? {};
  const resourcePath = 'spec.resource.resource';
  if (resource === '') errors.required(resourcePath, 'resource is required to be set');
  else {
    const faults = dns1035Label(resource);
    if (faults.length > 0) errors.invalid(resourcePath, resource, faults.join(','));
  }
  const groupFaults = group === '' ? [] : dnsSubdomain(group);
  if (groupFaults.length > 0) errors.invalid('spec.resource.group', group, groupFaults.join(','));
  return errors;
}

function isTrue({ status }: StorageVersionMigration, type: string): boolean {
  return (status?.conditions ?? []).some((c) => c.type === type && c.status === 'True');
}

/** Upstream: CompareResourceVersion in k8s.io/apimachinery/pkg/util/resourceversion. */
function versionFault(version: string): string | undefined {
  if (version === '' || /^[1-9]\d*$/.test(version)) return undefined;
  return `resource version is not well formed: ${version}`;
}

function validateStatus(migration: StorageVersionMigration, old: StorageVersionMigration) {
  const errors = new FieldErrors();
  const version = migration.status?.resourceVersion ?? '';
  const conditions: readonly Condition[] = migration.status?.conditions ?? [];
  const fault = versionFault(version);
  if (fault !== undefined) errors.invalid(versionPath, version, fault);
  validateConditions(errors, conditions, conditionsPath);
  const before = old.status?.resourceVersion ?? '';
  if (before !== '' && before !== version) errors.invalid(versionPath, version, 'field is immutable');
  const wrong = (detail: string): void => errors.invalid(conditionsPath, conditions, detail);
  const succeeded = isTrue(migration, 'Succeeded');
  const failed = isTrue(migration, 'Failed');
  if (succeeded && failed) wrong('Both success and failed conditions cannot be true at the same time');
  if (isTrue(old, 'Succeeded') && !succeeded)
    wrong('Success condition cannot be set to false once it is true');
  if (isTrue(old, 'Failed') && !failed) wrong('Failed condition cannot be set to false once it is true');
  return errors.list;
}

export const storageVersionMigration = defineKind<StorageVersionMigration>({
  group: 'storagemigration.k8s.io',
  version: 'v1beta1',
  kind: 'StorageVersionMigration',
  metadataChecks: ['whole', 'change'],
  nameRule: subdomainName,
  allowUnconditionalUpdate: false,
  prepareForCreate(migration) {
    migration.status = {};
  },
  validateCreate: (migration) => validate(migration).list,
  prepareForUpdate(migration, old) {
    takeBack(migration, old, 'status');
  },
  validateUpdate(migration, old) {
    const errors = validate(migration);
    // upstream's internal type has no JSON names but for what it takes from meta/v1
    const { group = '', resource = '' } = migration.spec?.resource ?? {};
    validateImmutable(errors, migration.spec, old.spec, 'spec', { Resource: { group, resource } });
    return errors.list;
  },
  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(migration, old) {
        takeBack(migration, old, 'spec');
        keepMetadata(migration, old);
      },
      validateUpdate: validateStatus,
    },
  },
});
