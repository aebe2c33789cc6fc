// meta/v1 Status and the closed set of errors that a request can end with.
// Upstream: k8s.io/apimachinery/pkg/api/errors/errors.go.
import { aggregateText, type FieldError, fieldErrorText } from './field-error.ts';
import { goQuote } from './go-text.ts';

/** One entry of Status.details.causes. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** Status.details. `kind` holds a resource name or a kind, as upstream fills it. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** meta/v1 Status as JSON, fields in Go's order. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** A group and a plural resource name (or a kind, where upstream passes one). */
export interface GroupResource {
  group: string;
  resource: string;
}

/** `deployments.apps`, `pods`. */
export function groupResourceText(of: GroupResource): string {
  return of.group === '' ? of.resource : `${of.resource}.${of.group}`;
}

/** A failure that is sent to the client as a Status. */
export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status, options?: { cause?: unknown }) {
    super(status.message ?? '', options);
    this.name = 'ApiError';
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

function compactDetails(details: StatusDetails): StatusDetails {
  const out: StatusDetails = {};
  if (details.name) out.name = details.name;
  if (details.group) out.group = details.group;
  if (details.kind) out.kind = details.kind;
  if (details.uid) out.uid = details.uid;
  if (details.causes && details.causes.length > 0) out.causes = details.causes;
  if (details.retryAfterSeconds) out.retryAfterSeconds = details.retryAfterSeconds;
  return out;
}

/** A failure Status; `details` is printed when given, even when empty, as a Go pointer is. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message };
  if (reason !== '') status.reason = reason;
  if (details) status.details = compactDetails(details);
  status.code = code;
  return status;
}

function fail(code: number, reason: string, message: string, details?: StatusDetails): ApiError {
  return new ApiError(failure(code, reason, message, details));
}

function detailsOf(of: GroupResource, name: string): StatusDetails {
  return { group: of.group, kind: of.resource, name };
}

/** 404 `pods "x" not found`. */
export function notFound(of: GroupResource, name: string): ApiError {
  return fail(404, 'NotFound', `${groupResourceText(of)} ${goQuote(name)} not found`, detailsOf(of, name));
}

/** 404 for a path that names nothing served. */
export function pathNotFound(): ApiError {
  return fail(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409 `pods "x" already exists`. */
export function alreadyExists(of: GroupResource, name: string): ApiError {
  return fail(
    409,
    'AlreadyExists',
    `${groupResourceText(of)} ${goQuote(name)} already exists`,
    detailsOf(of, name),
  );
}

/** 409 after every generated name was taken. */
export function generateNameConflict(of: GroupResource, name: string, retryAfterSeconds: number): ApiError {
  const message = `${groupResourceText(of)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`;
  return fail(409, 'AlreadyExists', message, { ...detailsOf(of, name), retryAfterSeconds });
}

/** 409 `Operation cannot be fulfilled on pods "x": <why>`. */
export function conflict(of: GroupResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${groupResourceText(of)} ${goQuote(name)}: ${why}`;
  return fail(409, 'Conflict', message, detailsOf(of, name));
}

/** The text of a conflict on resourceVersion. */
export const objectModified =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 422 from field errors. `of.resource` is a kind here. */
export function invalidObject(
  of: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const causes = errors.map((e): StatusCause => ({ reason: e.type, message: e.body, field: e.field }));
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`;
  const head = `${kind} ${goQuote(name)} is invalid`;
  const message = errors.length === 0 ? head : `${head}: ${aggregateText(errors.map(fieldErrorText))}`;
  return fail(422, 'Invalid', message, { group: of.group, kind: of.kind, name, causes });
}

/** 400 with a free message and no details. */
export function badRequest(message: string): ApiError {
  return fail(400, 'BadRequest', message);
}

/** 401. */
export function unauthorized(): ApiError {
  return fail(401, 'Unauthorized', 'Unauthorized');
}

/** 403 on a resource; an empty resource gives `forbidden: <why>`. */
export function forbidden(of: GroupResource, name: string, why: string): ApiError {
  const text = groupResourceText(of);
  let message = `forbidden: ${why}`;
  if (text !== '')
    message = name === '' ? `${text} is forbidden: ${why}` : `${text} ${goQuote(name)} is forbidden: ${why}`;
  return fail(403, 'Forbidden', message, detailsOf(of, name));
}

/** 405 `<action> is not supported on resources of kind "pods"`. */
export function methodNotSupported(of: GroupResource, action: string): ApiError {
  const message = `${action} is not supported on resources of kind ${goQuote(groupResourceText(of))}`;
  return fail(405, 'MethodNotAllowed', message, detailsOf(of, ''));
}

/** 405 for a verb that the path does not have. */
export function methodNotAllowed(): ApiError {
  return fail(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** 406 listing what the server can send. */
export function notAcceptable(accepted: readonly string[]): ApiError {
  return fail(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** 415 listing what the server can read. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return fail(415, 'UnsupportedMediaType', message);
}

/** 410 with reason Expired: the revision is no longer kept. */
export function resourceExpired(message: string): ApiError {
  return fail(410, 'Expired', message);
}

/** 413. */
export function requestEntityTooLarge(message: string): ApiError {
  return fail(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 429 with retryAfterSeconds. */
export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return fail(429, 'TooManyRequests', message, { retryAfterSeconds });
}

/** 500 that carries the cause's text. */
export function internalError(message: string, cause?: unknown): ApiError {
  const status = failure(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
  return new ApiError(status, { cause });
}

/** 500 with reason ServerTimeout: try again later. */
export function serverTimeout(of: GroupResource, operation: string, retryAfterSeconds: number): ApiError {
  const message = `The ${operation} operation against ${groupResourceText(of)} could not be completed at this time, please try again.`;
  return fail(500, 'ServerTimeout', message, {
    group: of.group,
    kind: of.resource,
    name: operation,
    retryAfterSeconds,
  });
}

/** 504 `Timeout: <message>`. */
export function timeout(message: string, retryAfterSeconds: number, causes?: StatusCause[]): ApiError {
  return fail(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds, causes });
}

/** 503. */
export function serviceUnavailable(message: string): ApiError {
  return fail(503, 'ServiceUnavailable', message);
}

/** A success Status, as delete answers it. */
export function success(details?: StatusDetails): Status {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  if (details) status.details = compactDetails(details);
  return status;
}
