// Decoders of one JSON value of a scalar or special type. They are optimistic: anything unusual throws `mismatch`, and the
// slow walk in explain.ts then finds out what Go would say.
import { canonicalizeDuration } from '../duration.ts';
import { isInt64 } from '../long-integers.ts';
import { canonicalQuantity } from '../quantity.ts';
import { canonicalizeMicroTime, canonicalizeTime } from '../time.ts';

/** Thrown, without a stack, when a value is not what its field takes. */
export const mismatch: unique symbol = Symbol('mismatch');

/** Makes the canonical form of one value that is not null. */
export type Decoder = (value: unknown) => unknown;

/** A type's decoder and its zero value as JSON (made anew where it is an object). */
export interface ValueCodec {
  decode: Decoder;
  zero: () => unknown;
}

/** What Go calls a scalar: it has an empty value that `omitempty` leaves out. */
export interface ScalarCodec extends ValueCodec {
  /** Whether the decoded value counts as empty. */
  isEmpty(value: unknown): boolean;
}

function fail(): never {
  throw mismatch;
}

const never = (): boolean => false;
const isZero = (value: unknown): boolean => value === 0;
const isBlank = (value: unknown): boolean => value === '';

function decodeInt32(value: unknown): unknown {
  if (typeof value !== 'number' || (value | 0) !== value) fail();
  return value;
}

function decodeInt64(value: unknown): unknown {
  return isInt64(value) ? value : fail();
}

function decodeFloat64(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : fail();
}

function decodeString(value: unknown): unknown {
  return typeof value === 'string' ? value : fail();
}

function decodeBool(value: unknown): unknown {
  return typeof value === 'boolean' ? value : fail();
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An element where the bytes are written as a list of numbers. */
function decodeByte(value: unknown): number {
  if (value === null) return 0;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256 ? value : fail();
}

/** Standard base64. Go skips line ends and ignores the unused bits of the last character, both gone after printing. */
function decodeBytes(value: unknown): unknown {
  if (Array.isArray(value)) return Buffer.from(value.map(decodeByte)).toString('base64');
  if (typeof value !== 'string') fail();
  const text = value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]/g, '') : value;
  if (!base64.test(text)) fail();
  return text.endsWith('=') ? Buffer.from(text, 'base64').toString('base64') : text;
}

/** The text of a value that Go reads from raw JSON: quantities may be numbers. */
function decodeQuantity(value: unknown): unknown {
  try {
    if (typeof value === 'string') return canonicalQuantity(value.trim());
    if (typeof value === 'number' || typeof value === 'bigint') return canonicalQuantity(String(value));
  } catch {
    fail();
  }
  return fail();
}

function textDecoder(canonicalize: (text: string) => string | null): Decoder {
  return (value) => {
    if (typeof value !== 'string') return fail();
    try {
      return canonicalize(value);
    } catch {
      return fail();
    }
  };
}

function decodeIntOrString(value: unknown): unknown {
  return typeof value === 'string' ? value : decodeInt32(value);
}

const raw: Decoder = (value) => value;
const nothing = (): null => null;

/** Every type that is not a reference. */
export const scalarCodecs: Readonly<Record<string, ScalarCodec>> = {
  string: { decode: decodeString, zero: () => '', isEmpty: isBlank },
  int32: { decode: decodeInt32, zero: () => 0, isEmpty: isZero },
  int64: { decode: decodeInt64, zero: () => 0, isEmpty: isZero },
  float64: { decode: decodeFloat64, zero: () => 0, isEmpty: isZero },
  bool: { decode: decodeBool, zero: () => false, isEmpty: (value) => value === false },
  bytes: { decode: decodeBytes, zero: nothing, isEmpty: isBlank },
  any: { decode: raw, zero: nothing, isEmpty: never },
  Quantity: { decode: decodeQuantity, zero: () => '0', isEmpty: never },
  Time: { decode: textDecoder(canonicalizeTime), zero: nothing, isEmpty: never },
  MicroTime: { decode: textDecoder(canonicalizeMicroTime), zero: nothing, isEmpty: never },
  Duration: { decode: textDecoder(canonicalizeDuration), zero: () => '0s', isEmpty: never },
  IntOrString: { decode: decodeIntOrString, zero: () => 0, isEmpty: never },
  RawExtension: { decode: raw, zero: nothing, isEmpty: never },
  FieldsV1: { decode: raw, zero: () => ({}), isEmpty: never },
  JSON: { decode: raw, zero: nothing, isEmpty: never },
};
