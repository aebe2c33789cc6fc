// The order in which Go prints what a patch made of a document: objects that the patch had to look into are printed sorted, all
// else as it was. Upstream: partialDoc of github.com/evanphx/json-patch.
import { isJsonObject, setJsonMember } from '../json-object.ts';
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
  const ways = operations.flatMap(({ path, from }) =>
    [path, from].flatMap((pointer) => (typeof pointer === 'string' ? [tokensOf(pointer)] : [])),
  );
  return sortedAlong(result, ways);
}

/** The result of a merge patch in Go's order; not a copy in depth. */
export function orderOfMergePatch(result: Json, patch: Json | undefined): Json {
  if (!isJsonObject(result) || !isJsonObject(patch)) return result;
  const sorted: JsonObject = {};
  for (const key of Object.keys(result).sort()) {
    const inner = Object.hasOwn(patch, key) ? patch[key] : undefined;
    setJsonMember(sorted, key, orderOfMergePatch(result[key]!, inner));
  }
  return sorted;
}
