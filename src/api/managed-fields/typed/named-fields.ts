// The named fields that stand above the members of a set: appliers do not own them, yet they come and go with them.
// Upstream: structured-merge-diff/v6/fieldpath/set.go, EnsureNamedFieldsAreMembers.
import type { FieldSet } from '../paths/field-set.ts';
import { noType, type SchemaType } from '../schema/schema.ts';

function typeBelow(type: SchemaType, element: string): SchemaType {
  const { map, list } = type.atom;
  if (element.startsWith('f:') && map !== undefined)
    return map.fields.get(element.slice(2))?.type ?? map.elementType ?? noType;
  if (element.startsWith('k:') && list !== undefined) return list.elementType;
  return noType;
}

/** The set with the named fields above its members as members. */
export function ensureNamedFieldsAreMembers(set: FieldSet, type: SchemaType): FieldSet {
  if (set.children === undefined) return set;
  const fields = type.atom.map?.fields;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    if (child.children === undefined) {
      children.set(element, child);
      continue;
    }
    const below = ensureNamedFieldsAreMembers(child, typeBelow(type, element));
    const named = element.startsWith('f:') && fields?.has(element.slice(2)) === true;
    children.set(element, { member: child.member || named, children: below.children });
  }
  return { member: set.member, children };
}
