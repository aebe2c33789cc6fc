// In which order the elements of a merged list stand: those of the patch as the patch says, those only the server has
// where they were.
// Upstream: normalizeElementOrder and friends in k8s.io/apimachinery/pkg/util/strategicpatch/patch.go.
import { goPrint } from '../../go-text.ts';
import { isJsonObject } from '../../json-object.ts';
import type { Json } from '../../object.ts';
import { PatchError } from '../patch-error.ts';
import { expectObject, noMergeKey, patchDirective } from './directives.ts';

/** What makes two elements the same: the merge key's value, or the element itself. */
function identity(item: Json, mergeKey: string, maps: boolean): Json | undefined {
  if (!maps) return item;
  return isJsonObject(item) ? item[mergeKey] : undefined;
}

function positions(list: readonly Json[], mergeKey: string, maps: boolean): Map<Json | undefined, number> {
  const found = new Map<Json | undefined, number>();
  for (const [i, item] of list.entries()) {
    const id = identity(item, mergeKey, maps);
    if (!found.has(id)) found.set(id, i);
  }
  return found;
}

/** Sorts by the order list; elements that only want to delete go last. */
function sortBy(list: readonly Json[], order: readonly Json[], mergeKey: string, maps: boolean): Json[] {
  const index = positions(order, mergeKey, maps);
  const deletions = maps ? list.filter((item) => isDeletion(item)) : [];
  const sorted = maps ? list.filter((item) => !isDeletion(item)) : [...list];
  if (maps) {
    for (const item of [...sorted, ...order]) {
      const object = expectObject(item);
      if (object[mergeKey] === undefined && !isDeletion(item)) noMergeKey(object, mergeKey);
    }
  }
  const places = sorted.map((item) => [index.get(identity(item, mergeKey, maps)), item] as const);
  return [...sortByPlace(places), ...deletions];
}

type Placed = readonly [place: number | undefined, item: Json];

/** What has no place counts as less than anything before it: upstream's order of these, by insertion as Go sorts. */
function sortByPlace(items: Placed[]): Json[] {
  if (items.every(([place]) => place !== undefined)) items.sort(([a], [b]) => a! - b!);
  else
    for (let i = 1; i < items.length; i++)
      for (let j = i; j > 0 && isLess(items[j]!, items[j - 1]!); j--)
        [items[j - 1], items[j]] = [items[j]!, items[j - 1]!];
  return items.map(([, item]) => item);
}

function isLess([a]: Placed, [b]: Placed): boolean {
  return a === undefined || b === undefined || a < b;
}

function isDeletion(item: Json): boolean {
  return isJsonObject(item) && item[patchDirective] === 'delete';
}

/** Merges the two parts: a server-only element stays before a patched one if it was before it. */
export function orderElements(
  patched: readonly Json[],
  serverOnly: readonly Json[],
  patchOrder: readonly Json[],
  serverOrder: readonly Json[],
  mergeKey: string,
  maps: boolean,
): Json[] {
  const right = sortBy(patched, patchOrder, mergeKey, maps);
  const left = sortBy(serverOnly, serverOrder, mergeKey, maps);
  const index = positions(serverOrder, mergeKey, maps);
  const merged: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const leftAt = index.get(identity(left[i]!, mergeKey, maps));
    const rightAt = index.get(identity(right[j]!, mergeKey, maps));
    const leftFirst = leftAt !== undefined && rightAt !== undefined && leftAt < rightAt;
    merged.push(leftFirst ? left[i++]! : right[j++]!);
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

/** Splits a merged list into the elements that `by` names and the others. */
export function partitionElements(
  list: readonly Json[],
  by: readonly Json[],
  mergeKey: string,
): { patched: Json[]; serverOnly: Json[] } {
  const maps = mergeKey !== '';
  const named = new Set(by.map((item) => identity(item, mergeKey, maps)));
  const patched: Json[] = [];
  const serverOnly: Json[] = [];
  for (const item of list) {
    if (maps) {
      const object = expectObject(item);
      if (object[mergeKey] === undefined) noMergeKey(object, mergeKey);
    }
    (named.has(identity(item, mergeKey, maps)) ? patched : serverOnly).push(item);
  }
  return { patched, serverOnly };
}

/** Throws unless the elements of the patch stand in the order that `$setElementOrder` gives. */
export function checkElementOrder(patch: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const kept = mergeKey === '' ? patch : patch.map(expectObject).filter((item) => !isDeletion(item));
  let at = 0;
  let next = 0;
  while (at < kept.length && next < order.length) {
    if (isJsonObject(kept[at]) && Object.hasOwn(kept[at] as object, patchDirective)) {
      at++;
      continue;
    }
    if (mergeKey !== '') {
      for (const item of [kept[at]!, order[next]!]) {
        const object = expectObject(item);
        if (object[mergeKey] === undefined) noMergeKey(object, mergeKey);
      }
    }
    if (identity(kept[at]!, mergeKey, mergeKey !== '') === identity(order[next]!, mergeKey, mergeKey !== ''))
      at++;
    next++;
  }
  if (at < kept.length && next >= order.length)
    throw new PatchError(
      `The order in patch list:\n${goPrint(patch)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`,
      'badRequest',
    );
}
