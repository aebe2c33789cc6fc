// Strategic merge patches: objects merge member by member, lists as their field says, by key or whole.
// Upstream: mergeMap and mergeSlice in k8s.io/apimachinery/pkg/util/strategicpatch/patch.go.
import { goPrint } from '../../go-text.ts';
import { isJsonObject, setJsonMember } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { PatchError } from '../patch-error.ts';
import {
  deletionField,
  expectList,
  noMergeKey,
  orderedField,
  patchDirective,
  retainKeys,
  retainKeysDirective,
  unknownPatchType,
  withoutDirectives,
} from './directives.ts';
import { checkElementOrder, orderElements, partitionElements } from './element-order.ts';
import type { MergeField, MergeSchema } from './merge-schema.ts';

/** What an object's own `$patch` makes of it. */
function applyPatchDirective(directive: Json, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {};
  if (directive !== 'replace') return unknownPatchType(directive, patch);
  const { [patchDirective]: _, ...replacement } = patch;
  return replacement;
}

function mergeObjects(original: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  if (Object.hasOwn(patch, patchDirective)) return applyPatchDirective(patch[patchDirective]!, patch);
  const merged: JsonObject = { ...original };
  retainKeys(merged, patch);
  const ordered = mergeOrderedLists(merged, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeysDirective || ordered.has(key) || orderedField(key) !== undefined) continue;
    const deleteFrom = deletionField(key);
    mergeMember(merged, deleteFrom ?? key, value, schema, deleteFrom !== undefined);
  }
  return merged;
}

/** Handles the `$setElementOrder` members; returns the fields that are done with them. */
function mergeOrderedLists(merged: JsonObject, patch: JsonObject, schema: MergeSchema): Set<string> {
  const done = new Set<string>();
  for (const [directive, orderValue] of Object.entries(patch)) {
    const key = orderedField(directive);
    if (key === undefined) continue;
    const order = expectList(orderValue);
    const original = Object.hasOwn(merged, key) ? expectList(merged[key]!) : undefined;
    const patchList = Object.hasOwn(patch, key) ? expectList(patch[key]!) : undefined;
    const field = schema.field(key);
    checkElementOrder(patchList ?? [], order, field.mergeKey);
    if (original === undefined && patchList === undefined) continue;
    const { list, serverOrder } = mergeForOrder(original, patchList, field);
    const { patched, serverOnly } = partitionElements(list, order, field.mergeKey);
    const maps = elementsAreObjects(original ?? [], patchList ?? []);
    merged[key] = orderElements(patched, serverOnly, order, serverOrder, field.mergeKey, maps);
    done.add(key);
  }
  return done;
}

/** A merged list, and the server's order of it. */
interface Merged {
  readonly list: Json[];
  readonly serverOrder: readonly Json[];
}

function mergeForOrder(original: Json[] | undefined, patch: Json[] | undefined, field: MergeField): Merged {
  if (patch === undefined) return { list: original!, serverOrder: original! };
  // Here upstream leaves nulls to be dropped when the object is decoded.
  if (original === undefined) return { list: expectList(withoutDirectives(patch, true)!), serverOrder: [] };
  if (field.strategy !== 'merge') return { list: patch, serverOrder: original };
  return mergeWithOrder(original, patch, field);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function mergeMember(
  merged: JsonObject,
  key: string,
  value: Json,
  schema: MergeSchema,
  deletes: boolean,
): void {
  if (value === null) {
    delete merged[key];
    return;
  }
  const current = Object.hasOwn(merged, key) ? merged[key]! : undefined;
  if (current === undefined || kindOf(current) !== kindOf(value) || typeof value !== 'object') {
    if (deletes) return;
    if (typeof value === 'object') takenWhole.add(value);
    const added = withoutDirectives(value);
    if (added === undefined) delete merged[key];
    else setJsonMember(merged, key, added);
    return;
  }
  const field = schema.field(key);
  if (!Array.isArray(value)) {
    const object = current as JsonObject;
    merged[key] = field.strategy === 'replace' ? value : mergeObjects(object, value, field.schema);
    return;
  }
  const list = current as Json[];
  if (deletes) merged[key] = deleteFromList(list, value, field);
  else merged[key] = field.strategy === 'merge' ? mergeLists(list, value, field) : value;
}

function deleteFromList(list: Json[], doomed: Json[], field: MergeField): Json[] {
  if (list.length === 0 && doomed.length === 0) return list;
  // Of objects upstream merges the two.
  if (elementsAreObjects(list, doomed)) return mergeLists(list, doomed, field);
  const gone = new Set(doomed);
  const kept = list.filter((item) => !gone.has(item));
  return orderElements([], kept, doomed, list, '', false);
}

/** Whether the elements are objects rather than scalars; throws when they are mixed. */
function elementsAreObjects(...lists: Json[][]): boolean {
  let kind: string | undefined;
  for (const item of lists.flat()) {
    const found = kindOf(item);
    if (kind === undefined && found === 'list')
      throw new PatchError('lists of lists are not supported', 'unprocessable');
    if (kind !== undefined && kind !== found)
      throw new PatchError(`list element types are not identical: ${goPrint(lists)}`, 'badRequest');
    kind = found;
  }
  if (kind === undefined) throw new PatchError('no elements in any of the given slices', 'badRequest');
  return kind === 'object';
}

function mergeLists(original: Json[], patch: Json[], field: MergeField): Json[] {
  return mergeWithOrder(original, patch, field).list;
}

function mergeWithOrder(original: Json[], patch: Json[], field: MergeField): Merged {
  if (original.length === 0 && patch.length === 0) return { list: original, serverOrder: original };
  if (!elementsAreObjects(original, patch)) {
    const merged = [...new Set([...original, ...patch])];
    const { patched, serverOnly } = partitionElements(merged, patch, '');
    return {
      list: orderElements(patched, serverOnly, patch, original, '', false),
      serverOrder: original,
    };
  }
  const { mergeKey, schema } = field;
  if (mergeKey === '')
    throw new PatchError(`cannot merge lists without merge key for ${schema.name}`, 'badRequest');
  const plain = applyElementDirectives(original as JsonObject[], patch as JsonObject[], mergeKey);
  const merged = mergeByKey(plain.original, plain.patch, mergeKey, schema);
  const { patched, serverOnly } = partitionElements(merged, plain.patch, mergeKey);
  // In upstream added elements come into the places of deleted ones, also in the list that it orders by.
  const added = merged.slice(plain.original.length, original.length);
  return {
    list: orderElements(patched, serverOnly, plain.patch, plain.original, mergeKey, true),
    serverOrder: plain.replaces ? original : [...plain.original, ...added],
  };
}

/** Elements with `$patch` delete from the list or replace it; the others are left to merge. */
function applyElementDirectives(
  original: JsonObject[],
  patch: JsonObject[],
  mergeKey: string,
): { original: JsonObject[]; patch: JsonObject[]; replaces: boolean } {
  const plain: JsonObject[] = [];
  let kept = original;
  let replaces = false;
  for (const element of patch) {
    const directive = element[patchDirective];
    if (directive === undefined) plain.push(element);
    else if (directive === 'replace') replaces = true;
    else if (directive === 'merge')
      throw new PatchError('merging lists cannot yet be specified in the patch', 'badRequest');
    else if (directive !== 'delete') unknownPatchType(directive, element);
    else if (element[mergeKey] === undefined) noMergeKey(element, mergeKey);
    else kept = kept.filter((item) => item[mergeKey] !== element[mergeKey]);
  }
  return replaces ? { original: plain, patch: [], replaces } : { original: kept, patch: plain, replaces };
}

function mergeByKey(
  original: JsonObject[],
  patch: JsonObject[],
  mergeKey: string,
  schema: MergeSchema,
): JsonObject[] {
  const merged = [...original];
  const places = new Map<Json | undefined, number>();
  for (const [i, element] of merged.entries())
    if (!places.has(element[mergeKey])) places.set(element[mergeKey], i);
  for (const element of patch) {
    const key = element[mergeKey];
    if (key === undefined) noMergeKey(element, mergeKey);
    const at = places.get(key);
    if (at === undefined) {
      places.set(key, merged.length);
      merged.push(element);
      continue;
    }
    const grown = mergeObjects(merged[at]!, element, schema);
    if (at >= original.length) grownInPlace.set(patch.find((added) => added[mergeKey] === key)!, grown);
    merged[at] = grown;
  }
  return merged;
}

// Elements of patches that others of their patch were merged into. Upstream does so in place, as its errors show.
const grownInPlace = new WeakMap<object, JsonObject>();

// Parts of patches that met nothing of their kind. Upstream drops their nulls in place, as its errors show.
const takenWhole = new WeakSet<object>();

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]));
}

/** A patch as it is after it was applied. */
export function appliedPatch(patch: Json): Json {
  if (typeof patch !== 'object' || patch === null) return patch;
  const grown = grownInPlace.get(patch);
  if (grown !== undefined) return appliedPatch(grown);
  if (takenWhole.has(patch)) return withoutNulls(patch);
  if (Array.isArray(patch)) return patch.map(appliedPatch);
  return Object.fromEntries(Object.entries(patch).map(([name, member]) => [name, appliedPatch(member)]));
}

/**
 * The patched object; neither argument is changed, unchanged parts are shared. Throws PatchError. The result may hold
 * directives that the server ignores when it decodes it, as upstream's does.
 */
export function applyStrategicMergePatch(original: JsonObject, patch: Json, schema: MergeSchema): JsonObject {
  if (!isJsonObject(patch)) {
    const found = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    if (patch === null) return original;
    throw new PatchError(
      `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
      'badRequest',
    );
  }
  return mergeObjects(original, patch, schema);
}
