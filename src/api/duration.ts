// Durations as Go writes them: 1h30m0s, 1.5s, 250ms. Nanoseconds are bigint because they reach past 2^53.
// Upstream: time.ParseDuration and Duration.String of Go's standard library.
import { goTimeQuote } from './go-text.ts';
import { TimeError } from './time.ts';

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  '\u00b5s': 1000n,
  '\u03bcs': 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const limit = 2n ** 63n;

function fail(text: string): never {
  throw new TimeError(`time: invalid duration ${goTimeQuote(text)}`);
}

/** Go reads a fraction as a float of as many digits as fit 63 bits. */
function fractionOf(fraction: string, unit: bigint): bigint {
  let digits = fraction.slice(0, 19);
  if (BigInt(digits || '0') >= limit) digits = digits.slice(0, 18);
  return BigInt(Math.trunc(Number(digits) * (Number(unit) / 10 ** digits.length)));
}

/** Parses Go's duration text to nanoseconds; throws TimeError with Go's message. */
export function parseDuration(text: string): bigint {
  const signed = /^([+-]?)([\s\S]*)$/.exec(text)!;
  let rest = signed[2]!;
  if (rest === '0') return 0n;
  if (rest === '') fail(text);
  let total = 0n;
  while (rest !== '') {
    const part = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/.exec(rest)!;
    const whole = part[1]!;
    const fraction = part[2] ?? '';
    if (whole === '' && fraction === '') fail(text);
    const unitText = part[3]!;
    if (unitText === '') throw new TimeError(`time: missing unit in duration ${goTimeQuote(text)}`);
    if (!Object.hasOwn(units, unitText))
      throw new TimeError(`time: unknown unit ${goTimeQuote(unitText)} in duration ${goTimeQuote(text)}`);
    const unit = units[unitText]!;
    total += BigInt(whole === '' ? '0' : whole) * unit;
    total += fractionOf(fraction, unit);
    if (total > limit) fail(text);
    rest = rest.slice(part[0].length);
  }
  if (signed[1] === '-') return -total;
  if (total >= limit) fail(text);
  return total;
}

function withFraction(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Go's Duration.String: `1h30m0s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const value = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (value < 1000n) return `${sign}${value}ns`;
  if (value < 1_000_000n) return `${sign}${withFraction(value, 3)}\u00b5s`;
  if (value < 1_000_000_000n) return `${sign}${withFraction(value, 6)}ms`;
  const minutes = value / 60_000_000_000n;
  const seconds = `${withFraction(value % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** The canonical text of a duration; throws TimeError. */
export function canonicalizeDuration(text: string): string {
  return formatDuration(parseDuration(text));
}
