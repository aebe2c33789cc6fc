// Rules of the counts in a workload's status.
import type { FieldErrors } from '../validation/field-errors.ts';

type Counts = Readonly<Record<string, unknown>>;

function count(status: object, field: string): number {
  return ((status as Counts)[field] as number | undefined) ?? 0;
}

/** None of the counts is negative. */
export function validateCounts(errors: FieldErrors, status: object, fields: readonly string[]): void {
  for (const field of fields) {
    const value = count(status, field);
    if (value < 0) errors.invalid(`status.${field}`, value, 'must be greater than or equal to 0');
  }
}

/** None is more than all, and not more are available than are ready. */
export function validateReplicaCounts(
  errors: FieldErrors,
  status: object,
  fields: readonly string[],
  readyName = 'readyReplicas',
): void {
  const replicas = count(status, 'replicas');
  for (const field of fields) {
    const value = count(status, field);
    if (value > replicas) errors.invalid(`status.${field}`, value, 'cannot be greater than status.replicas');
  }
  const available = count(status, 'availableReplicas');
  if (available > count(status, 'readyReplicas'))
    errors.invalid('status.availableReplicas', available, `cannot be greater than ${readyName}`);
}

/** collisionCount only rises. */
export function validateCollisionCount(
  errors: FieldErrors,
  now: number | undefined,
  old: number | undefined,
): void {
  if (old !== undefined && (now === undefined || now < old))
    errors.invalid('status.collisionCount', now ?? 0, 'cannot be decremented');
}
