// Numbers that may be percentages.
import type { FieldErrors } from './field-errors.ts';
import { percent } from './names.ts';

type IntOrPercent = number | string;

/** Not negative, or a percentage. */
export function validateIntOrPercent(errors: FieldErrors, value: IntOrPercent, path: string): void {
  if (typeof value === 'string') errors.invalids(path, value, percent(value));
  else if (value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

/** The number before the percent sign; undefined for what is no percentage. */
export function percentOf(value: IntOrPercent): number | undefined {
  return typeof value === 'string' && percent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;
}

/** The number, of things or percent. */
export function amountOf(value: IntOrPercent): number {
  const percentage = percentOf(value);
  if (percentage !== undefined) return percentage;
  return typeof value === 'number' ? value : /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/** At most 100%. */
export function validateAtMostAll(errors: FieldErrors, value: IntOrPercent, path: string): void {
  if ((percentOf(value) ?? 0) > 100) errors.invalid(path, value, 'must not be greater than 100%');
}
