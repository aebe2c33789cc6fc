// Storage on one machine: the whole state in memory, writes committed in groups to a journal before they show.
import { CommitQueue } from './commit-queue.ts';
import { EventStreams } from './event-stream.ts';
import type { Journal } from './journal.ts';
import type {
  Encode,
  Entry,
  ListOptions,
  ListResult,
  Revision,
  Storage,
  StorageEvent,
  WatchOptions,
  WriteOptions,
} from './storage.ts';
import type { Change, TreeTimeline } from './timeline.ts';

type Listener = (events: readonly StorageEvent[]) => void;

/** The storage of a timeline and the journal from which it was rebuilt. */
export class MvccStorage implements Storage {
  readonly timeline: TreeTimeline;
  private readonly journal: Journal;
  private readonly queue: CommitQueue;
  private readonly streams: EventStreams;
  private readonly listeners = new Set<Listener>();
  private closing: Promise<void> | undefined;

  constructor(timeline: TreeTimeline, journal: Journal) {
    this.timeline = timeline;
    this.journal = journal;
    this.streams = new EventStreams(timeline);
    this.queue = new CommitQueue(
      {
        get: (key) => timeline.get(key),
        store: (changes) => journal.append(changes),
        show: (changes) => this.show(changes),
      },
      timeline.revision(),
    );
  }

  revision(): Revision {
    return this.timeline.revision();
  }

  compactedRevision(): Revision {
    return this.timeline.compactedRevision();
  }

  async get(key: string, options: { revision?: Revision } = {}): Promise<Entry | undefined> {
    return this.timeline.get(key, options.revision);
  }

  async list(prefix: string, options?: ListOptions): Promise<ListResult> {
    return this.timeline.list(prefix, options);
  }

  put(key: string, encode: Encode, options: WriteOptions = {}): Promise<Entry> {
    return this.queue.write('put', key, encode, options);
  }

  delete(key: string, encode: Encode, options: WriteOptions = {}): Promise<Entry> {
    return this.queue.write('delete', key, encode, options);
  }

  watch(prefix: string, options?: WatchOptions): AsyncIterable<readonly StorageEvent[]> {
    return this.streams.open(prefix, options);
  }

  subscribe(listener: Listener): () => void {
    // Wrapped, so that a function that subscribes twice is two listeners.
    const entry: Listener = (events) => listener(events);
    this.listeners.add(entry);
    return () => this.listeners.delete(entry);
  }

  async compact(revision: Revision): Promise<void> {
    this.forget(this.timeline.compact(revision));
    await this.queue.flush();
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await this.queue.close();
    this.streams.close();
    await this.journal.close();
  }

  private show(changes: readonly Change[]): void {
    const events = this.timeline.apply(changes);
    for (const listener of this.listeners) {
      try {
        listener(events);
      } catch (error) {
        // A listener's bug is for nobody here to catch, and neither writers nor other listeners shall suffer from it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    this.streams.wake();
    // Only now: whoever waited has seen the events, however small the window is.
    this.forget(this.timeline.trim());
  }

  private forget(events: readonly StorageEvent[]): void {
    if (events.length > 0) this.journal.forget(events, this.timeline.compactedRevision());
  }
}
