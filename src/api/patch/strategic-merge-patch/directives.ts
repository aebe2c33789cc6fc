// The words of a strategic merge patch that are no fields: $patch, $retainKeys and the two list prefixes.
// Upstream: k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, pkg/util/mergepatch/errors.go.
import { goPrint } from '../../go-text.ts';
import { isJsonObject, membersBefore, setJsonMember } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { PatchError } from '../patch-error.ts';

export const patchDirective = '$patch';
export const retainKeysDirective = '$retainKeys';
const setElementOrder = '$setElementOrder';
const deleteFromPrimitiveList = '$deleteFromPrimitiveList';

function badFormat(of: string): never {
  throw new PatchError(`invalid patch format of ${of}`, 'badRequest');
}

/** The field that a `$setElementOrder/field` member is about; undefined for other members. */
export function orderedField(key: string): string | undefined {
  if (!key.startsWith(setElementOrder)) return undefined;
  if (key[setElementOrder.length] !== '/') return badFormat('setElementOrder list');
  return key.slice(setElementOrder.length + 1);
}

/** The field that a `$deleteFromPrimitiveList/field` member is about; undefined for other members. */
export function deletionField(key: string): string | undefined {
  if (!key.startsWith(deleteFromPrimitiveList)) return undefined;
  if (key[deleteFromPrimitiveList.length] !== '/') return badFormat('primitive list');
  return key.slice(deleteFromPrimitiveList.length + 1);
}

export function unknownPatchType(directive: Json, patch: JsonObject): never {
  throw new PatchError(`unknown patch type: ${goPrint(directive)} in map: ${goPrint(patch)}`, 'badRequest');
}

export function noMergeKey(object: JsonObject, mergeKey: string): never {
  throw new PatchError(
    `map: ${goPrint(object)} does not contain declared merge key: ${mergeKey}`,
    'badRequest',
  );
}

function goType(value: Json): string {
  if (value === null) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

/** The list that a member must be. */
export function expectList(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  throw new PatchError(`expected a []interface {}, but received a ${goType(value)}`, 'badRequest');
}

/** The object that a list element must be. */
export function expectObject(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw new PatchError(`expected a map[string]interface {}, but received a ${goType(value)}`, 'badRequest');
}

/**
 * What is put where nothing was: without directives and, unless they are kept, null members; undefined when it only wanted
 * to delete.
 */
export function withoutDirectives(value: Json, keepNulls = false): Json | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutDirectives(item, keepNulls));
    return items.every((item, i) => item === value[i]) ? value : items.filter((item) => item !== undefined);
  }
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, patchDirective)) return undefined;
  let kept: JsonObject | undefined;
  for (const name in value) {
    const member = value[name]!;
    const inner = member === null && !keepNulls ? undefined : withoutDirectives(member, keepNulls);
    if (kept === undefined && inner === member) continue;
    kept ??= membersBefore(value, name);
    if (inner !== undefined) setJsonMember(kept, name, inner);
  }
  return kept ?? value;
}

/** Applies $retainKeys: members of `original` that are not named go. Changes `original`, which the caller owns. */
export function retainKeys(original: JsonObject, patch: JsonObject): void {
  const keys = patch[retainKeysDirective];
  if (keys === undefined) return;
  if (!Array.isArray(keys)) badFormat('retainKeys');
  const retained = new Set(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeysDirective || value === null) continue;
    if (key.startsWith(deleteFromPrimitiveList) || key.startsWith(setElementOrder)) continue;
    if (!retained.has(key)) badFormat('retainKeys');
  }
  for (const key of Object.keys(original)) if (!retained.has(key)) delete original[key];
}
