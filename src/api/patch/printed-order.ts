// The order in which Go prints what a patch made of a document: objects that the patch had to look into are printed sorted, all
// else as it was. Upstream: partialDoc of github.com/evanphx/json-patch.
import { isJsonObject, setJsonMember, sortedCopy } from '../json-object.ts';
import type { Json, JsonObject } from '../object.ts';
import { type JsonPatchOperation, tokensOf } from './json-patch.ts';

function sortedAlong(value: Json, ways: readonly (readonly string[])[]): Json {
  if (value === null || typeof value !== 'object') return value;
  const below = (key: string, member: Json): Json => {
    const inner = ways.filter((way) => way.length > 1 && way[0] === key).map((way) => way.slice(1));
    return inner.length > 0 ? sortedAlong(member, inner) : member;
  };
  if (Array.isArray(value)) return value.map((element, i) => below(String(i), element));
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) setJsonMember(sorted, key, below(key, value[key]!));
  return sorted;
}

/** The result of a JSON patch in Go's order; not a copy in depth. */
export function orderOfJsonPatch(result: Json, operations: readonly JsonPatchOperation[]): Json {
  let ways: (readonly string[])[] = [];
  for (const { op, path, from } of operations) {
    for (const pointer of [path, from]) if (typeof pointer === 'string') ways.push(tokensOf(pointer));
    if (op === 'test' || typeof path !== 'string') continue;
    // what is put in its place has not been looked into
    const steps = tokensOf(path);
    ways = ways.filter((way) => way.length <= steps.length || steps.some((step, i) => way[i] !== step));
  }
  return sortedAlong(result, ways);
}

/**
 * The result of a merge patch in Go's order: what met no object has had its nulls taken out, so all of it was looked into. Not
 * a copy in depth. Upstream: merge.go.
 */
export function orderOfMergePatch(result: Json, patch: Json, current: Json | undefined): Json {
  if (!isJsonObject(current)) return sortedCopy(result);
  if (!isJsonObject(result) || !isJsonObject(patch)) return result;
  const sorted: JsonObject = {};
  for (const key of Object.keys(result).sort()) {
    const member = result[key]!;
    const isPatched = Object.hasOwn(patch, key);
    setJsonMember(sorted, key, isPatched ? orderOfMergePatch(member, patch[key]!, current[key]) : member);
  }
  return sorted;
}
