// Optional values. Upstream: cel-go cel/library.go (optionalLib).
import { ArrayList, insertEntry } from '../values/collections.ts';
import {
  Duration,
  EvaluationError,
  isError,
  itemsOf,
  type ListValue,
  type MapValue,
  Optional,
  sizeOf,
  Timestamp,
  Uint,
  type Value,
} from '../values/value.ts';

const none = new Optional(undefined);

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === 0n) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return value.seconds === -62_135_596_800 && value.nanos === 0;
  if (value instanceof Optional) return value.value === undefined || isZero(value.value);
  return sizeOf(value) === 0;
}

function unwrap(list: ListValue): Value {
  const values: Value[] = [];
  for (const item of itemsOf(list)) {
    if (!(item instanceof Optional)) return new EvaluationError(`value ${String(item)} is not optional`);
    if (item.value !== undefined) values.push(item.value);
  }
  return new ArrayList(values);
}

function insertAll(map: MapValue, more: MapValue): Value {
  let result: Value = map;
  for (const key of more.keys()) {
    result = insertEntry(result as MapValue, key, more.find(key)!);
    if (isError(result)) return result;
  }
  return result;
}

export const optionalFunctions = {
  optional_of: (value: Value) => new Optional(value),
  optional_ofNonZeroValue: (value: Value) => (isZero(value) ? none : new Optional(value)),
  optional_none: () => none,
  optional_value: ({ value }: Optional) => value ?? absent(value),
  optional_hasValue: ({ value }: Optional) => value !== undefined,
  optional_unwrap: unwrap,
  optional_unwrapOpt: unwrap,
  list_first: (list: ListValue) => (list.size === 0 ? none : new Optional(list.get(0))),
  list_last: (list: ListValue) => (list.size === 0 ? none : new Optional(list.get(list.size - 1))),
  '@mapInsert_map_key_value': insertEntry,
  '@mapInsert_map_map': insertAll,
};

/** null is a value; undefined is none. */
function absent(value: Value | undefined): Value {
  return value === undefined ? new EvaluationError('optional.none() dereference') : value;
}
