// StorageClass: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go.
import type { TopologySelectorTerm } from '#types/core_v1';
import type { StorageClass } from '#types/storage.k8s.io_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { deprecatedNodeLabel } from '../pod-spec/deprecated-labels.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateParameters, validateProvisioner } from './class-parameters.ts';

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Checks one term; gives its keys and values in a form that equal terms share. */
function validateTerm(errors: FieldErrors, term: TopologySelectorTerm, path: string): string {
  const byKey = new Map<string, string[]>();
  term.matchLabelExpressions?.forEach(({ key, values }, i) => {
    const at = `${path}.matchLabelExpressions[${i}]`;
    const seen = new Set<string>();
    if (!values?.length) errors.required(`${at}.values`);
    values?.forEach((value, j) => {
      if (seen.has(value)) errors.duplicate(`${at}.values[${j}]`, value);
      seen.add(value);
    });
    validateLabelKey(errors, key, `${at}.key`);
    if (byKey.has(key)) errors.duplicate(`${at}.key`, key);
    byKey.set(key, [...seen].sort());
  });
  return JSON.stringify([...byKey].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function validateTopologies(errors: FieldErrors, terms: readonly TopologySelectorTerm[]): void {
  const seen: string[] = [];
  terms.forEach((term, i) => {
    const path = `allowedTopologies[${i}]`;
    const key = validateTerm(errors, term, path);
    for (const other of seen) if (other === key) errors.duplicate(`${path}.matchLabelExpressions`, '');
    // Upstream begins with as many empty sets as there are terms, so an empty term clashes with each of them.
    if (key === '[]') for (const _ of terms) errors.duplicate(`${path}.matchLabelExpressions`, '');
    seen.push(key);
  });
}

function validate(errors: FieldErrors, storageClass: StorageClass): void {
  const { reclaimPolicy, volumeBindingMode } = storageClass;
  validateProvisioner(errors, storageClass.provisioner, 'provisioner');
  validateParameters(errors, storageClass.parameters);
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy))
    errors.notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies);
  if (volumeBindingMode === undefined) errors.required('volumeBindingMode');
  else if (!bindingModes.includes(volumeBindingMode))
    errors.notSupported('volumeBindingMode', volumeBindingMode, bindingModes);
  validateTopologies(errors, storageClass.allowedTopologies ?? []);
}

function warnings({ allowedTopologies }: StorageClass): string[] {
  return (allowedTopologies ?? []).flatMap(({ matchLabelExpressions }, i) =>
    (matchLabelExpressions ?? []).flatMap(({ key }, j) => {
      const message = deprecatedNodeLabel(key);
      return message ? [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${message}`] : [];
    }),
  );
}

function docOf(field: string) {
  return doc(`storage.k8s.io/v1.StorageClass.${field}`);
}

export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
  validateCreate(storageClass) {
    const errors = new FieldErrors();
    validate(errors, storageClass);
    return errors.list;
  },
  warningsOnCreate: warnings,
  validateUpdate(storageClass, old) {
    const errors = new FieldErrors();
    validate(errors, storageClass);
    const shown = memberAsSent(storageClass, 'parameters') ?? null;
    validateImmutable(errors, storageClass.parameters ?? null, old.parameters ?? null, 'parameters', shown);
    for (const field of ['provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
      validateImmutable(
        errors,
        storageClass[field],
        old[field],
        field,
        field === 'provisioner' ? storageClass.provisioner : ofNamedType(storageClass[field]),
      );
    return errors.list;
  },
  warningsOnUpdate: warnings,
  table: {
    columns: [
      nameColumn,
      column('Provisioner', 'string', docOf('provisioner')),
      column('ReclaimPolicy', 'string', docOf('reclaimPolicy')),
      column('VolumeBindingMode', 'string', docOf('volumeBindingMode')),
      column('AllowVolumeExpansion', 'string', docOf('allowVolumeExpansion')),
      ageColumn,
    ],
    row(storageClass, context) {
      const { annotations } = storageClass.metadata;
      const isDefault = defaultAnnotations.some((name) => annotations?.[name] === 'true');
      return {
        cells: [
          isDefault ? `${nameOf(storageClass)} (default)` : nameOf(storageClass),
          storageClass.provisioner,
          storageClass.reclaimPolicy ?? 'Delete',
          storageClass.volumeBindingMode ?? 'Immediate',
          storageClass.allowVolumeExpansion ?? false,
          ageOf(storageClass, context),
        ],
      };
    },
  },
});
