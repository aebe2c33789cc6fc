// What kind of refusal an error is. Upstream: IsNotFound and its like in k8s.io/apimachinery/pkg/api/errors.
import { ApiError } from '../api/status.ts';

function hasReason(error: unknown, code: number, ...reasons: string[]): boolean {
  if (!(error instanceof ApiError)) return false;
  return reasons.includes(error.reason) || (error.reason === '' && error.code === code);
}

/** 404: the object or the resource is not there. */
export function isNotFound(error: unknown): boolean {
  return hasReason(error, 404, 'NotFound');
}

/** 409 of a create: the name is taken. */
export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'AlreadyExists';
}

/** 409 of a write: the object changed since it was read, or a precondition failed. */
export function isConflict(error: unknown): boolean {
  return hasReason(error, 409, 'Conflict');
}

/** 410: the resourceVersion or continue token is too old; list again. */
export function isExpired(error: unknown): boolean {
  return hasReason(error, 410, 'Expired', 'Gone');
}

/** 403. */
export function isForbidden(error: unknown): boolean {
  return hasReason(error, 403, 'Forbidden');
}

/** 422: the object is not valid. */
export function isInvalid(error: unknown): boolean {
  return hasReason(error, 422, 'Invalid');
}

/** A create was refused because its namespace is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status.details?.causes ?? []).some((c) => c.reason === 'NamespaceTerminating')
  );
}

/** Seconds that the server asked to wait, or undefined. */
export function retryAfterSeconds(error: unknown): number | undefined {
  return error instanceof ApiError ? error.status.details?.retryAfterSeconds : undefined;
}
