// What ConfigMaps and Secrets share: size and immutability of their data.
import { semanticEqual } from '../semantic-equal.ts';
import type { FieldErrors } from './field-errors.ts';

/** One MiB: more does not fit into etcd. */
export const maxSecretSize = 1024 * 1024;

/** Bytes that a base64 text holds; null, as a body may have it, holds none. */
export function base64Length(text: string | null): number {
  if (text === null) return 0;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

/** An immutable object stays so, and its data with it. */
export function validateKeptData<T extends { immutable?: boolean }>(
  errors: FieldErrors,
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): void {
  if (!old.immutable) return;
  const detail = 'field is immutable when `immutable` is set';
  if (!object.immutable) errors.forbidden('immutable', detail);
  for (const field of fields) if (!semanticEqual(object[field], old[field])) errors.forbidden(field, detail);
}
