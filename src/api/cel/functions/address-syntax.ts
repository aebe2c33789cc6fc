// IP addresses as Go's net/netip reads and prints them.
import { goQuote } from '../../go-text.ts';

/** The text is no address or prefix. `message` is Go's. */
export class AddressError extends Error {}

/** An address: 4 or 16 bytes, and the zone of an IPv6 one. */
export interface Address {
  readonly bytes: readonly number[];
  readonly zone: string;
}

function fail(text: string, message: string, at?: string): never {
  throw new AddressError(
    `ParseAddr(${goQuote(text)}): ${message}${at === undefined ? '' : ` (at ${goQuote(at)})`}`,
  );
}

function parseFour(text: string, whole: string): number[] {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (/[0-9]/.test(character)) {
      if (digits === 1 && value === 0) fail(whole, 'IPv4 field has octet with leading zero');
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) fail(whole, 'IPv4 field has value >255');
    } else if (character === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.')
        fail(whole, 'IPv4 field must have at least one digit', text.slice(i));
      if (fields.length === 3) fail(whole, 'IPv4 address too long');
      fields.push(value);
      value = 0;
      digits = 0;
    } else fail(whole, 'unexpected character', text.slice(i));
  }
  if (fields.length < 3) fail(whole, 'IPv4 address too short');
  return [...fields, value];
}

interface Groups {
  readonly bytes: number[];
  /** Where `::` stands. */
  gap: number;
}

/** What is left to read behind a group. */
function afterGroup(rest: string, whole: string, groups: Groups): string {
  if (rest === '') return '';
  if (rest[0] !== ':') fail(whole, 'unexpected character, want colon', rest);
  if (rest.length === 1) fail(whole, 'colon must be followed by more characters', rest);
  if (rest[1] !== ':') return rest.slice(1);
  if (groups.gap >= 0) fail(whole, 'multiple :: in address', rest.slice(1));
  groups.gap = groups.bytes.length;
  return rest.slice(2);
}

function parseSix(text: string): Address {
  const percent = text.indexOf('%');
  const zone = percent < 0 ? '' : text.slice(percent + 1);
  let rest = percent < 0 ? text : text.slice(0, percent);
  if (percent >= 0 && zone === '') fail(text, 'zone must be a non-empty string');
  const groups: Groups = { bytes: [], gap: -1 };
  if (rest.startsWith('::')) {
    groups.gap = 0;
    rest = rest.slice(2);
  }
  while (rest !== '' && groups.bytes.length < 16) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)![0];
    if (digits.length > 4) fail(text, 'each group must have 4 or less digits', rest);
    if (digits === '') fail(text, 'each colon-separated field must have at least one digit', rest);
    if (rest[digits.length] === '.') {
      if (groups.gap < 0 && groups.bytes.length !== 12)
        fail(text, 'embedded IPv4 address must replace the final 2 fields of the address', rest);
      if (groups.bytes.length + 4 > 16)
        fail(text, 'too many hex fields to fit an embedded IPv4 at the end of the address', rest);
      groups.bytes.push(...parseFour(rest, text));
      rest = '';
      break;
    }
    const value = Number.parseInt(digits, 16);
    groups.bytes.push(value >> 8, value & 255);
    rest = afterGroup(rest.slice(digits.length), text, groups);
  }
  if (rest !== '') fail(text, 'trailing garbage after address', rest);
  const { bytes, gap } = groups;
  if (bytes.length < 16) {
    if (gap < 0) fail(text, 'address string too short');
    bytes.splice(gap, 0, ...new Array<number>(16 - bytes.length).fill(0));
  } else if (gap >= 0) fail(text, 'the :: must expand to at least one field of zeros');
  return { bytes, zone };
}

/** Reads an address; throws AddressError. */
export function parseAddress(text: string): Address {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') return { bytes: parseFour(text, text), zone: '' };
  if (first === ':') return parseSix(text);
  if (first === '%') fail(text, 'missing IPv6 address');
  return fail(text, 'unable to parse IP');
}

/** Whether it is an IPv4 address in IPv6 form. */
export function isFourInSix({ bytes }: Address): boolean {
  return (
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255
  );
}

/** The canonical text. */
export function addressText(address: Address): string {
  const { bytes, zone } = address;
  if (bytes.length === 4) return bytes.join('.');
  if (isFourInSix(address)) return `::ffff:${bytes.slice(12).join('.')}${zone === '' ? '' : `%${zone}`}`;
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  const text =
    start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
  return zone === '' ? text : `${text}%${zone}`;
}

/** An address and how many of its bits count. */
export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

/** Reads `address/bits`; throws AddressError. */
export function parsePrefix(text: string): Prefix {
  const wrong = (why: string): never => {
    throw new AddressError(`netip.ParsePrefix(${goQuote(text)}): ${why}`);
  };
  const slash = text.lastIndexOf('/');
  if (slash < 0) return wrong("no '/'");
  let address: Address;
  try {
    address = parseAddress(text.slice(0, slash));
  } catch (error) {
    if (error instanceof AddressError) return wrong(error.message);
    throw error;
  }
  if (address.zone !== '') return wrong('IPv6 zones cannot be present in a prefix');
  const bitsText = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]*)$/.test(bitsText)) return wrong(`bad bits after slash: ${goQuote(bitsText)}`);
  const bits = Number(bitsText);
  if (bits > address.bytes.length * 8) return wrong('prefix length out of range');
  return { address, bits };
}

/** The bytes with all bits past the first `bits` cleared. */
export function maskedBytes(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, i) => {
    const kept = Math.min(Math.max(bits - i * 8, 0), 8);
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}
