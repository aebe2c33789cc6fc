// Writers wait here; all that wait at the same time are committed as one group. Revisions are given out on entry, and a
// write is judged by the state that it will meet: the one after the writes that wait before it.
import {
  ConflictError,
  type Encode,
  type Entry,
  NotFoundError,
  type Revision,
  UnavailableError,
  type WriteOptions,
} from './storage.ts';
import type { Change } from './timeline.ts';

/** What a {@link CommitQueue} commits to. */
export interface Committer {
  /** The committed entry of a key. */
  get(key: string): Entry | undefined;
  /** Makes the changes durable, all or none. Called without changes for {@link CommitQueue.flush}. */
  store(changes: readonly Change[]): Promise<void>;
  /** Called once `store` has resolved: from here on the changes are seen. Must not throw. */
  show(changes: readonly Change[]): void;
}

/** What a caller wants. */
interface Request {
  readonly type: Change['type'];
  readonly key: string;
  readonly encode: Encode;
  readonly options: WriteOptions;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: unknown) => void;
}

/** A request that has its revision. */
interface PendingWrite extends Change {
  readonly request: Request;
  /** Called when it is known whether the write succeeded. */
  settled: (() => void)[] | undefined;
}

/** A caller that waits for the next commit, whatever is in it. */
interface Flush {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A group stays below these, so that a flood does not make everybody wait for one huge batch. */
const groupWrites = 4_096;
const groupBytes = 16 * 1024 * 1024;

/** See the head of this file. */
export class CommitQueue {
  private readonly committer: Committer;
  private lastRevision: Revision;
  private waiting: PendingWrite[] = [];
  private flushes: Flush[] = [];
  /** The last write of each key that is not committed yet. */
  private readonly pending = new Map<string, PendingWrite>();
  private running: Promise<void> | undefined;
  private closed = false;

  /** `revision`: the newest that was ever given out. */
  constructor(committer: Committer, revision: Revision) {
    this.committer = committer;
    this.lastRevision = revision;
  }

  write(type: Change['type'], key: string, encode: Encode, options: WriteOptions): Promise<Entry> {
    return new Promise((resolve, reject) => this.admit({ type, key, encode, options, resolve, reject }));
  }

  /** Gives the committer a turn even where no write waits. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) reject(closedError());
      else {
        this.flushes.push({ resolve, reject });
        this.start();
      }
    });
  }

  /** Finishes the writes that wait; refuses later ones. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private admit(request: Request): void {
    const { key, reject } = request;
    const before = this.pending.get(key);
    const current = before === undefined ? this.committer.get(key) : entryAfter(before);
    const refusal = this.closed ? closedError() : refusalOf(request, current);
    if (refusal === undefined) this.enqueue(request, current);
    else if (before === undefined || this.closed) reject(refusal);
    else {
      // The write that stands in the way may fail yet, and nobody shall be told of a state that never was.
      before.settled ??= [];
      before.settled.push(() => {
        const committed = refusalOf(request, this.committer.get(key));
        if (committed === undefined) this.admit(request);
        else reject(committed);
      });
    }
  }

  private enqueue(request: Request, current: Entry | undefined): void {
    const { type, key, encode, options } = request;
    this.lastRevision += 1;
    const revision = this.lastRevision;
    const companion = options.companion ?? (type === 'delete' ? current?.companion : undefined);
    const createRevision = current?.createRevision ?? revision;
    let value: Buffer;
    try {
      value = encode(revision);
    } catch (error) {
      request.reject(error);
      return;
    }
    const entry: Entry = { key, value, companion, revision, createRevision };
    const write: PendingWrite = { type, entry, request, settled: undefined };
    this.waiting.push(write);
    this.pending.set(key, write);
    this.start();
  }

  private start(): void {
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    do {
      // All requests that this turn of the event loop reads from its sockets, and the next ones of writers that were just
      // acknowledged, go into one group.
      await new Promise(setImmediate);
      await this.commit();
    } while (this.waiting.length > 0 || this.flushes.length > 0);
    this.running = undefined;
  }

  private async commit(): Promise<void> {
    const group = this.takeGroup();
    const flushes = this.flushes;
    this.flushes = [];
    try {
      await this.committer.store(group);
    } catch (cause) {
      const error =
        cause instanceof UnavailableError ? cause : new UnavailableError('the journal failed', { cause });
      this.fail(group, flushes, error);
      return;
    }
    if (group.length > 0) this.committer.show(group);
    for (const write of group) {
      const { key } = write.entry;
      if (this.pending.get(key) === write) this.pending.delete(key);
      write.request.resolve(write.entry);
    }
    for (const flush of flushes) flush.resolve();
    settle(group);
  }

  private takeGroup(): PendingWrite[] {
    let bytes = 0;
    let count = 0;
    for (const write of this.waiting) {
      bytes += write.entry.value.length;
      if (count === groupWrites || (count > 0 && bytes > groupBytes)) break;
      count += 1;
    }
    if (count < this.waiting.length) return this.waiting.splice(0, count);
    const group = this.waiting;
    this.waiting = [];
    return group;
  }

  /** The writes that wait were judged by a state that will not come, so they fail with the group. */
  private fail(group: PendingWrite[], flushes: Flush[], error: UnavailableError): void {
    const failed = [...group, ...this.waiting];
    this.waiting = [];
    this.pending.clear();
    for (const write of failed) write.request.reject(error);
    for (const flush of flushes) flush.reject(error);
    settle(failed);
  }
}

function settle(writes: readonly PendingWrite[]): void {
  for (const write of writes) for (const tell of write.settled ?? []) tell();
}

function closedError(): UnavailableError {
  return new UnavailableError('the storage is closed');
}

function entryAfter(write: PendingWrite): Entry | undefined {
  return write.type === 'put' ? write.entry : undefined;
}

function refusalOf(request: Request, current: Entry | undefined): Error | undefined {
  const { type, key, options } = request;
  if (type === 'delete' && current === undefined) return new NotFoundError(`${key} does not exist`);
  const revision = current?.revision ?? 0;
  if (options.expect === undefined || options.expect === revision) return undefined;
  return new ConflictError(key, revision);
}
