// Reading members of plain JSON objects whose names are not known, `constructor` and `__proto__` among them.
import { isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';

/** A member of an object of its own; undefined when it has none. */
export function ownMember(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  return value !== undefined && Object.hasOwn(object, name) ? value : undefined;
}

/** The object, or undefined for anything else. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** The list, or undefined for anything else. */
export function asList(value: Json | undefined): Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Whether an object has no members. */
export function hasNoMembers(object: JsonObject | undefined): boolean {
  for (const _ in object) return false;
  return true;
}
