// Scopes that go by the name of a class: PriorityClass, VolumeAttributesClass.
// Upstream: ScopedResourceSelectorRequirementsAsSelector in pkg/apis/core/v1/helper/helpers.go in kubernetes/kubernetes.
import type { ScopedResourceSelectorRequirement } from '#types/core_v1';
import { type LabelOperator, requirementMatches } from '../../../api/label-selector.ts';

const operators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** Whether the class that an object names is of the scope; undefined: it names none. */
export function scopeMatches(
  { scopeName, operator, values }: ScopedResourceSelectorRequirement,
  className: string | undefined,
): boolean {
  const known = operators[operator];
  if (known === undefined) throw new Error(`${operator} is not a scope selector operator`);
  const labels = className === undefined ? undefined : { [scopeName]: className };
  return requirementMatches({ key: scopeName, operator: known, values: values ?? [] }, labels);
}
