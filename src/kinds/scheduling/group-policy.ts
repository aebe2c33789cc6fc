// What PodGroups and the templates of Workloads have in common.
// Upstream: the declarative rules of k8s.io/api/scheduling/v1alpha2/types.go; texts of apimachinery/pkg/api/validate.
import type {
  PodGroupSchedulingPolicy,
  PodGroupSpec,
  PodGroupTemplate,
} from '#types/scheduling.k8s.io_v1alpha2';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel } from '../validation/names.ts';

const disabled = [
  'schedulingConstraints',
  'resourceClaims',
  'disruptionMode',
  'priorityClassName',
  'priority',
] as const;

/** Takes away fields whose gates are off, unless they were there before. */
export function dropDisabled(
  group: PodGroupSpec | PodGroupTemplate,
  old?: PodGroupSpec | PodGroupTemplate,
): void {
  for (const field of disabled) if ((old?.[field] ?? undefined) === undefined) delete group[field];
}

/** Exactly one of the given members. */
export function validateOneOf(
  errors: FieldErrors,
  value: object,
  members: readonly string[],
  path: string,
): void {
  const set = members.filter(
    (member) => ((value as Record<string, unknown>)[member] ?? undefined) !== undefined,
  );
  const all = members.map((member) => `\`${member}\``).join(', ');
  if (set.length === 0) errors.invalid(path, '', `must specify one of: ${all}`);
  else if (set.length > 1) errors.invalid(path, `{${set.join(', ')}}`, `must specify exactly one of: ${all}`);
}

/** A policy: basic or gang. */
export function validatePolicy(errors: FieldErrors, policy: PodGroupSchedulingPolicy, path: string): void {
  validateOneOf(errors, policy, ['basic', 'gang'], path);
  const { gang } = policy;
  if (!gang) return;
  if (!gang.minCount) errors.required(`${path}.gang.minCount`);
  else if (gang.minCount < 1)
    errors.invalid(`${path}.gang.minCount`, gang.minCount, 'must be greater than or equal to 1');
}

/** What is wrong with a name, as declarative rules say it: they count bytes. */
export function formatFaults(name: string, rule: (name: string) => string[]): string[] {
  return rule(name).map((fault) => fault.replace(/^(must be no more than \d+) characters$/, '$1 bytes'));
}

/** A name that must be there, by a rule. */
export function validateGivenName(
  errors: FieldErrors,
  name: string | undefined,
  path: string,
  rule: (name: string) => string[] = dnsLabel,
): void {
  if (!name) errors.required(path);
  else errors.invalids(path, name, formatFaults(name, rule));
}
