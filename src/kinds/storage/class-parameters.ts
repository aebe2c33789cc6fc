// What storage classes and volume attributes classes share: a driver and its parameters.
// Upstream: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go.
import type { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName } from '../validation/names.ts';

const maxSize = 256 * 1024;
const maxCount = 512;

/** The name of the driver. */
export function validateProvisioner(errors: FieldErrors, name: string, path: string): void {
  if (name === '') errors.required(path);
  else errors.invalids(path, name.toLowerCase(), qualifiedName(name.toLowerCase()));
}

/** Number and size of parameters. */
export function validateParameters(
  errors: FieldErrors,
  parameters: Readonly<Record<string, string>> = {},
  needed = false,
): void {
  const path = 'parameters';
  const names = Object.keys(parameters);
  if (names.length > maxCount) {
    errors.tooLong(path, maxCount);
    return;
  }
  let size = 0;
  for (const name of names) {
    if (name === '') errors.invalid(path, name, 'field can not be empty.');
    size += Buffer.byteLength(name) + Buffer.byteLength(parameters[name]!);
  }
  if (size > maxSize) errors.tooLong(path, maxSize);
  if (needed && names.length === 0) errors.required(path, 'must contain at least one key/value pair');
}
