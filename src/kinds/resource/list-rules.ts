// Lists with a largest size and without duplicates, and the names in them.
// Upstream: validateSlice and validateSet in k8s.io/kubernetes/pkg/apis/resource/validation/validation.go.

import { ofNamedType } from '../../api/field-error.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { cIdentifier, dnsSubdomain, labelValue, longerThan } from '../validation/names.ts';
import { validateDriverName } from '../volumes/source-rules.ts';

const longestPoolName = 253;
const longestIdentifier = 32;

/** Checks each item, unless there are too many. */
export function validateSlice<T>(
  errors: FieldErrors,
  list: readonly T[] | null | undefined,
  most: number,
  path: string,
  check: (item: T, path: string) => void,
): void {
  const items = list ?? [];
  if (items.length > most) {
    errors.tooMany(path, items.length, most);
    return;
  }
  items.forEach((item, i) => {
    check(item, `${path}[${i}]`);
  });
}

/** Like {@link validateSlice}, and no key is there twice. */
export function validateSet<T>(
  errors: FieldErrors,
  list: readonly T[] | null | undefined,
  most: number,
  path: string,
  check: (item: T, path: string) => void,
  keyOf: (item: T) => unknown,
): void {
  const items = list ?? [];
  validateSlice(errors, items, most, path, check);
  if (items.length > most) return;
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const key = keyOf(item);
    const identity = JSON.stringify(key);
    if (seen.has(identity)) errors.duplicate(`${path}[${i}]`, key);
    seen.add(identity);
  });
}

/** The name of a pool: subdomains joined with slashes. */
export function validatePoolName(errors: FieldErrors, name: string, path: string): void {
  if (name === '') {
    errors.required(path);
    return;
  }
  if (longerThan(name, longestPoolName)) errors.tooLong(path, longestPoolName);
  for (const part of name.split('/')) errors.invalids(path, part, dnsSubdomain(part));
}

function validateIdentifier(errors: FieldErrors, text: string, path: string): void {
  if (longerThan(text, longestIdentifier)) errors.tooLong(path, longestIdentifier);
  errors.invalids(path, text, cIdentifier(text));
}

/** The name of an attribute: an identifier, with or without a domain. */
export function validateAttributeName(errors: FieldErrors, name: string, path: string): void {
  const [first = '', second, ...more] = name.split('/');
  // As upstream: more slashes are not looked at.
  if (more.length > 0) return;
  if (second === undefined) {
    validateIdentifier(errors, first, path);
    return;
  }
  if (first === '') errors.invalid(path, '', 'the domain must not be empty');
  else validateDriverName(errors, first, path);
  if (second === '') errors.invalid(path, '', 'the name must not be empty');
  else validateIdentifier(errors, second, path);
}

/** An attribute's name with its domain. */
export function validateFullName(errors: FieldErrors, name: string, path: string): void {
  validateAttributeName(errors, name, path);
  if (!name.includes('/'))
    errors.invalid(
      path,
      ofNamedType(name),
      'a fully qualified name must be a domain and a name separated by a slash',
    );
}

/** A label's value. */
export function validateValue(errors: FieldErrors, value: string, path: string): void {
  errors.invalids(path, value, labelValue(value));
}
