// Selection by fields that only the converted objects of a custom resource have: what is read is converted first, selected then.
// Upstream does so for every read, since its storage decodes to the version of the request; see GetAttrs in
// k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go.
import type { FieldSelector } from '../api/field-selector.ts';
import type { CachedObject, CacheEvent, CacheList } from '../storage/watch-cache.ts';
import { attributesOf, prepareToRead, readStored, type ServedResource } from './resources.ts';
import { restamp } from './store/serialize.ts';

/** Says whether an object is selected; only of objects that were prepared. */
export type LateFilter = (object: CachedObject) => boolean;

/** The filter by the fields of the version that is served. */
export function lateFilter(resource: ServedResource, fields: FieldSelector): LateFilter {
  return ({ bytes }) => {
    const attributes = attributesOf(resource.kind, readStored(resource, bytes));
    return fields.matches((name) => attributes.fields[name] ?? '');
  };
}

/** Those of the objects that are selected. Rejects with ApiError where they cannot be converted. */
export async function selectLate(
  resource: ServedResource,
  filter: LateFilter,
  objects: readonly CachedObject[],
): Promise<CachedObject[]> {
  await prepareToRead(resource, objects);
  return objects.filter(filter);
}

/** At most `limit` (0: all) of a list that was read without one. */
export async function listLate(
  resource: ServedResource,
  filter: LateFilter,
  list: CacheList,
  limit: number,
): Promise<CacheList> {
  const found = await selectLate(resource, filter, list.objects);
  const objects = limit > 0 ? found.slice(0, limit) : found;
  const more = objects.length < found.length;
  return { objects, revision: list.revision, more, remaining: 0, lastKey: objects.at(-1)?.key };
}

/** The last state of an object that ceased to be selected, with the revision at which it did. */
function stampedAgain(object: CachedObject, revision: number): CachedObject {
  return {
    key: object.key,
    bytes: restamp(object.bytes, revision),
    revision,
    createRevision: object.createRevision,
    attributes: () => object.attributes(),
    memo: (_encoding, make) => make(),
  };
}

function eventOf(type: CacheEvent['type'], object: CachedObject, { previous }: CacheEvent): CacheEvent {
  return { type, object, previous, revision: object.revision, memo: (_encoding, make) => make() };
}

/** The events as a watcher of selected objects sees them. Rejects with ApiError where objects cannot be converted. */
export async function watchLate(
  resource: ServedResource,
  filter: LateFilter,
  events: readonly CacheEvent[],
): Promise<CacheEvent[]> {
  const before = events.map(({ type, previous, revision }) =>
    type === 'MODIFIED' && previous ? stampedAgain(previous, revision) : undefined,
  );
  const objects = events.map(({ object }) => object);
  await prepareToRead(resource, [...objects, ...before.filter((object) => object !== undefined)]);
  return events.flatMap((event, i) => {
    const last = before[i];
    const matches = filter(event.object);
    if (last === undefined) return matches ? [event] : [];
    const matched = filter(last);
    if (matches) return [matched ? event : eventOf('ADDED', event.object, event)];
    return matched ? [eventOf('DELETED', last, event)] : [];
  });
}
