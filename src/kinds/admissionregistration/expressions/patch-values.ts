// What mutations make: `Object.spec{...}`, whose types are named after the path of their field, and `JSONPatch{...}`.
// Upstream: k8s.io/apiserver/pkg/cel/mutation/{typeresolver,jsonpatch}.go and mutation/dynamic/objects.go.
import { dynType, stringType, structType, type Type } from '../../../api/cel/check/types.ts';
import { equal } from '../../../api/cel/values/equality.ts';
import { jsonOfValue, NoJsonError } from '../../../api/cel/values/json-value.ts';
import {
  EvaluationError,
  isList,
  isMap,
  itemsOf,
  type OpaqueValue,
  typeNameOf,
  type Value,
} from '../../../api/cel/values/value.ts';
import { goQuote } from '../../../api/go-text.ts';
import type { Json } from '../../../api/object.ts';

const root = 'Object';
const patchName = 'JSONPatch';
const patchFields = ['op', 'path', 'from', 'value'];

/** An object of an apply configuration, or a part of one. */
export class ObjectValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(typeName: string, fields: ReadonlyMap<string, Value>) {
    this.typeName = typeName;
    this.fields = fields;
  }

  field(name: string): Value | undefined {
    return this.fields.get(name);
  }

  equals(other: OpaqueValue): Value {
    if (!(other instanceof ObjectValue) || other.fields.size !== this.fields.size) return false;
    for (const [name, value] of this.fields) {
      const theirs = other.fields.get(name);
      if (theirs === undefined || equal(value, theirs) !== true) return false;
    }
    return true;
  }
}

/** One operation of a JSON patch. */
export class PatchValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = patchName;
  readonly op: string;
  readonly path: string;
  readonly from: string;
  readonly value: Value | undefined;

  constructor(fields: ReadonlyMap<string, Value>) {
    const text = (name: string): string => (fields.get(name) as string | undefined) ?? '';
    this.op = text('op');
    this.path = text('path');
    this.from = text('from');
    this.value = fields.get('value');
  }

  field(name: string, isTest: boolean): Value | undefined {
    if (name === 'value') return this.value;
    const text = { op: this.op, path: this.path, from: this.from }[name];
    return isTest && text === '' ? undefined : text;
  }

  equals(other: OpaqueValue): Value {
    if (!(other instanceof PatchValue)) return false;
    if (this.op !== other.op || this.path !== other.path || this.from !== other.from) return false;
    if (this.value === undefined || other.value === undefined) return this.value === other.value;
    return equal(this.value, other.value);
  }
}

/** Whether there is such a type. */
export function isPatchType(name: string): boolean {
  return name === patchName || name === root || name.startsWith(`${root}.`);
}

/** The type of a field; undefined where the type has no such field. */
export function patchFieldType(structName: string, field: string): Type | undefined {
  if (structName !== patchName) return isPatchType(structName) ? dynType : undefined;
  // a type without a name, which nothing fits
  if (!patchFields.includes(field)) return structType('');
  return field === 'value' ? dynType : stringType;
}

function goTypeName(value: Value): string {
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return 'float64';
  if (value === null) return 'structpb.NullValue';
  const name = typeNameOf(value);
  return name === 'uint' ? 'uint64' : name;
}

/** Makes a value of such a type. */
export function makePatchValue(typeName: string, fields: ReadonlyMap<string, Value>): Value {
  if (typeName !== patchName) return new ObjectValue(typeName, fields);
  for (const name of ['op', 'path', 'from']) {
    const value = fields.get(name);
    if (value !== undefined && typeof value !== 'string')
      return new EvaluationError(`unexpected type ${goTypeName(value)} for JSONPatchType '${name}' field`);
  }
  return new PatchValue(fields);
}

/** What is wrong with the names of types within a value, one line each: they must be those of the fields' paths. */
function wrongNames(value: Value, path: string, found: string[]): void {
  if (value instanceof ObjectValue) {
    if (value.typeName !== path)
      found.push(
        `unexpected type name ${goQuote(value.typeName)}, expected ${goQuote(path)}, which matches field name path from root Object type`,
      );
    for (const [name, field] of value.fields) wrongNames(field, `${path}.${name}`, found);
  } else if (value !== null && isList(value))
    for (const item of itemsOf(value)) wrongNames(item, path, found);
  else if (value !== null && isMap(value))
    for (const key of value.keys()) wrongNames(value.find(key) ?? null, path, found);
}

function plainJson(value: Value): unknown {
  if (value instanceof ObjectValue) {
    const fields = [...value.fields].map(([name, field]) => [name, jsonOfValue(field, plainJson)]);
    return Object.fromEntries(fields);
  }
  return undefined;
}

/** The JSON of what a mutation made. Throws Error: names of types that are not their path's, values that JSON has not. */
export function patchJson(value: Value): Json {
  const wrong: string[] = [];
  if (value instanceof ObjectValue) wrongNames(value, value.typeName, wrong);
  if (wrong.length > 0) throw new NoJsonError(`type mismatch: ${wrong.join('\n')}`);
  return jsonOfValue(value, plainJson) as Json;
}
