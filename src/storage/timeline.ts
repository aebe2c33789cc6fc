// The newest state and the recent past in memory. A past state is a copy of the newest one with later events undone.
import { History } from './history.ts';
import { keyAfter, prefixEnd, SortedMap } from './sorted-map.ts';
import {
  CompactedError,
  type Entry,
  FutureRevisionError,
  type HistoryWindow,
  type ListResult,
  type Revision,
  type StorageEvent,
  type Timeline,
  type TimelineListOptions,
} from './storage.ts';

/** A change as it goes into a timeline. */
export interface Change {
  readonly type: 'put' | 'delete';
  /** As in {@link StorageEvent.entry}. */
  readonly entry: Entry;
}

/** How many past states are remembered for lists that are read page by page. */
const rememberedStates = 16;

/** A timeline that is fed with changes in the order of their revisions. */
export class TreeTimeline implements Timeline {
  private readonly state = new SortedMap<Entry>();
  /** The same by key alone: a write reads half a dozen objects by their names. */
  private readonly byKey = new Map<string, Entry>();
  private readonly history: History;
  /** Past states by the history position of the first event that they lack; the least recently used comes first. */
  private readonly past = new Map<number, SortedMap<Entry>>();
  private newest: Revision;
  private compacted: Revision;

  /** `start`: the revision before the first change that is {@link apply}ed. */
  constructor(window: HistoryWindow, start: Revision) {
    this.history = new History(window);
    this.newest = start;
    this.compacted = start;
  }

  revision(): Revision {
    return this.newest;
  }

  compactedRevision(): Revision {
    return this.compacted;
  }

  get(key: string, revision?: Revision): Entry | undefined {
    if (revision === undefined) return this.byKey.get(key);
    for (let at = this.positionOf(revision); at < this.history.end; at++) {
      const event = this.history.at(at);
      if (event.key === key) return event.previous;
    }
    return this.byKey.get(key);
  }

  list(prefix: string, options: TimelineListOptions = {}): ListResult {
    const { revision, after, limit = 0, accept } = options;
    const state = revision === undefined ? this.state : this.stateAt(this.positionOf(revision));
    const end = prefixEnd(prefix);
    const entries: Entry[] = [];
    let more = false;
    state.walk(after === undefined || after < prefix ? prefix : keyAfter(after), end, (entry) => {
      if (accept !== undefined && !accept(entry)) return true;
      more = limit > 0 && entries.length === limit;
      if (!more) entries.push(entry);
      return !more;
    });
    let remaining = 0;
    if (more) {
      if (accept === undefined) remaining = state.count(keyAfter(entries[limit - 1]!.key), end);
      if (revision === undefined) this.remember(this.history.end, state.clone());
    }
    return { entries, revision: revision ?? this.newest, more, remaining };
  }

  count(prefix: string): number {
    return this.state.count(prefix, prefixEnd(prefix));
  }

  eventsAfter(revision: Revision): StorageEvent[] {
    if (revision < this.compacted) throw new CompactedError(this.compacted);
    return this.eventsFrom(this.history.positionAfter(revision));
  }

  /** The events from a history position on. */
  eventsFrom(position: number): StorageEvent[] {
    if (position < this.history.start) throw new CompactedError(this.compacted);
    const events: StorageEvent[] = [];
    for (let at = position; at < this.history.end; at++) events.push(this.history.at(at));
    return events;
  }

  /** The history position after the newest event. */
  end(): number {
    return this.history.end;
  }

  /** The history position of the first event after a revision; one that is not kept any more where that is forgotten. */
  positionAfter(revision: Revision): number {
    return revision < this.compacted ? this.history.start - 1 : this.history.positionAfter(revision);
  }

  /** Takes in a change that is older than the history and so makes no event. */
  restore(change: Change): void {
    const { type, entry } = change;
    if (type === 'put') {
      this.state.set(entry.key, entry);
      this.byKey.set(entry.key, entry);
    } else {
      this.state.delete(entry.key);
      this.byKey.delete(entry.key);
    }
  }

  /** Takes in changes and returns their events. The history grows until {@link trim}. */
  apply(changes: readonly Change[]): StorageEvent[] {
    return changes.map((change) => {
      const { type, entry } = change;
      const { key, revision } = entry;
      const event: StorageEvent = { type, key, revision, entry, previous: this.byKey.get(key) };
      this.restore(change);
      this.history.add(event);
      this.newest = revision;
      return event;
    });
  }

  /** Cuts the history to its window; returns the events that it lost. */
  trim(): StorageEvent[] {
    return this.forgotten(this.history.trim());
  }

  /** Forgets the past before `revision`; returns the events that the history lost. */
  compact(revision: Revision): StorageEvent[] {
    if (revision > this.newest) throw new FutureRevisionError(this.newest);
    if (revision <= this.compacted) return [];
    this.compacted = revision;
    return this.forgotten(this.history.removeUpTo(revision));
  }

  private forgotten(events: StorageEvent[]): StorageEvent[] {
    const last = events.at(-1);
    if (last === undefined) return events;
    this.compacted = Math.max(this.compacted, last.revision);
    for (const position of this.past.keys()) if (position < this.history.start) this.past.delete(position);
    return events;
  }

  /** The history position of the first event that is not part of the state at a revision. */
  private positionOf(revision: Revision): number {
    if (revision < this.compacted) throw new CompactedError(this.compacted);
    if (revision > this.newest) throw new FutureRevisionError(this.newest);
    return this.history.positionAfter(revision);
  }

  private stateAt(position: number): SortedMap<Entry> {
    if (position === this.history.end) return this.state;
    const known = this.past.get(position);
    if (known !== undefined) return this.remember(position, known);
    // The nearest newer state that is known saves the most work.
    let from = this.history.end;
    for (const at of this.past.keys()) if (at > position && at < from) from = at;
    const state = (this.past.get(from) ?? this.state).clone();
    for (let at = from - 1; at >= position; at--) {
      const { key, previous } = this.history.at(at);
      if (previous === undefined) state.delete(key);
      else state.set(key, previous);
    }
    return this.remember(position, state);
  }

  private remember(position: number, state: SortedMap<Entry>): SortedMap<Entry> {
    this.past.delete(position);
    this.past.set(position, state);
    if (this.past.size > rememberedStates) {
      for (const oldest of this.past.keys()) {
        this.past.delete(oldest);
        break;
      }
    }
    return state;
  }
}
