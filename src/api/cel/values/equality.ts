// == and the order of values. Upstream: Equal and Compare of cel-go common/types.
import {
  Duration,
  EvaluationError,
  isError,
  isList,
  isMap,
  isOpaque,
  type ListValue,
  type MapValue,
  noSuchOverload,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

function isNumber(value: Value): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

/** -1, 0, 1; undefined when a NaN takes part. */
function compareNumbers(a: bigint | number | Uint, b: bigint | number | Uint): number | undefined {
  const left = a instanceof Uint ? a.value : a;
  const right = b instanceof Uint ? b.value : b;
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function listsEqual(a: ListValue, b: Value): Value {
  if (a.sameAs) return a.sameAs(b);
  if (!isList(b) || a.size !== b.size) return false;
  for (let i = 0; i < a.size; i++) {
    const isSame = equal(a.get(i), b.get(i));
    if (isSame !== true) return isSame;
  }
  return true;
}

function mapsEqual(a: MapValue, b: Value): Value {
  if (a.sameAs) return a.sameAs(b);
  if (!isMap(b) || a.size !== b.size) return false;
  for (const key of a.keys()) {
    const other = b.find(key);
    if (other === undefined) return false;
    const isSame = equal(a.find(key)!, other);
    if (isSame !== true) return isSame;
  }
  return true;
}

/** Orders texts by their code points, as Go orders them by their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let left = a.charCodeAt(i);
    let right = b.charCodeAt(i);
    if (left === right) continue;
    // Surrogates stand for code points above the rest of UTF-16.
    if (left >= 0xd800 && right >= 0xd800) {
      left = left >= 0xe000 ? left - 0x800 : left + 0x2000;
      right = right >= 0xe000 ? right - 0x800 : right + 0x2000;
    }
    return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** `a == b`: a bool or an error. */
export function equal(a: Value, b: Value): Value {
  if (a === null || b === null) return a === b;
  if (isError(a)) return a;
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  if (typeof a !== 'object') return a === b;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equal(a.value, b.value);
  }
  if (isList(a)) return listsEqual(a, b);
  if (isMap(a)) return mapsEqual(a, b);
  return isOpaque(b) && b.typeName === a.typeName ? a.equals(b) : noSuchOverload(b);
}

/** -1, 0 or 1, or an error. */
export function compare(a: Value, b: Value): number | EvaluationError {
  if (isNumber(a)) {
    if (!isNumber(b)) return noSuchOverload(b);
    return compareNumbers(a, b) ?? new EvaluationError('NaN values cannot be ordered');
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp)
    return Math.sign(a.seconds - b.seconds) || Math.sign(a.nanos - b.nanos);
  if (a instanceof Duration && b instanceof Duration) return compareNumbers(a.nanos, b.nanos)!;
  return noSuchOverload(b);
}

/** Whether values of its type have an order at all. */
export function isOrdered(value: Value): boolean {
  if (typeof value !== 'object') return true;
  return (
    value instanceof Uint ||
    value instanceof Uint8Array ||
    value instanceof Timestamp ||
    value instanceof Duration
  );
}
