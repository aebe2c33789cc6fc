// Rules of single numbers and immutable fields.
import { semanticEqual } from '../semantic-equal.ts';
import type { FieldErrors } from './field-errors.ts';

/** Zero or more. */
export function validateNonnegative(errors: FieldErrors, value: number | undefined, path: string): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

/** More than zero. */
export function validatePositive(errors: FieldErrors, value: number, path: string): void {
  if (value <= 0) errors.invalid(path, value, 'must be greater than zero');
}

/** The same as before. `shown` is what the message prints where it is not the value itself. */
export function validateImmutable(
  errors: FieldErrors,
  value: unknown,
  old: unknown,
  path: string,
  shown: unknown = value,
): void {
  if (!semanticEqual(value, old)) errors.invalid(path, shown, 'field is immutable');
}
