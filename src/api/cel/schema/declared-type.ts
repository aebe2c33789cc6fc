// From schemas to types of expressions, with the largest size that data of a schema can have in one request.
// Upstream: k8s.io/apiserver/pkg/cel/common/schemas.go and pkg/cel/types.go.

import type { Declarations } from '../check/check.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  type Type,
  timestampType,
} from '../check/types.ts';
import type { SizeOfPath } from '../cost/nodes.ts';
import { escapeName, isReserved } from './escape.ts';
import { isEmbedded, itemsSchema, type Schema, valuesSchema, withTypeAndObjectMeta } from './schema.ts';

/** The largest request in bytes. Upstream: MaxRequestSizeBytes of k8s.io/apiserver/pkg/apis/cel/config.go. */
export const maxRequestSize = 3 * 1024 * 1024;

/** A declared type. */
export interface DeclaredType {
  /** What it is unless it is a list, a map or an object. */
  readonly simple?: Type;
  /** Of lists and maps. */
  readonly element?: DeclaredType;
  readonly isMap?: boolean;
  /** Of objects, by their names in expressions. */
  readonly fields?: ReadonlyMap<string, DeclaredType>;
  /** The most items, entries or characters. */
  readonly maxElements: number;
  /** The least bytes of its JSON. */
  readonly minSize: number;
}

const maxText = maxRequestSize - 2;
const maxTimeText = 32;
const dateText = 12;

function simple(type: Type, minSize: number, maxElements = 0): DeclaredType {
  return { simple: type, minSize, maxElements };
}

const wholeText = simple(stringType, 2, maxText);

function notNegative(value: number): number {
  return Math.max(value, 0);
}

function longestEnum(values: readonly unknown[]): number {
  return Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)));
}

function textType(schema: Schema): DeclaredType {
  const { maxLength } = schema;
  switch (schema.format) {
    case 'byte':
      return simple(bytesType, 2, maxLength === undefined ? maxText : notNegative(maxLength));
    case 'duration':
      return simple(durationType, 3, maxTimeText);
    case 'date':
      return simple(timestampType, dateText, dateText);
    case 'date-time':
      return simple(timestampType, 21, maxTimeText);
  }
  // A code point has up to four bytes.
  if (maxLength !== undefined) return simple(stringType, 2, notNegative(maxLength) * 4);
  return schema.enum?.length ? simple(stringType, 2, longestEnum(schema.enum)) : wholeText;
}

function objectType(schema: Schema): DeclaredType {
  const fields = new Map<string, DeclaredType>();
  const required = new Set(schema.required);
  let minSize = 2;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const type = declaredType(property, isEmbedded(property));
    if (type === undefined) continue;
    const escaped = escapeName(name);
    if (escaped !== undefined) fields.set(escaped, type);
    if (required.has(name) && (property.default ?? undefined) === undefined)
      minSize += Buffer.byteLength(name) + type.minSize + 4;
  }
  return { fields, minSize, maxElements: 0 };
}

/** The type of a schema, undefined when expressions do not see it. `isRoot`: it is the root of a resource. */
export function declaredType(plain: Schema, isRoot: boolean): DeclaredType | undefined {
  if (plain['x-kubernetes-int-or-string'])
    return simple(dynType, 1, plain.maxLength === undefined ? maxText : notNegative(plain.maxLength) * 4);
  const schema = isRoot ? withTypeAndObjectMeta(plain) : plain;
  switch (schema.type) {
    case 'array': {
      const items = itemsSchema(schema);
      const element = items && declaredType(items, isEmbedded(items));
      if (element === undefined) return undefined;
      const fitting = Math.trunc((maxRequestSize - 2) / (element.minSize + 1));
      return { element, minSize: 2, maxElements: notNegative(schema.maxItems ?? fitting) };
    }
    case 'object': {
      const values = valuesSchema(schema);
      if (values === undefined) return objectType(schema);
      const element = declaredType(values, isEmbedded(values));
      if (element === undefined) return undefined;
      const fitting = Math.trunc((maxRequestSize - 2) / (element.minSize + 6));
      return { element, isMap: true, minSize: 2, maxElements: notNegative(schema.maxProperties ?? fitting) };
    }
    case 'string':
      return textType(schema);
    case 'boolean':
      return simple(boolType, 4);
    case 'number':
      return simple(doubleType, 1);
    case 'integer':
      return simple(intType, 1);
    default:
      return undefined;
  }
}

/** A declared type with names for its objects: what the checker wants to know of it. */
export class NamedTypes implements Pick<Declarations, 'fieldType' | 'hasStruct'> {
  /** The type itself. */
  readonly type: Type;
  private readonly structs = new Map<string, Map<string, Type>>();

  constructor(root: DeclaredType, name: string) {
    this.type = this.name(root, name);
  }

  private name(declared: DeclaredType, name: string): Type {
    const { element, fields } = declared;
    if (declared.simple !== undefined) return declared.simple;
    if (element !== undefined)
      return declared.isMap
        ? mapType(stringType, this.name(element, `${name}.@elem`))
        : listType(this.name(element, `${name}.@idx`));
    const types = new Map<string, Type>();
    this.structs.set(name, types);
    for (const [field, type] of fields ?? []) types.set(field, this.name(type, `${name}.${field}`));
    return structType(name);
  }

  hasStruct(name: string): boolean {
    return this.structs.has(name);
  }

  fieldType(structName: string, field: string): Type | undefined {
    const fields = this.structs.get(structName);
    return fields?.get(field) ?? (isReserved(field) ? fields?.get(`__${field}__`) : undefined);
  }
}

/** Tells the sizes of data below a variable of this type, whatever its name. */
export function sizesOf(root: DeclaredType): SizeOfPath {
  return (path) => {
    let node: DeclaredType | undefined = root;
    for (const part of path.slice(1)) {
      if (part === '@items' || part === '@values') node = node.element;
      else if (part === '@keys') node = node.isMap ? wholeKey : undefined;
      else node = node.fields?.get(part);
      if (node === undefined) return undefined;
    }
    return { min: 0, max: node.maxElements };
  };
}

/** The keys of maps have no declared length. */
const wholeKey = simple(stringType, 2);
