// Takes fields and items out of a value, or takes out everything else. Upstream: structured-merge-diff/v6/typed/remove.go
// and typed.go.
import { setJsonMember } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { type FieldSet, has, insertPath, isEmpty, newSet, pathsOf, union } from '../paths/field-set.ts';
import { invalidElement, keyFieldsOf } from '../paths/path-element.ts';
import type { ListType, MapType, SchemaType } from '../schema/schema.ts';
import { memberType } from '../schema/schema.ts';
import { elementOfItem } from './list-elements.ts';
import { toFieldSet } from './to-field-set.ts';

/** A value of which nothing is left is null, as in upstream. */
function walk(type: SchemaType, value: Json, set: FieldSet, extract: boolean): Json {
  switch (type.handled(type.formOf(value))) {
    case 'map':
      return walkMap(type.atom.map!, value, set, extract);
    case 'list':
      return walkList(type.atom.list!, value, set, extract);
    case 'scalar':
      return value;
    default:
      return null;
  }
}

function walkList(list: ListType, value: Json, set: FieldSet, extract: boolean): Json {
  if (!Array.isArray(value)) return null;
  // Leaves stay whole when they are asked for, and are nothing when something below them is to go.
  if (value.length === 0 || !list.associative) return extract ? value : null;
  const kept: Json[] = [];
  for (const item of value) {
    const element = elementOfItem(list, item);
    const below = set.children?.get(typeof element === 'string' ? element : invalidElement);
    const isMember = below?.member === true;
    const hasBelow = below?.children !== undefined;
    if (extract) {
      if (hasBelow) kept.push(walk(list.elementType, item, { ...below, member: false }, true));
      else if (isMember) kept.push(item);
    } else if (!isMember) {
      kept.push(hasBelow ? walk(list.elementType, item, below, false) : item);
    }
  }
  return kept.length > 0 ? kept : null;
}

function walkMap(map: MapType, value: Json, set: FieldSet, extract: boolean): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const names = Object.keys(value);
  if (names.length === 0 || map.atomic) return extract ? value : null;
  const kept: JsonObject = {};
  let empty = true;
  for (const name of names) {
    const member = value[name];
    if (member === undefined) continue;
    const below = set.children?.get(`f:${name}`);
    const type = memberType(map, name);
    let result: Json = member;
    if (below?.member) {
      if (!extract) continue;
      // Upstream goes on with the set of the parent here; leaves are not descended into, so it does not show.
      result = walk(type, member, set, true);
    } else if (below?.children !== undefined) result = walk(type, member, below, extract);
    else if (extract) continue;
    setJsonMember(kept, name, result);
    empty = false;
  }
  return empty ? null : kept;
}

/** The value without the members of a set; null when nothing is left. Shares what stays as it is. */
export function removeItems(type: SchemaType, value: Json, set: FieldSet): Json {
  return walk(type, value, set, false);
}

function keyFieldsAlong(type: SchemaType, value: Json, set: FieldSet): FieldSet {
  const own = toFieldSet(type, value);
  const keys = newSet();
  for (const path of pathsOf(set)) {
    if (!has(own, path)) continue;
    for (const [i, element] of path.entries())
      if (element.startsWith('k:'))
        for (const [name] of keyFieldsOf(element)) insertPath(keys, [...path.slice(0, i + 1), `f:${name}`]);
  }
  return isEmpty(keys as FieldSet) ? set : union(set, keys as FieldSet);
}

/** Only the members of a set, with the keys of list items they stand in when `appendKeyFields` is set. */
export function extractItems(
  type: SchemaType,
  value: Json,
  set: FieldSet,
  options: { appendKeyFields?: boolean } = {},
): Json {
  return walk(type, value, options.appendKeyFields ? keyFieldsAlong(type, value, set) : set, true);
}
