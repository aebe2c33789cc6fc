// JSON merge patches, RFC 7386, with the ways of the library upstream uses.
// Upstream: gopkg.in/evanphx/json-patch.v4/merge.go, applyJSPatch in k8s.io/apiserver/pkg/endpoints/handlers/patch.go.

import { isJsonObject, setJsonMember } from '../json-object.ts';
import { writeJson } from '../long-integers.ts';
import type { Json, JsonObject } from '../object.ts';
import { PatchError } from './patch-error.ts';

/** What stands for nothing in an added value goes: null members of objects, also of those inside lists. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== null) setJsonMember(kept, name, withoutNulls(member));
  }
  return kept;
}

function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...target };
  for (const [name, member] of Object.entries(patch)) {
    const current = Object.hasOwn(merged, name) ? merged[name]! : null;
    if (member === null) delete merged[name];
    else if (isJsonObject(current) && isJsonObject(member))
      setJsonMember(merged, name, mergeObjects(current, member));
    // A list that replaces an object is taken as it is.
    else setJsonMember(merged, name, isJsonObject(current) ? member : withoutNulls(member));
  }
  return merged;
}

/** The patched object; neither argument is changed, unchanged parts are shared. Throws PatchError. */
export function applyMergePatch(target: JsonObject, patch: Json): JsonObject {
  if (Array.isArray(patch))
    throw new PatchError(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
      'badRequest',
    );
  if (!isJsonObject(patch)) throw new PatchError('Invalid JSON Patch', 'badRequest');
  return mergeObjects(target, patch);
}

function diffMembers(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) setJsonMember(patch, name, null);
  for (const [name, after] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name]! : undefined;
    if (isJsonObject(before) && isJsonObject(after)) {
      const inner = diffMembers(before, after);
      if (Object.keys(inner).length > 0) setJsonMember(patch, name, inner);
    } else if (writeJson(before) !== writeJson(after)) setJsonMember(patch, name, after);
  }
  return patch;
}

/** The merge patch that makes `to` of `from`. Values of `to` must not be null: merge patches cannot say that. */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  return diffMembers(from, to);
}
