// Storage.watch: a consumer's place in the history. It keeps no queue of its own, so a slow consumer costs nothing; one that
// falls behind the history ends with CompactedError.
import type { Revision, StorageEvent, WatchOptions } from './storage.ts';
import type { TreeTimeline } from './timeline.ts';

type Batch = readonly StorageEvent[];

/** The consumers of one timeline. */
export class EventStreams {
  readonly timeline: TreeTimeline;
  /** Those that have had everything and wait for more. */
  readonly waiting = new Set<EventStream>();
  closed = false;

  constructor(timeline: TreeTimeline) {
    this.timeline = timeline;
  }

  open(prefix: string, options: WatchOptions = {}): AsyncIterable<Batch> {
    return new EventStream(this, prefix, options);
  }

  /** To be called after events were added to the timeline and before any are trimmed. */
  wake(): void {
    for (const stream of this.waiting) stream.wake();
  }

  /** Consumers get what has happened so far and then the end. */
  close(): void {
    this.closed = true;
    this.wake();
  }
}

class EventStream implements AsyncIterableIterator<Batch, undefined> {
  private readonly owner: EventStreams;
  private readonly prefix: string;
  private readonly after: Revision;
  private readonly signal: AbortSignal | undefined;
  private readonly end = () => void this.return();
  /** The history position of the next event to look at. */
  private position: number;
  private done = false;
  private resolve: ((result: IteratorResult<Batch, undefined>) => void) | undefined;

  constructor(owner: EventStreams, prefix: string, { after, signal }: WatchOptions) {
    this.owner = owner;
    this.prefix = prefix;
    this.after = after ?? 0;
    this.position = after === undefined ? owner.timeline.end() : owner.timeline.positionAfter(after);
    this.signal = signal;
    if (signal?.aborted) this.done = true;
    signal?.addEventListener('abort', this.end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One call at a time, as `for await` does. */
  async next(): Promise<IteratorResult<Batch, undefined>> {
    if (this.done) return this.return();
    let batch: Batch;
    try {
      batch = this.read();
    } catch (error) {
      await this.return();
      throw error;
    }
    if (batch.length > 0) return { done: false, value: batch };
    if (this.owner.closed) return this.return();
    this.owner.waiting.add(this);
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    const result = { done: true, value: undefined } as const;
    this.done = true;
    this.signal?.removeEventListener('abort', this.end);
    this.settle(result);
    return result;
  }

  /** The consumer waits and something may have happened. */
  wake(): void {
    const batch = this.read();
    if (batch.length > 0) this.settle({ done: false, value: batch });
    else if (this.owner.closed) void this.return();
  }

  private settle(result: IteratorResult<Batch, undefined>): void {
    this.owner.waiting.delete(this);
    this.resolve?.(result);
    this.resolve = undefined;
  }

  private read(): Batch {
    const { timeline } = this.owner;
    const events = timeline.eventsFrom(this.position);
    this.position = timeline.end();
    return events.filter((event) => event.revision > this.after && event.key.startsWith(this.prefix));
  }
}
