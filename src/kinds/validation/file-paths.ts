// Paths inside volumes and containers.
import type { FieldErrors } from './field-errors.ts';

/** No `..` among the segments. */
export function validateNoBacksteps(errors: FieldErrors, target: string, path: string): void {
  if (target.includes('..') && target.split('/').includes('..'))
    errors.invalid(path, target, "must not contain '..'");
}

/** Relative and without `..`. */
export function validateDescendingPath(errors: FieldErrors, target: string, path: string): void {
  if (target.startsWith('/')) errors.invalid(path, target, 'must be a relative path');
  validateNoBacksteps(errors, target, path);
}

/** Like {@link validateDescendingPath}, and not starting with `..`, which atomic writers of volumes reserve. */
export function validateLocalPath(errors: FieldErrors, target: string, path: string): void {
  validateDescendingPath(errors, target, path);
  if (target.startsWith('..') && !target.startsWith('../'))
    errors.invalid(path, target, "must not start with '..'");
}

/** A Unix file mode. */
export function validateFileMode(errors: FieldErrors, mode: number | undefined, path: string): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0))
    errors.invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
}
