// Arithmetic on 64-bit integers that notices when they do not suffice, and Go's way to print floats.
// Upstream: cel-go common/types/overflow.go.
import { EvaluationError, Uint } from './value.ts';

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);
const maxUint = 2n ** 64n - 1n;

/** The number as an int, or the error that it is too large. */
export function checkedInt(value: bigint): bigint | EvaluationError {
  return value > maxInt || value < minInt ? new EvaluationError('integer overflow') : value;
}

/** The number as a uint, or the error that it is none. */
export function checkedUint(value: bigint): Uint | EvaluationError {
  return value < 0n || value > maxUint ? new EvaluationError('unsigned integer overflow') : new Uint(value);
}

/** The whole part of a double as an int. */
export function doubleToInt(value: number): bigint | EvaluationError {
  if (!(value > -(2 ** 63)) || value >= 2 ** 63) return new EvaluationError('integer overflow');
  return BigInt(Math.trunc(value));
}

/** The whole part of a double as a uint. */
export function doubleToUint(value: number): Uint | EvaluationError {
  if (!(value >= 0) || value >= 2 ** 64) return new EvaluationError('unsigned integer overflow');
  return new Uint(BigInt(Math.trunc(value)));
}

/** A float by Go's %g: shortest digits, an exponent below 1e-4 and from 1e6 on. */
export function shortFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return plainFloat(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** A float without an exponent: Go's 'f' with as few digits as needed. */
export function plainFloat(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, first, rest = '', power] = match;
  const exponent = Number(power);
  const digits = first! + rest;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}
