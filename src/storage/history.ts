// The newest events, oldest first, found by revision. Bounded by a window; whoever adds events trims.
import type { HistoryWindow, Revision, StorageEvent } from './storage.ts';

/** About an hour of a busy small cluster; what restarting informers and paged lists need. */
export const defaultWindow: HistoryWindow = { events: 20_000, bytes: 64 * 1024 * 1024 };

/** See the head of this file. */
export class History {
  private readonly window: HistoryWindow;
  private events: (StorageEvent | undefined)[] = [];
  /** Index of the oldest event; the slots before it are empty. */
  private head = 0;
  /** How many events ever left the array, so that a position names one event for ever. */
  private removed = 0;
  private bytes = 0;

  constructor(window: HistoryWindow) {
    this.window = window;
  }

  /** The position of the oldest event that is kept. */
  get start(): number {
    return this.removed + this.head;
  }

  /** The position that the next event will have. */
  get end(): number {
    return this.removed + this.events.length;
  }

  /** The event at a position in [start, end). */
  at(position: number): StorageEvent {
    return this.events[position - this.removed]!;
  }

  /** The position of the first event after a revision. */
  positionAfter(revision: Revision): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(event: StorageEvent): void {
    this.events.push(event);
    this.bytes += event.entry.value.length;
  }

  /** Removes and returns what is too much for the window. */
  trim(): StorageEvent[] {
    const { events, bytes } = this.window;
    return this.removeWhile(() => this.end - this.start > events || this.bytes > bytes);
  }

  /** Removes and returns the events up to a revision. */
  removeUpTo(revision: Revision): StorageEvent[] {
    return this.removeWhile((oldest) => oldest.revision <= revision);
  }

  private removeWhile(condition: (oldest: StorageEvent) => boolean): StorageEvent[] {
    const gone: StorageEvent[] = [];
    while (this.head < this.events.length) {
      const oldest = this.events[this.head]!;
      if (!condition(oldest)) break;
      this.bytes -= oldest.entry.value.length;
      this.events[this.head] = undefined;
      this.head += 1;
      gone.push(oldest);
    }
    // Moving the rest costs as much as was removed since the last time: constant for each event.
    if (this.head > 1_000 && this.head * 2 > this.events.length) {
      this.events = this.events.slice(this.head);
      this.removed += this.head;
      this.head = 0;
    }
    return gone;
  }
}
