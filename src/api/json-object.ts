// Small facts about JSON values that patches, selectors and codecs share.
import type { Json, JsonObject } from './object.ts';

/** Whether a value is a JSON object (no list, no null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member, also one that is called `__proto__`. */
export function setJsonMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** A new object with the members that stand before one of them, or with all. */
export function membersBefore<T extends object>(object: T, last?: string): T {
  const members: Record<string, unknown> = {};
  for (const name in object) {
    if (name === last) break;
    setJsonMember(members, name, object[name]);
  }
  return members as T;
}

/** A copy of JSON data that shares nothing with it. Several times as fast as structuredClone. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) list[i] = copyJson(value[i]);
    return list as T;
  }
  const object: Record<string, unknown> = {};
  for (const name in value) setJsonMember(object, name, copyJson((value as Record<string, unknown>)[name]));
  return object as T;
}

/** Deep equality of two JSON values; the order of members does not count. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!jsonEqual(a[i], b[i])) return false;
    return true;
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  let members = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !jsonEqual(a[name], b[name])) return false;
    members++;
  }
  for (const _ in b) members--;
  return members === 0;
}

/** A copy in depth with the members of every object sorted: the order in which Go prints maps. */
export function sortedCopy(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sortedCopy);
  const copy: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) setJsonMember(copy, key, sortedCopy(member));
  }
  return copy;
}
