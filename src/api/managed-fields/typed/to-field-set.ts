// The set of all leaf fields and items that a value mentions: what an applier owns.
// Upstream: structured-merge-diff/v6/typed/tofieldset.go.
import type { Json, JsonObject } from '../../object.ts';
import { type FieldSet, leafSet } from '../paths/field-set.ts';
import { invalidElement } from '../paths/path-element.ts';
import type { ListType, MapType, SchemaType } from '../schema/schema.ts';
import { memberType } from '../schema/schema.ts';
import { elementOfItem } from './list-elements.ts';
import { asList, asObject, hasNoMembers } from './members.ts';
import { TypeFaults } from './validation-error.ts';

const nothing: FieldSet = { member: false, children: undefined };

function withMember(set: FieldSet): FieldSet {
  if (set.member) return set;
  return set.children === undefined ? leafSet : { member: true, children: set.children };
}

function made(children: Map<string, FieldSet>): FieldSet {
  return children.size === 0 ? nothing : { member: false, children };
}

function setOfValue(type: SchemaType, value: Json): FieldSet {
  switch (type.handled(type.formOf(value))) {
    case 'map':
      return setOfMap(type.atom.map!, asObject(value));
    case 'list':
      return setOfList(type.atom.list!, asList(value));
    case 'scalar':
      return leafSet;
    default:
      throw new TypeFaults([{ path: '', message: type.fault }]);
  }
}

function setOfMap(map: MapType, object: JsonObject | undefined): FieldSet {
  if (map.atomic) return leafSet;
  const children = new Map<string, FieldSet>();
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    let set = setOfValue(memberType(map, name), value);
    const empty = value === null || (asObject(value) !== undefined && hasNoMembers(value as JsonObject));
    // Members that are not named by the schema exist because somebody put them there.
    if (empty || !map.fields.has(name)) set = withMember(set);
    if (set !== nothing) children.set(`f:${name}`, set);
  }
  return made(children);
}

function setOfList(list: ListType, items: readonly Json[] | undefined): FieldSet {
  if (!list.associative) return leafSet;
  const children = new Map<string, FieldSet>();
  if (items === undefined) return nothing;
  let duplicates: Set<string> | undefined;
  for (const item of items) {
    const found = elementOfItem(list, item);
    const element = typeof found === 'string' ? found : invalidElement;
    if (children.has(element)) {
      duplicates ??= new Set();
      duplicates.add(element);
    } else children.set(element, withMember(setOfValue(list.elementType, item)));
  }
  // Items that are there twice are owned as a whole: their fields cannot be told apart.
  for (const element of duplicates ?? []) children.set(element, leafSet);
  return made(children);
}

/** The field set of a value that was validated. Throws TypeFaults where the schema itself has no type. */
export function toFieldSet(type: SchemaType, value: Json): FieldSet {
  const set = setOfValue(type, value);
  return set.member ? { member: false, children: set.children } : set;
}
