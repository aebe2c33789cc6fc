// Conditions that a request must meet before an admission configuration looks at it.
// Upstream: validateMatchConditions in k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type { MatchCondition } from '#types/admissionregistration.k8s.io_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { ExpressionRules } from './expression-rules.ts';

const most = 64;

/** Checks names and expressions; `hasParams`: they may refer to parameters. */
export function validateMatchConditions(
  errors: FieldErrors,
  conditions: readonly MatchCondition[] | undefined,
  path: string,
  hasParams = false,
): void {
  // they never see the variables of their policy here, though they do when they are evaluated
  const rules = new ExpressionRules(errors, false);
  const list = conditions ?? [];
  const names = new Set<string>();
  if (list.length > most) errors.tooMany(path, list.length, most);
  list.forEach(({ name, expression }, i) => {
    const at = `${path}[${i}]`;
    const trimmed = expression.trim();
    if (trimmed === '') errors.required(`${at}.expression`);
    else rules.check(`${at}.expression`, trimmed, 'toBool', { hasParams, hasAuthorizer: true });
    if (name === '') {
      errors.required(`${at}.name`);
      return;
    }
    errors.invalids(`${at}.name`, name, qualifiedName(name));
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
  });
}
