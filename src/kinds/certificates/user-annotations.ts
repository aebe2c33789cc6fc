// Annotations that a pod passes on to the signer of its certificate.
// Upstream: ValidateUserAnnotations in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import { validateDomainKey } from '../validation/domain-path.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateAnnotationsSize } from '../validation/object-meta.ts';

/** Checks keys and the size of all, in bytes. */
export function validateUserAnnotations(
  errors: FieldErrors,
  annotations: Readonly<Record<string, string>> | null | undefined,
  path: string,
): void {
  for (const key in annotations) validateDomainKey(errors, key.toLowerCase(), path);
  validateAnnotationsSize(errors, annotations, path);
}
