// Storage failures as API status, in one place.
// Upstream: k8s.io/apiserver/pkg/storage/errors/storage.go.
import { ApiError, failure } from '../../api/status.ts';
import { CompactedError, FutureRevisionError, UnavailableError } from '../../storage/storage.ts';

/** What a storage error means to a client; other errors come back as they are. */
export function toApiError(error: unknown): unknown {
  if (error instanceof UnavailableError) {
    const message = error.noSpace
      ? `the server has no space left to store changes (reads go on; free some space and try again): ${error.message}`
      : `the storage refuses writes: ${error.message}`;
    const code = error.noSpace ? 507 : 500;
    return new ApiError(
      failure(code, 'InternalError', message, { causes: [{ message: error.message }], retryAfterSeconds: 5 }),
      { cause: error },
    );
  }
  if (error instanceof CompactedError) {
    return new ApiError(failure(410, 'Expired', 'The resourceVersion for the provided list is too old.'), {
      cause: error,
    });
  }
  if (error instanceof FutureRevisionError)
    return new ApiError(failure(500, '', error.message), { cause: error });
  return error;
}
