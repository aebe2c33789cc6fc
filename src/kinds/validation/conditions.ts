// Rules of meta/v1 Conditions in a status.
// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go.
import type { Condition } from '#types/meta_v1';
import type { FieldErrors } from './field-errors.ts';
import { validateLabelKey } from './labels.ts';
import { longerThan, patternMessage } from './names.ts';

const statuses = ['False', 'True', 'Unknown'];
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonRegex = new RegExp(`^${reasonPattern}$`);
const maxReason = 1024;
const maxMessage = 32 * 1024;

function reasonFaults(reason: string): string[] {
  if (reasonRegex.test(reason)) return [];
  return [
    patternMessage(
      "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
      reasonPattern,
      'my_name',
      'MY_NAME',
      'MyName',
      'ReasonA,ReasonB',
      'ReasonA:ReasonB',
    ),
  ];
}

/** Checks each condition and that no type is there twice. */
export function validateConditions(
  errors: FieldErrors,
  conditions: readonly Condition[] | undefined,
  path: string,
): void {
  const types = new Set<string>();
  conditions?.forEach((condition, i) => {
    const at = `${path}[${i}]`;
    const { type, status, observedGeneration = 0, lastTransitionTime, reason, message } = condition;
    if (types.has(type)) errors.duplicate(`${at}.type`, type);
    types.add(type);
    validateLabelKey(errors, type, `${at}.type`);
    if (!statuses.includes(status)) errors.notSupported(`${at}.status`, status, statuses);
    if (observedGeneration < 0)
      errors.invalid(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero');
    if (!lastTransitionTime) errors.required(`${at}.lastTransitionTime`);
    if (!reason) errors.required(`${at}.reason`);
    else {
      errors.invalids(`${at}.reason`, reason, reasonFaults(reason));
      if (longerThan(reason, maxReason)) errors.tooLong(`${at}.reason`, maxReason);
    }
    if (longerThan(message, maxMessage)) errors.tooLong(`${at}.message`, maxMessage);
  });
}
