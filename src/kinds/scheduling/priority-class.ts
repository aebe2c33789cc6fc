// PriorityClass: what tables cannot say. Its value never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/scheduling/validation/validation.go.
import type { PriorityClass } from '#types/scheduling.k8s.io_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { firstGeneration, takeBack } from '../validation/status-strategy.ts';

const highest = 1_000_000_000;
const systemClasses: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};
const policies = ['PreemptLowerPriority', 'Never'];

function systemFault({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const name = metadata.name ?? '';
  const known = systemClasses[name];
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export const priorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  nameRule: subdomainName,
  setDefaults(priorityClass) {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  prepareForCreate: firstGeneration,
  validateCreate(priorityClass) {
    const errors = new FieldErrors();
    const { metadata, value, preemptionPolicy: policy } = priorityClass;
    if (metadata.name?.startsWith('system-')) {
      const fault = systemFault(priorityClass);
      if (fault)
        errors.forbidden(
          'metadata.name',
          `priority class names with 'system-' prefix are reserved for system use only. error: ${fault}`,
        );
    } else if (value > highest)
      errors.forbidden('value', `maximum allowed value of a user defined priority is ${highest}`);
    if (policy === '') errors.required('preemptionPolicy');
    else if (policy !== undefined && !policies.includes(policy))
      errors.notSupported('preemptionPolicy', policy, policies);
    return errors.list;
  },
  prepareForUpdate(priorityClass, old) {
    takeBack(priorityClass.metadata, old.metadata, 'generation');
  },
  validateUpdate({ value, preemptionPolicy }, old) {
    const errors = new FieldErrors();
    if (value !== old.value) errors.forbidden('value', 'may not be changed in an update.');
    validateImmutable(
      errors,
      preemptionPolicy,
      old.preemptionPolicy,
      'preemptionPolicy',
      ofNamedType(preemptionPolicy),
    );
    return errors.list;
  },
  checkDelete({ metadata }) {
    const isSystem = Object.hasOwn(systemClasses, metadata.name ?? '');
    return isSystem ? 'this is a system priority class and cannot be deleted' : undefined;
  },
  table: {
    columns: [
      nameColumn,
      column('Value', 'integer', doc('scheduling.k8s.io/v1.PriorityClass.value')),
      column('Global-Default', 'boolean', doc('scheduling.k8s.io/v1.PriorityClass.globalDefault')),
      ageColumn,
      column('PreemptionPolicy', 'string', doc('scheduling.k8s.io/v1.PriorityClass.preemptionPolicy')),
    ],
    row: (priorityClass, context) => ({
      cells: [
        nameOf(priorityClass),
        priorityClass.value,
        priorityClass.globalDefault === true,
        ageOf(priorityClass, context),
        priorityClass.preemptionPolicy ?? '',
      ],
    }),
  },
});
