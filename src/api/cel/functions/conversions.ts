// int(), string(), duration() and the other conversions. Upstream: ConvertToType of cel-go common/types.
import { checkedInt, checkedUint, doubleToInt, doubleToUint, shortFloat } from '../values/numbers.ts';
import { durationText, readDuration, readTimestamp, timestampOf, timestampText } from '../values/times.ts';
import {
  Duration,
  EvaluationError,
  type Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values/value.ts';

const same = (value: Value): Value => value;
const toBytes = new TextEncoder();
const toText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const bools: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
};

function cannot(to: string): EvaluationError {
  return new EvaluationError(`type conversion error from 'string' to '${to}'`);
}

function stringToInt(text: string): Value {
  if (!/^[+-]?[0-9]+$/.test(text)) return cannot('int');
  const value = checkedInt(BigInt(text.replace(/^\+/, '')));
  return typeof value === 'bigint' ? value : cannot('int');
}

function stringToUint(text: string): Value {
  if (!/^[0-9]+$/.test(text)) return cannot('uint');
  const value = checkedUint(BigInt(text));
  return value instanceof Uint ? value : cannot('uint');
}

const floatSyntax = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const specialFloats = /^([+-]?)(inf|infinity|nan)$/i;

/** Go's ParseFloat without hexadecimal floats. */
export function parseFloat64(text: string): number | undefined {
  const special = specialFloats.exec(text);
  if (special !== null) {
    if (special[2]!.toLowerCase() === 'nan') return special[1] === '' ? Number.NaN : undefined;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!floatSyntax.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function bytesToString(bytes: Uint8Array): Value {
  try {
    return toText.decode(bytes);
  } catch {
    return new EvaluationError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

export const conversionFunctions = {
  type: (value: Value) => new TypeValue(typeNameOf(value)),
  dyn: same,
  bool_to_bool: same,
  string_to_bool: (text: string) => (Object.hasOwn(bools, text) ? bools[text]! : cannot('bool')),
  bytes_to_bytes: same,
  string_to_bytes: (text: string) => toBytes.encode(text),
  double_to_double: same,
  int64_to_double: (value: bigint) => Number(value),
  uint64_to_double: ({ value }: Uint) => Number(value),
  string_to_double: (text: string) => parseFloat64(text) ?? cannot('double'),
  duration_to_duration: same,
  int64_to_duration: (nanos: bigint) => new Duration(nanos),
  string_to_duration: (text: string) => readDuration(text) ?? cannot('google.protobuf.Duration'),
  int64_to_int64: same,
  double_to_int64: doubleToInt,
  duration_to_int64: ({ nanos }: Duration) => nanos,
  string_to_int64: stringToInt,
  timestamp_to_int64: ({ seconds }: Timestamp) => BigInt(seconds),
  uint64_to_int64: ({ value }: Uint) => checkedInt(value),
  string_to_string: same,
  bool_to_string: (value: boolean) => String(value),
  bytes_to_string: bytesToString,
  double_to_string: shortFloat,
  duration_to_string: durationText,
  int64_to_string: (value: bigint) => String(value),
  timestamp_to_string: timestampText,
  uint64_to_string: ({ value }: Uint) => String(value),
  timestamp_to_timestamp: same,
  int64_to_timestamp: (seconds: bigint) => timestampOf(Number(seconds)),
  string_to_timestamp: (text: string) => readTimestamp(text) ?? cannot('google.protobuf.Timestamp'),
  uint64_to_uint64: same,
  double_to_uint64: doubleToUint,
  int64_to_uint64: checkedUint,
  string_to_uint64: stringToUint,
};
