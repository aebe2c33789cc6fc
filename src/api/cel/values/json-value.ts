// JSON without a schema as values: whole numbers are ints. Nothing is copied before it is looked at.
// Upstream: NativeToValue of cel-go common/types/provider.go, as it takes unstructured objects.
import { durationText, timestampText } from './times.ts';
import {
  Duration,
  isList,
  isMap,
  itemsOf,
  type ListValue,
  type MapValue,
  Timestamp,
  Uint,
  type Value,
} from './value.ts';

type JsonObject = Readonly<Record<string, unknown>>;

class JsonMap implements MapValue {
  readonly tag = 'map';
  readonly json: JsonObject;

  constructor(json: JsonObject) {
    this.json = json;
  }

  get size(): number {
    let count = 0;
    for (const _ of this.keys()) count++;
    return count;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    const value = this.json[key];
    return value === undefined ? undefined : valueOfJson(value);
  }

  *keys(): Generator<Value> {
    for (const key of Object.keys(this.json)) if (this.json[key] !== undefined) yield key;
  }
}

class JsonList implements ListValue {
  readonly tag = 'list';
  readonly json: readonly unknown[];

  constructor(json: readonly unknown[]) {
    this.json = json;
  }

  get size(): number {
    return this.json.length;
  }

  get(index: number): Value {
    return valueOfJson(this.json[index]);
  }
}

/** JSON as a value; undefined counts as null. */
export function valueOfJson(json: unknown): Value {
  switch (typeof json) {
    case 'number':
      return Number.isInteger(json) && Math.abs(json) < 2 ** 63 ? BigInt(json) : json;
    case 'string':
    case 'boolean':
    case 'bigint':
      return json;
    default:
      if (json === null || typeof json !== 'object') return null;
      return Array.isArray(json) ? new JsonList(json) : new JsonMap(json as JsonObject);
  }
}

/** A value that JSON knows nothing of. `message` says which. */
export class NoJsonError extends Error {}

/** Turns opaque values into JSON; undefined where it cannot. */
export type OpaqueToJson = (value: Value) => unknown;

/** A value as JSON, as protobuf's JSON has it. Throws NoJsonError. */
export function jsonOfValue(value: Value, ofOpaque: OpaqueToJson = () => undefined): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (isList(value)) return [...itemsOf(value)].map((item) => jsonOfValue(item, ofOpaque));
  if (isMap(value)) {
    const entries: [string, unknown][] = [];
    for (const key of value.keys()) {
      if (typeof key !== 'string') throw new NoJsonError('keys of maps must be strings');
      entries.push([key, jsonOfValue(value.find(key) ?? null, ofOpaque)]);
    }
    return Object.fromEntries(entries);
  }
  const json = ofOpaque(value);
  if (json === undefined) throw new NoJsonError('the value has no form in JSON');
  return json;
}
