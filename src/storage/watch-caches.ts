// The watch caches of a storage: one subscription, routed to a cache for each resource, which comes to be on first use.
import { type Clock, systemClock } from '../api/clock.ts';
import type { ObjectSource } from './cached-object.ts';
import { MemoCache } from './memo-cache.ts';
import { type CacheContext, ResourceCache } from './resource-cache.ts';
import { type Revision, type Storage, type StorageEvent, UnavailableError } from './storage.ts';
import type { Attributes, WatchCache } from './watch-cache.ts';

export interface WatchCachesOptions {
  /** The bytes of an object with another revision in them; for objects that cease to match a watcher's filter. */
  restamp: (bytes: Buffer, revision: Revision) => Buffer;
  /** Default: the machine's. */
  clock?: Clock;
  /** Budget of {@link CachedObject.memo} over all resources; default 32 MB. */
  memoBytes?: number;
}

/** Reads the attributes from stored bytes, for entries whose writer is not known any more. */
export type AttributesOf = (bytes: Buffer) => Attributes;

/** See the head of this file. */
export class WatchCaches {
  private readonly storage: Storage;
  private readonly options: WatchCachesOptions;
  private readonly memos: MemoCache;
  private readonly caches = new Map<string, ResourceCache>();
  private readonly waiters = new Map<() => void, Revision>();
  private readonly context: CacheContext;
  private readonly unsubscribe: () => void;
  private delivered: Revision;

  constructor(storage: Storage, options: WatchCachesOptions) {
    this.storage = storage;
    this.options = options;
    this.memos = new MemoCache(options.memoBytes ?? 32 * 1024 * 1024);
    this.delivered = storage.timeline.revision();
    this.context = {
      timeline: storage.timeline,
      clock: options.clock ?? systemClock,
      delivered: () => this.delivered,
      onRevision: (revision, reached) => {
        this.waiters.set(reached, revision);
        return () => this.waiters.delete(reached);
      },
    };
    this.unsubscribe = storage.subscribe((events) => this.publish(events));
  }

  /** The cache of a resource: the same for the same prefix, which is the first segment of its keys (`pods/`). */
  resource(prefix: string, attributesOf: AttributesOf): WatchCache {
    if (!/^[^/]+\/$/.test(prefix)) throw new TypeError(`${prefix} is not the first segment of keys`);
    const known = this.caches.get(prefix);
    if (known !== undefined) return known;
    const source: ObjectSource = { attributesOf, restamp: this.options.restamp, memos: this.memos };
    const cache = new ResourceCache(prefix, this.context, source);
    this.caches.set(prefix, cache);
    return cache;
  }

  /**
   * The cache of a resource whose attributes are another selection from now on, as when a custom resource gets new
   * selectable fields. Watches of the old one end with UnavailableError.
   */
  redefine(prefix: string, attributesOf: AttributesOf): WatchCache {
    this.caches.get(prefix)?.endWatches(new UnavailableError('the resource was redefined'));
    this.caches.delete(prefix);
    const { timeline } = this.storage;
    for (const entry of timeline.list(prefix).entries) entry.companion = undefined;
    for (const event of timeline.eventsAfter(timeline.compactedRevision())) {
      if (!event.key.startsWith(prefix)) continue;
      event.entry.companion = undefined;
      if (event.previous !== undefined) event.previous.companion = undefined;
    }
    return this.resource(prefix, attributesOf);
  }

  /** Ends all watches with UnavailableError. */
  close(): void {
    this.unsubscribe();
    for (const cache of this.caches.values())
      cache.endWatches(new UnavailableError('the watch cache is closed'));
  }

  private publish(events: readonly StorageEvent[]): void {
    const revision = events.at(-1)!.revision;
    const parts = byResource(events);
    for (const prefix of parts.keys()) this.caches.get(prefix)?.changing();
    for (const [prefix, ofResource] of parts) this.caches.get(prefix)?.publish(ofResource, revision);
    this.delivered = revision;
    for (const [reached, wanted] of this.waiters) {
      if (wanted > revision) continue;
      this.waiters.delete(reached);
      reached();
    }
  }
}

/** The watch caches of a storage. */
export function openWatchCaches(storage: Storage, options: WatchCachesOptions): WatchCaches {
  return new WatchCaches(storage, options);
}

function byResource(events: readonly StorageEvent[]): Map<string, StorageEvent[]> {
  const parts = new Map<string, StorageEvent[]>();
  for (const event of events) {
    const prefix = event.key.slice(0, event.key.indexOf('/') + 1);
    const part = parts.get(prefix);
    if (part === undefined) parts.set(prefix, [event]);
    else part.push(event);
  }
  return parts;
}
