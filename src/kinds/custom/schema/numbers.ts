// The arithmetic of number checks, as Go's 64-bit integers and floats make it.
// Upstream: k8s.io/kube-openapi/pkg/validation/validate/values.go; IsFloat64AJSONInteger of github.com/go-openapi/swag 0.23.
import { isInt64 } from './print-value.ts';

/** Whether a float counts as an integer: one of at most 53 bits, or so close below one of its kind that nobody minds. */
export function isNearInteger(value: number): boolean {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  if (Number.isInteger(value)) return true;
  const below = Math.floor(value);
  return value >= 1 && (value - below) / (value + below) < 1e-9;
}

/** Whether a number can be held by the Go type that a type and format stand for; always for a schema of two types. */
export function fitsRange(value: number, type: string, format: string): boolean {
  if (type === 'integer') {
    if (format === 'int32') return Number.isInteger(value) && (value | 0) === value;
    return isInt64(value);
  }
  if (type === 'number' && format === 'float') return Number.isFinite(Math.fround(value));
  return true;
}

/** int64(float), on amd64: what does not fit becomes the least of all integers. */
export function truncate(value: number): number {
  const whole = Math.trunc(value) + 0;
  return isInt64(whole) ? whole : -(2 ** 63);
}

/** What is wrong with a number as a multiple; undefined when nothing is. */
export function multipleFault(
  value: number,
  factor: number,
  asInteger: boolean,
): 'factor' | 'multiple' | undefined {
  const by = asInteger ? truncate(factor) : factor;
  if (by <= 0) return 'factor';
  if (asInteger) return value % by === 0 ? undefined : 'multiple';
  const times = by < 1 ? (1 / by) * value : value / by;
  return isNearInteger(times) ? undefined : 'multiple';
}

/** Go's conversion of a value to the type of another, where there is one; else undefined. */
function converted(value: unknown, like: unknown): unknown {
  if (typeof value === 'number' && typeof like === 'number')
    return isInt64(like) && !isInt64(value) ? truncate(value) : value;
  // string(int64) is the character of that number.
  if (typeof value === 'number' && typeof like === 'string' && isInt64(value))
    return value >= 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)
      ? String.fromCodePoint(value)
      : '\ufffd';
  return value;
}

/** reflect.DeepEqual of two JSON values. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => deepEqual(item, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && deepEqual(left[name], right[name]));
}

/** Whether a value is one of those listed; null never is. Upstream: basicCommonValidator in validator.go. */
export function isListed(value: unknown, listed: readonly unknown[]): boolean {
  if (value === null) return false;
  return listed.some((member) => member !== null && deepEqual(converted(value, member), member));
}
