// The conditions in the status of flow control objects.
import type { FieldErrors } from '../validation/field-errors.ts';

/** Each has a type, no type is there twice. */
export function validateStatusConditions(
  errors: FieldErrors,
  conditions: readonly { type?: string }[] | undefined,
): void {
  const types = new Set<string>();
  conditions?.forEach(({ type = '' }, i) => {
    const path = `status.conditions[${i}].type`;
    if (types.has(type)) errors.duplicate(path, type);
    types.add(type);
    if (type === '') errors.required(path);
  });
}
