// What a storage back end promises. It knows keys, bytes and revisions; it never looks into a value.
//
// Guarantees (each has a test in contract.ts, which every back end and the watch cache runs):
//
//  1. One global revision. Every acknowledged write gets a revision greater than every one before it, and no two writes
//     share one, also across restarts.
//  2. Compare-and-set. A write with an expected revision succeeds only when that is the key's current revision
//     (0: the key does not exist); otherwise nothing changes and ConflictError tells the current revision.
//  3. Lists are consistent: all entries of a list are the state at exactly one revision, which the list names. Pages of
//     a list read at that same revision, whatever is written meanwhile.
//  4. Watch from revision R delivers every event of its prefix with a revision greater than R, once and in order, or ends with
//     CompactedError. It never skips.
//  5. Compaction at revision C: reads at a revision below C and watches from below C fail with CompactedError; current
//     values stay. History is bounded: back ends compact by themselves within the window that they were given.
//  6. A write is acknowledged only when it survives kill -9 (durable back ends) and is visible to reads and watches
//     started after the acknowledgement.
//  7. A failed write changes nothing that a later read can see: no half-written value, no reused revision.
//  8. Writes to one key are serialised; writes that wait at the same time may be committed together.

/** A global revision; also the resourceVersion of objects. Positive; 0 means "none". */
export type Revision = number;

/** One stored value at a revision. Neither it nor its bytes may ever be changed by anybody. */
export interface Entry {
  readonly key: string;
  /** The bytes that `encode` returned for this revision. */
  readonly value: Buffer;
  /**
   * What the writer knew of the value (labels, declared fields), so that readers need not parse it. Opaque here, not
   * stored: undefined for entries read back after a restart.
   */
  companion: unknown;
  /** The revision of the write that made this value. */
  readonly revision: Revision;
  /** The revision of the write that created the key. */
  readonly createRevision: Revision;
}

/** A change of one key. */
export interface StorageEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: Revision;
  /** The entry after a put; for a delete the last entry, its bytes encoded again at the revision of the deletion. */
  readonly entry: Entry;
  /** The entry before this event; undefined when the key was created by it. */
  readonly previous: Entry | undefined;
}

/** What a list answers. */
export interface ListResult {
  readonly entries: readonly Entry[];
  /** The revision at which every entry was read. */
  readonly revision: Revision;
  /** Whether keys after the last entry exist at that revision. */
  readonly more: boolean;
  /** How many keys of the prefix follow the last entry, where `more`. */
  readonly remaining: number;
}

export interface ListOptions {
  /** Read the state at exactly this revision; absent: the newest. */
  revision?: Revision;
  /** Start after this key (exclusive). */
  after?: string;
  /** At most this many entries; absent or 0: all. */
  limit?: number;
}

export interface WriteOptions {
  /** Expected current revision of the key; 0: must not exist; absent: whatever it is. */
  expect?: Revision;
  /** Goes with the entry; see {@link Entry.companion}. */
  companion?: unknown;
}

/**
 * Makes the bytes of a value for the revision that its write gets: an object carries its own resourceVersion. Called once or
 * more, must be pure and quick. A back end that learns the revision only after the write stores `encode(0)` and restores
 * the rest when reading.
 */
export type Encode = (revision: Revision) => Buffer;

export interface WatchOptions {
  /** Deliver events after this revision; absent: from now on. */
  after?: Revision;
  /** Ends the watch without an error. */
  signal?: AbortSignal;
}

/** How far the past is kept. */
export interface HistoryWindow {
  /** At least this many of the newest events are kept... */
  events: number;
  /** ...unless their values exceed this many bytes in sum. */
  bytes: number;
}

/** What to read of the past or the present; see {@link Timeline.list}. */
export interface TimelineListOptions extends ListOptions {
  /** Which entries to take; the others count neither for `limit` nor for `more`. With it, `remaining` is 0. */
  accept?: (entry: Entry) => boolean;
}

/**
 * The newest state and the recent past, in memory: what the watch cache serves from. Everything is synchronous, and a write
 * shows before its writer is acknowledged. (A back end that is remote, such as etcd, keeps one by following its own watch.)
 */
export interface Timeline {
  /** The newest revision that this timeline has seen. */
  revision(): Revision;
  compactedRevision(): Revision;
  get(key: string, revision?: Revision): Entry | undefined;
  list(prefix: string, options?: TimelineListOptions): ListResult;
  /** How many keys have the prefix. */
  count(prefix: string): number;
  /** Every event after a revision, oldest first, of all keys. */
  eventsAfter(revision: Revision): StorageEvent[];
}

/**
 * A back end. Opened by a factory; see backends/. One that is shared by several API servers (etcd) fits in as one more file
 * there: revisions are its own, `put` and `delete` are transactions, and its watch feeds the timeline and the listeners.
 */
export interface Storage {
  readonly timeline: Timeline;
  /** The newest revision. A fresh store starts at 1, so that no object ever has revision 0 or 1. */
  revision(): Revision;
  /** The oldest revision that can still be listed or watched from. */
  compactedRevision(): Revision;
  get(key: string, options?: { revision?: Revision }): Promise<Entry | undefined>;
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /** Stores what `encode` makes; resolves with its entry when durable. The storage owns the bytes from there on. */
  put(key: string, encode: Encode, options?: WriteOptions): Promise<Entry>;
  /**
   * Deletes the key; `encode` makes the last value as watchers of the deletion shall see it (its resourceVersion is that of
   * the deletion). Resolves with that entry, whose companion is that of the last value unless a new one is given.
   * NotFoundError when absent.
   */
  delete(key: string, encode: Encode, options?: WriteOptions): Promise<Entry>;
  /**
   * Events of a prefix in batches, in order: all events of one commit that match come in one batch. Registered before this
   * returns: no write acknowledged later is missed.
   */
  watch(prefix: string, options?: WatchOptions): AsyncIterable<readonly StorageEvent[]>;
  /** Calls back synchronously with every committed batch, before its writers are acknowledged. Returns the unsubscriber. */
  subscribe(listener: (events: readonly StorageEvent[]) => void): () => void;
  /** Forgets what is older than `revision`; does nothing where that is forgotten already. */
  compact(revision: Revision): Promise<void>;
  /** Finishes writes under way, ends watches without an error, releases the lock. Later writes get UnavailableError. */
  close(): Promise<void>;
}

/** The key's current revision is not the expected one. */
export class ConflictError extends Error {
  readonly code = 'STORAGE_CONFLICT';
  readonly key: string;
  /** The key's current revision; 0 when it does not exist. */
  readonly current: Revision;

  constructor(key: string, current: Revision) {
    super(`${key}: revision is ${current}`);
    this.key = key;
    this.current = current;
  }
}

/** The key to delete does not exist. */
export class NotFoundError extends Error {
  readonly code = 'STORAGE_NOT_FOUND';
}

/** The revision asked for is older than the compacted one. */
export class CompactedError extends Error {
  readonly code = 'STORAGE_COMPACTED';
  readonly compacted: Revision;

  constructor(compacted: Revision) {
    super(`required revision has been compacted (oldest is ${compacted})`);
    this.compacted = compacted;
  }
}

/** The revision asked for has not happened yet. */
export class FutureRevisionError extends Error {
  readonly code = 'STORAGE_FUTURE_REVISION';
  readonly current: Revision;

  constructor(current: Revision) {
    super(`required revision is a future revision (newest is ${current})`);
    this.current = current;
  }
}

/** The medium refuses writes (full, read-only, broken); nothing was stored. Reads go on. */
export class UnavailableError extends Error {
  readonly code = 'STORAGE_UNAVAILABLE';
  /** Whether the cause is a lack of space. */
  readonly noSpace: boolean;

  constructor(message: string, options: { cause?: unknown; noSpace?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.noSpace = options.noSpace ?? false;
  }
}

/** Another process has the store open. */
export class LockedError extends Error {
  readonly code = 'STORAGE_LOCKED';
}

/** The directory holds something that this version cannot read. */
export class FormatError extends Error {
  readonly code = 'STORAGE_FORMAT';
}
