// References from networking objects to anything by group, kind and name, each a segment of a URL's path.
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';

/** What a segment may not hold. Unlike in names, `.` and `..` are refused whatever they are for. */
export function validateSegment(errors: FieldErrors, value: string | undefined, path: string): void {
  if (!value) errors.required(path);
  else errors.invalids(path, value, pathSegment(value));
}

/** Checks group, kind and name. */
export function validateKindReference(
  errors: FieldErrors,
  { apiGroup, kind, name }: { apiGroup?: string | null; kind: string; name: string },
  path: string,
): void {
  // printed as null where it is not set
  if (apiGroup !== undefined && apiGroup !== null)
    errors.invalids(`${path}.apiGroup`, apiGroup, dnsSubdomain(apiGroup));
  validateSegment(errors, kind, `${path}.kind`);
  validateSegment(errors, name, `${path}.name`);
}
