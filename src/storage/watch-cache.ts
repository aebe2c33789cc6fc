// What a watch cache promises: the reads, lists and watches of one resource, from memory and synchronous, over any storage.
//
// Guarantees, each with a test in watch-caches.test.ts, besides those of storage.ts about reads, lists and watches:
//
//  1. A committed write shows in every cache before its writer is acknowledged.
//  2. A watch is told every event that its scope wants, once and in order, first those of the past and then live ones. The
//     events of one commit come in one call.
//  3. Watchers of the same scope and filterKey get the same array, and all watchers of a change the same buffers of
//     {@link CacheEvent.memo} where they see it as the same type of event.
//  4. A watcher that throws is ended and disturbs no other; a watch may be opened or closed inside of `deliver`.
//  5. Memoised encodings stay below a byte budget.
import type { Revision } from './storage.ts';

/** What filters and sorting need of an object. Never changed once made. Writers give it as the companion of an entry. */
export interface Attributes {
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** What a memoised encoding must tell of itself. */
export interface Sized {
  readonly byteLength: number;
}

/** An entry as the cache serves it. Made on the fly: two of them may stand for the same entry. */
export interface CachedObject {
  readonly key: string;
  /** The stored bytes; shared, never to be changed. */
  readonly bytes: Buffer;
  readonly revision: Revision;
  readonly createRevision: Revision;
  /** The writer's companion; after a restart, parsed once on first use. */
  attributes(): Attributes;
  /**
   * Another encoding of the object (a Table row, protobuf, metadata only), made by `make` unless it is still kept. What is
   * kept of all objects together stays below a budget; the least recently used goes first.
   */
  memo<T extends Sized>(encoding: string, make: () => T): T;
}

/** A change as a watcher sees it. */
export interface CacheEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /**
   * The object after the change; for DELETED its last state, with the revision of the event. Where an object only ceased to
   * match a filter, that is the state that did match, stamped with the revision of the event, as upstream sends it.
   */
  readonly object: CachedObject;
  /** The object before the change; undefined when the change created it. */
  readonly previous: CachedObject | undefined;
  readonly revision: Revision;
  /** The event as bytes in some encoding, made once for all watchers that see the change as this type of event. */
  memo(encoding: string, make: () => Buffer): Buffer;
}

/** Which events a watcher wants. */
export interface WatchScope {
  /** '' for the whole resource; otherwise a prefix that ends with '/', such as `pods/default/`. */
  readonly prefix: string;
  /** One key only. */
  readonly key?: string;
  /** The same text for equal filters; '' without a filter. */
  readonly filterKey: string;
  readonly filter?: (attributes: Attributes) => boolean;
  /**
   * An equality of one field that `filter` implies (`spec.nodeName`, `n1`). Events whose object has another value both
   * before and after are then not even looked at.
   */
  readonly indexed?: { readonly field: string; readonly value: string };
}

/** A watch under way. */
export interface CacheWatch {
  /** The revision up to which this watch has been told everything; for bookmarks. */
  progress(): Revision;
  /** Nothing is delivered any more; `ended` is not called. */
  close(): void;
}

/** Which objects to list. */
export interface CacheListOptions {
  /** '' for the whole resource; otherwise a prefix such as `pods/default/`. */
  prefix: string;
  /** Read the state at exactly this revision; absent: the newest. */
  revision?: Revision;
  /** Start after this key (exclusive). */
  after?: string;
  /** At most this many matches; absent or 0: all. */
  limit?: number;
  filter?: (attributes: Attributes, key: string) => boolean;
}

export interface CacheList {
  readonly objects: readonly CachedObject[];
  readonly revision: Revision;
  /** Whether more matches follow. */
  readonly more: boolean;
  /** How many follow, where `more`; 0 with a filter, because nobody knows then. */
  readonly remaining: number;
  /** The last key of the list, to go on from; undefined when it is empty. */
  readonly lastKey: string | undefined;
}

/** The cache of one resource. */
export interface WatchCache {
  /** The prefix of its keys: `pods/`. */
  readonly prefix: string;
  /** The newest revision of the whole store. */
  revision(): Revision;
  /** The oldest revision that can be listed or watched from. */
  oldestRevision(): Revision;
  get(key: string): CachedObject | undefined;
  /** Resolves with true once `revision()` has reached the revision, or with false after `timeoutMs`. */
  waitFor(revision: Revision, timeoutMs: number): Promise<boolean>;
  /** Throws CompactedError and FutureRevisionError. */
  list(options: CacheListOptions): CacheList;
  /**
   * Delivers the events after a revision: those of the past before this returns, live ones as they are committed. Throws
   * CompactedError and FutureRevisionError before anything is delivered. `ended` is called at most once, with
   * UnavailableError when the caches are closed or with what `deliver` threw.
   */
  watch(
    scope: WatchScope,
    after: Revision,
    deliver: (events: readonly CacheEvent[]) => void,
    ended: (error: unknown) => void,
  ): CacheWatch;
  /** How many objects there are under a prefix, by default all. */
  size(prefix?: string): number;
  /** How many watches are open. */
  watchers(): number;
}
