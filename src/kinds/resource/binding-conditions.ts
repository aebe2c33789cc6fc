// Conditions that must hold, or must not, before a pod is bound to the node of its devices.

import { memberAsSent } from '../../api/schema/sent-empty.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { validateSlice } from './list-rules.ts';

const most = 4;

/** Names of conditions, each once, of both sorts or of none. */
export function validateBindingConditions(
  errors: FieldErrors,
  lists: { bindingConditions?: string[]; bindingFailureConditions?: string[] },
  path: string,
): void {
  const { bindingConditions: good = [], bindingFailureConditions: bad = [] } = lists;
  const goodPath = `${path}.bindingConditions`;
  const badPath = `${path}.bindingFailureConditions`;
  const check = (name: string, at: string): void => validateLabelKey(errors, name, at);
  validateSlice(errors, good, most, goodPath, check);
  validateSlice(errors, bad, most, badPath, check);
  good.forEach((name, i) => {
    if (good.indexOf(name) < i) errors.duplicate(`${goodPath}[${i}]`, name);
  });
  bad.forEach((name, i) => {
    if (bad.indexOf(name) < i) errors.duplicate(`${badPath}[${i}]`, name);
    if (good.includes(name))
      errors.invalid(
        `${badPath}[${i}]`,
        name,
        'bindingFailureConditions must not overlap with bindingConditions',
      );
  });
  if (good.length === 0 && bad.length > 0)
    errors.invalid(
      goodPath,
      memberAsSent(lists, 'bindingConditions') ?? null,
      'bindingConditions are required to use bindingFailureConditions',
    );
  if (bad.length === 0 && good.length > 0)
    errors.invalid(
      badPath,
      memberAsSent(lists, 'bindingFailureConditions') ?? null,
      'bindingFailureConditions are required to use bindingConditions',
    );
}
