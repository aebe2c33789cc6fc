// What is read through watch caches keeps the guarantees of the storage below.
import { openMemoryStorage } from './backends/memory.ts';
import { storageContract } from './contract.ts';
import type { Storage, StorageEvent } from './storage.ts';
import type { CachedObject, CacheEvent, WatchCache } from './watch-cache.ts';
import { openWatchCaches } from './watch-caches.ts';

storageContract('watch cache', async ({ window }) => throughCache(openMemoryStorage({ window })), {
  durable: false,
  spansResources: false,
  endsSlowWatches: false,
});

/** A storage that reads through watch caches and writes past them, for the contract. */
function throughCache(storage: Storage): Storage {
  const noAttributes = { labels: undefined, fields: {} };
  const caches = openWatchCaches(storage, { restamp: (bytes) => bytes });
  const cacheOf = (key: string) => caches.resource(key.slice(0, key.indexOf('/') + 1), () => noAttributes);
  return {
    timeline: storage.timeline,
    revision: () => storage.revision(),
    compactedRevision: () => storage.compactedRevision(),
    put: (...args) => storage.put(...args),
    delete: (...args) => storage.delete(...args),
    subscribe: (listener) => storage.subscribe(listener),
    compact: (revision) => storage.compact(revision),
    async get(key, { revision } = {}) {
      const cache = cacheOf(key);
      if (revision === undefined) return entryOf(cache.get(key));
      const { objects } = cache.list({ prefix: key, revision });
      return entryOf(objects.find((object) => object.key === key));
    },
    async list(prefix, options) {
      const { objects, revision, more, remaining } = cacheOf(prefix).list({ prefix, ...options });
      return { entries: objects.map((object) => entryOf(object)!), revision, more, remaining };
    },
    watch: (prefix, options) =>
      streamOf(cacheOf(prefix), prefix, options?.after ?? storage.revision(), options?.signal),
    async close() {
      await storage.close();
      caches.close();
    },
  };

  function entryOf(object: CachedObject | undefined) {
    if (object === undefined) return undefined;
    const { key, bytes: value, revision, createRevision } = object;
    return { key, value, companion: storage.timeline.get(key)?.companion, revision, createRevision };
  }

  function streamOf(cache: WatchCache, prefix: string, after: number, signal?: AbortSignal) {
    const queue: StorageEvent[][] = [];
    let wake = () => {};
    let done = signal?.aborted ?? false;
    let failure: unknown;
    const end = () => {
      done = true;
      wake();
    };
    signal?.addEventListener('abort', end);
    const deliver = (events: readonly CacheEvent[]) => {
      queue.push(
        events.map((event) => ({
          type: event.type === 'DELETED' ? 'delete' : 'put',
          key: event.object.key,
          revision: event.revision,
          entry: entryOf(event.object)!,
          previous: entryOf(event.previous),
        })),
      );
      wake();
    };
    try {
      cache.watch({ prefix, filterKey: '' }, after, deliver, end);
    } catch (error) {
      failure = error;
    }
    return (async function* () {
      if (failure !== undefined) throw failure;
      while (!done) {
        const batch = queue.shift();
        if (batch !== undefined) yield batch;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    })();
  }
}
