// Conditions that a request must meet before an admission configuration looks at it. Their expressions are not compiled:
// the server has no CEL yet.
// Upstream: validateMatchConditions in k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type { MatchCondition } from '#types/admissionregistration.k8s.io_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName } from '../validation/names.ts';

const most = 64;

/** Checks names and that there are expressions. */
export function validateMatchConditions(
  errors: FieldErrors,
  conditions: readonly MatchCondition[] | undefined,
  path: string,
): void {
  const list = conditions ?? [];
  const names = new Set<string>();
  if (list.length > most) errors.tooMany(path, list.length, most);
  list.forEach(({ name, expression }, i) => {
    const at = `${path}[${i}]`;
    if (expression.trim() === '') errors.required(`${at}.expression`);
    if (name === '') {
      errors.required(`${at}.name`);
      return;
    }
    errors.invalids(`${at}.name`, name, qualifiedName(name));
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
  });
}
