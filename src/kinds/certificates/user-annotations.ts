// Annotations that a pod passes on to the signer of its certificate.
// Upstream: ValidateUserAnnotations in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import { validateDomainKey } from '../validation/domain-path.ts';
import type { FieldErrors } from '../validation/field-errors.ts';

const longestAnnotations = 256 * 1024;

/** Checks keys and the size of all, in bytes. */
export function validateUserAnnotations(
  errors: FieldErrors,
  annotations: Readonly<Record<string, string>> | null | undefined,
  path: string,
): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    validateDomainKey(errors, key.toLowerCase(), path);
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > longestAnnotations) errors.tooLong(path, longestAnnotations);
}
