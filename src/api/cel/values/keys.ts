// Map keys: numbers of different types but the same amount are one key.
import { Uint, type Value } from './value.ts';

/** A text that is the same for equal keys. */
export function canonicalKey(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  return `o${String(key)}`;
}
