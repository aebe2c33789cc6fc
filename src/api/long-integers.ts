// Whole numbers that a double does not hold exactly. Objects may have any of 64 bits, as Go's do: where such a number stands in
// their JSON, its value here is a bigint. All other numbers are numbers, and every bigint is beyond them, so equal numbers are
// always of one type.
import type { Json } from './object.ts';

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;
/** The largest double that a 64-bit integer can be. */
const largestDouble = 2 ** 63 - 1024;

const textOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

function isLong(digits: string): boolean {
  if (digits.length < leastDigits || !/^-?[0-9]+$/.test(digits) || Number.isSafeInteger(Number(digits)))
    return false;
  const value = BigInt(digits);
  return value >= least && value <= most;
}

const leastDigits = 16;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether so many digits stand together that they may be a long integer. Looks at every sixteenth character: one is a digit then. */
function hasManyDigits(text: string): boolean {
  for (let at = leastDigits - 1; at < text.length; at += leastDigits) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < text.length && isDigit(text.charCodeAt(end))) end++;
    if (end - start >= leastDigits) return true;
  }
  return false;
}

/** Whether a number is whole and of 64 bits, as Go's int64. */
export function isInt64(value: unknown): value is number | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'bigint' && value >= least && value <= most;
}

/** The number of an integer, exact. */
export function integerOf(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A text that no text in a value has in it: long integers pass through JSON.parse and JSON.stringify behind it. */
function markFor(value: unknown): string {
  const texts = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? 0 : member));
  for (let n = 0; ; n++) {
    const mark = `long-integer-${n}:`;
    if (!texts.includes(mark)) return mark;
  }
}

/** What JSON.parse makes of a text, with its long integers as bigints. Throws as JSON.parse does. */
export function readJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (!hasManyDigits(text)) return value;
  const mark = markFor(value);
  let found = false;
  const marked = text.replace(textOrNumber, (token) => {
    if (token.startsWith('"') || !isLong(token)) return token;
    found = true;
    return `"${mark}${token}"`;
  });
  if (!found) return value;
  return JSON.parse(marked, (_, member: unknown) =>
    typeof member === 'string' && member.startsWith(mark) ? BigInt(member.slice(mark.length)) : member,
  ) as Json;
}

/** What JSON.stringify makes of a value, which may have bigints in it; `indent` in spaces. */
export function writeJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    // it refuses bigints
    if (!(error instanceof TypeError)) throw error;
  }
  const mark = markFor(value);
  const marking = (_: string, member: unknown): unknown =>
    typeof member === 'bigint' ? `${mark}${member}` : member;
  return JSON.stringify(value, marking, indent).replaceAll(new RegExp(`"${mark}(-?[0-9]+)"`, 'g'), '$1');
}

/** The nearest double that is a 64-bit integer too: what checks of ranges calculate with. */
export function nearestDouble(value: bigint): number {
  return Math.min(Number(value), largestDouble);
}
