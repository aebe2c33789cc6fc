// JSON seen through its schema, without copying it. Upstream: k8s.io/apiserver/pkg/cel/common/valuesunstructured.go.

import { isDeepStrictEqual } from 'node:util';
import { writeJson } from '../../long-integers.ts';
import { ArrayList, ConcatList } from '../values/collections.ts';
import { equal } from '../values/equality.ts';
import {
  EvaluationError,
  isList,
  isMap,
  itemsOf,
  type ListValue,
  type MapValue,
  noSuchOverload,
  type OpaqueValue,
  Uint,
  type Value,
} from '../values/value.ts';
import { escapeName, unescapeName } from './escape.ts';
import { formattedValue } from './formats.ts';
import { isEmbedded, itemsSchema, type Schema, valuesSchema, withTypeAndObjectMeta } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function goType(json: unknown): string {
  if (typeof json === 'string') return 'string';
  if (typeof json === 'boolean') return 'bool';
  if (typeof json === 'bigint') return 'int64';
  if (typeof json === 'number') return Number.isInteger(json) ? 'int64' : 'float64';
  return Array.isArray(json) ? '[]interface {}' : 'map[string]interface {}';
}

function invalid(message: string): EvaluationError {
  return new EvaluationError(`invalid data, ${message}`);
}

/** An object: with properties, or a map. */
class ObjectView implements MapValue {
  readonly tag = 'map';
  readonly json: JsonObject;
  private readonly properties: Readonly<Record<string, Schema>> | undefined;
  private readonly values: Schema | undefined;

  constructor(json: JsonObject, schema: Schema) {
    this.json = json;
    this.properties = schema.properties;
    this.values = isEmbedded(schema) || schema.properties !== undefined ? undefined : valuesSchema(schema);
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  private schemaOf(name: string): Schema | undefined {
    if (this.properties === undefined) return this.values;
    return Object.hasOwn(this.properties, name) ? this.properties[name] : undefined;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return noSuchOverload(key);
    const isObject = this.properties !== undefined;
    const name = isObject ? unescapeName(key) : key;
    if (name === undefined || !Object.hasOwn(this.json, name)) return undefined;
    const value = this.json[name];
    // A null of a property is as good as none.
    if (isObject && value === null) return undefined;
    const schema = this.schemaOf(name);
    return schema && viewOf(value, schema);
  }

  *keys(): Generator<Value> {
    for (const name of Object.keys(this.json)) {
      if (this.schemaOf(name) === undefined) continue;
      yield this.properties === undefined ? name : (escapeName(name) ?? name);
    }
  }

  sameAs(other: Value): Value {
    if (!isMap(other)) return noSuchOverload(other);
    if (this.size !== other.size) return false;
    for (const name of Object.keys(this.json)) {
      if (this.schemaOf(name) !== undefined) {
        const mine = this.find(name);
        const theirs = other.find(name);
        if ((mine === undefined) !== (theirs === undefined)) return false;
        if (mine === undefined) continue;
        const isSame = equal(mine, theirs!);
        if (isSame !== true) return isSame;
      } else {
        if (!(other instanceof ObjectView)) return noSuchOverload(other);
        if (Object.hasOwn(other.json, name) && !isDeepStrictEqual(this.json[name], other.json[name]))
          return false;
      }
    }
    return true;
  }
}

/** The text under which a set or a map in list form finds an item. */
type KeyOf = (json: unknown) => string;

/** JSON of a value, as far as keys need it. */
function jsonOf(value: Value): unknown {
  if (isList(value) || isMap(value)) return value.json;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint ? Number(value.value) : value;
}

/** A list; with `keyOf` its order does not matter and + merges. */
class ArrayView implements ListValue {
  readonly tag = 'list';
  readonly json: readonly unknown[];
  private readonly items: Schema;
  private readonly keyOf: KeyOf | undefined;
  private readonly isSet: boolean;
  private index: Map<string, unknown> | undefined;

  constructor(json: readonly unknown[], items: Schema, keyOf: KeyOf | undefined, isSet: boolean) {
    this.json = json;
    this.items = items;
    this.keyOf = keyOf;
    this.isSet = isSet;
  }

  get size(): number {
    return this.json.length;
  }

  get(index: number): Value {
    return viewOf(this.json[index], this.items);
  }

  private byKey(keyOf: KeyOf): Map<string, unknown> {
    this.index ??= new Map(this.json.map((item) => [keyOf(item), item]));
    return this.index;
  }

  sameAs(other: Value): Value {
    if (!isList(other)) return noSuchOverload(other);
    if (this.size !== other.size) return false;
    for (let i = 0; i < this.size; i++) {
      const theirs = other.get(i);
      const isSame = this.keyOf === undefined ? equal(this.get(i), theirs) : this.hasSame(theirs, this.keyOf);
      if (isSame !== true) return isSame;
    }
    return true;
  }

  private hasSame(theirs: Value, keyOf: KeyOf): Value {
    const found = this.byKey(keyOf);
    const key = keyOf(jsonOf(theirs));
    if (!found.has(key)) return false;
    return this.isSet || equal(viewOf(found.get(key), this.items), theirs);
  }

  append(other: ListValue): Value {
    if (this.keyOf === undefined) return new ConcatList(this.plain(), other);
    const merged = [...this.json];
    const places = new Map(merged.map((item, i) => [this.keyOf!(item), i]));
    for (const value of itemsOf(other)) {
      const json = jsonOf(value);
      const key = this.keyOf(json);
      const at = places.get(key);
      if (at === undefined) {
        places.set(key, merged.length);
        merged.push(json);
      } else if (!this.isSet) merged[at] = json;
    }
    return new ArrayView(merged, this.items, this.keyOf, this.isSet);
  }

  private plain(): ListValue {
    return new ArrayList(this.json.map((item) => viewOf(item, this.items)));
  }
}

function listView(json: readonly unknown[], schema: Schema): Value {
  const items = itemsSchema(schema);
  if (items === undefined)
    return new EvaluationError('invalid array type, expected Items with a non-empty Schema');
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return new ArrayView(json, items, (item) => `${typeof item}:${String(item)}`, true);
    case 'map': {
      const names = (schema['x-kubernetes-list-map-keys'] ?? []).map((name) => escapeName(name) ?? name);
      const keyOf: KeyOf = (item) =>
        writeJson(names.map((name) => (isJsonObject(item) ? item[name] : null) ?? null));
      return new ArrayView(json, items, keyOf, false);
    }
    default:
      return new ArrayView(json, items, undefined, false);
  }
}

function numberView(json: unknown): Value {
  if (typeof json === 'bigint') return Number(json);
  return typeof json === 'number' ? json : invalid(`expected float, got ${goType(json)}`);
}

function integerView(json: unknown): Value {
  if (typeof json === 'bigint') return json;
  return typeof json === 'number' && Number.isInteger(json)
    ? BigInt(json)
    : invalid(`expected int, got ${goType(json)}`);
}

/** A value of JSON as its schema says. Data that does not fit is an error as a value. */
export function viewOf(json: unknown, schema: Schema): Value {
  if (json === null || json === undefined)
    return schema.nullable ? null : invalid('got null for schema with nullable=false');
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof json === 'string') return json;
    if (typeof json === 'bigint') return json;
    if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json);
    return invalid('expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      if (!isJsonObject(json)) return invalid('expected a map for the provided schema with type=object');
      return new ObjectView(json, isEmbedded(schema) ? withTypeAndObjectMeta(schema) : schema);
    case 'array':
      return Array.isArray(json)
        ? listView(json, schema)
        : invalid('expected an array for the provided schema with type=array');
    case 'string':
      return typeof json === 'string'
        ? formattedValue(json, schema.format)
        : invalid(`expected string, got ${goType(json)}`);
    case 'number':
      return numberView(json);
    case 'integer':
      return integerView(json);
    case 'boolean':
      return typeof json === 'boolean' ? json : invalid(`expected bool, got ${goType(json)}`);
    default:
      if (schema['x-kubernetes-preserve-unknown-fields']) return new PreservedView(json);
      return new EvaluationError(
        `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type ?? ''}`,
      );
  }
}

/** Data without a type: good for nothing but comparison as a whole. */
class PreservedView implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'unknown';
  readonly json: unknown;

  constructor(json: unknown) {
    this.json = json;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof PreservedView && isDeepStrictEqual(this.json, other.json);
  }
}
