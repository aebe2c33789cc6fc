// Whether a value fits its merge type, duplicates allowed: the common case of validation, without paths or messages, since
// it runs twice on every write.
import { isJsonObject } from '../../json-object.ts';
import type { Json } from '../../object.ts';
import type { ListType, MapType, Scalar, SchemaType } from '../schema/schema.ts';
import { faultOfItem } from './list-elements.ts';

function fitsScalar(scalar: Scalar, value: Json): boolean {
  switch (scalar) {
    case 'string':
      return typeof value === 'string';
    case 'numeric':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return typeof value !== 'object';
  }
}

function fitsMap({ fields, elementType }: MapType, value: Json): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const object = value as { readonly [name: string]: Json | undefined };
  for (const name in object) {
    const member = object[name];
    if (member === undefined) continue;
    const type = fields.get(name)?.type ?? elementType;
    if (type === undefined || !fits(type, member)) return false;
  }
  return true;
}

function fitsList(list: ListType, value: Json): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) {
    if (list.associative && faultOfItem(list, item) !== undefined) return false;
    if (!fits(list.elementType, item)) return false;
  }
  return true;
}

/** As `fits`, for a value that may share members with one that fits: these need no second look. */
export function fitsBeside(type: SchemaType, value: Json, fitting: Json): boolean {
  const { map } = type.atom;
  if (map === undefined || !isJsonObject(value) || !isJsonObject(fitting)) return fits(type, value);
  const { fields, elementType } = map;
  for (const name in value) {
    const member = value[name];
    if (member === undefined || member === fitting[name]) continue;
    const memberType = fields.get(name)?.type ?? elementType;
    if (memberType === undefined || !fits(memberType, member)) return false;
  }
  return true;
}

/** False for what validation complains of: `validate` knows the messages. */
export function fits(type: SchemaType, value: Json): boolean {
  const form = type.handled(type.formOf(value));
  if (form === 'none') return false;
  if (value === null) return true;
  const { atom } = type;
  if (form === 'map') return fitsMap(atom.map!, value);
  if (form === 'scalar') return fitsScalar(atom.scalar!, value);
  return fitsList(atom.list!, value);
}
