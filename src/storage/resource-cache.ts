// The watch cache of one resource: a view of the storage's timeline and a hub for its events.
import type { Clock, Timer } from '../api/clock.ts';
import { EntryView, entryAttributes, type ObjectSource } from './cached-object.ts';
import { EventHub, type Watcher } from './event-hub.ts';
import { FutureRevisionError, type Revision, type StorageEvent, type Timeline } from './storage.ts';
import type {
  CachedObject,
  CacheEvent,
  CacheList,
  CacheListOptions,
  CacheWatch,
  WatchCache,
  WatchScope,
} from './watch-cache.ts';

/** What the caches of a storage share. */
export interface CacheContext {
  readonly timeline: Timeline;
  readonly clock: Clock;
  /** Calls back once the store has reached a revision. Returns the unsubscriber. */
  onRevision(revision: Revision, reached: () => void): () => void;
  /** The revision up to which every watcher has been told everything. */
  delivered(): Revision;
}

/** Longer lists are made anew each time; those that every request needs are short. */
const keptListLength = 256;
const keptLists = 1024;

/** See {@link WatchCache}. */
export class ResourceCache implements WatchCache {
  readonly prefix: string;
  private readonly context: CacheContext;
  private readonly source: ObjectSource;
  private readonly hub: EventHub;
  /** Whole lists by prefix, while nothing changes: admission and authorization read some of them at every request. */
  private readonly lists = new Map<string, CacheList>();

  constructor(prefix: string, context: CacheContext, source: ObjectSource) {
    this.prefix = prefix;
    this.context = context;
    this.source = source;
    this.hub = new EventHub(prefix, source);
  }

  revision(): Revision {
    return this.context.timeline.revision();
  }

  oldestRevision(): Revision {
    return this.context.timeline.compactedRevision();
  }

  get(key: string): CachedObject | undefined {
    const entry = this.context.timeline.get(key);
    return entry === undefined ? undefined : new EntryView(entry, this.source);
  }

  waitFor(revision: Revision, timeoutMs: number): Promise<boolean> {
    if (this.revision() >= revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const forget = this.context.onRevision(revision, () => {
        timer?.cancel();
        resolve(true);
      });
      timer = this.context.clock.after(timeoutMs, () => {
        forget();
        resolve(false);
      });
    });
  }

  list(options: CacheListOptions): CacheList {
    const { prefix, revision, after, limit, filter } = options;
    if (revision !== undefined || after !== undefined || limit || filter) return this.read(options);
    const known = this.lists.get(prefix);
    if (known) return { ...known, revision: this.revision() };
    const read = this.read(options);
    if (read.objects.length > keptListLength) return read;
    if (this.lists.size === keptLists) this.lists.clear();
    this.lists.set(prefix, read);
    return read;
  }

  private read({ prefix, revision, after, limit, filter }: CacheListOptions): CacheList {
    const { source } = this;
    const read = this.context.timeline.list(prefix === '' ? this.prefix : prefix, {
      revision,
      after,
      limit,
      accept: filter && ((entry) => filter(entryAttributes(entry, source), entry.key)),
    });
    return {
      objects: read.entries.map((entry) => new EntryView(entry, source)),
      revision: read.revision,
      more: read.more,
      remaining: read.remaining,
      lastKey: read.entries.at(-1)?.key,
    };
  }

  watch(
    scope: WatchScope,
    after: Revision,
    deliver: (events: readonly CacheEvent[]) => void,
    ended: (error: unknown) => void,
  ): CacheWatch {
    const { timeline } = this.context;
    const from = timeline.revision();
    if (after > from) throw new FutureRevisionError(from);
    const past = this.hub.select(timeline.eventsAfter(after), scope);
    const watcher: Watcher = { deliver, ended, from };
    this.hub.add(scope, watcher);
    try {
      if (past.length > 0) deliver(past);
    } catch (error) {
      this.hub.end(watcher, error);
    }
    return {
      progress: () => Math.max(from, this.context.delivered()),
      close: () => this.hub.remove(watcher),
    };
  }

  size(prefix: string = this.prefix): number {
    return this.context.timeline.count(prefix);
  }

  watchers(): number {
    return this.hub.size;
  }

  /** A commit changes objects of this resource; to be called before anybody is told of it. */
  changing(): void {
    this.lists.clear();
  }

  /** Tells the watchers of a commit that went up to `revision`; `events` are those of this resource. */
  publish(events: readonly StorageEvent[], revision: Revision): void {
    this.hub.publish(events, revision);
  }

  /** Ends all watches with an error. */
  endWatches(error: unknown): void {
    this.hub.close(error);
  }
}
