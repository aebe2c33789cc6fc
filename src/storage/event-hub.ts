// Fans the events of one resource out to its watchers. Watchers that want the same are one audience; audiences are found by
// prefix, by key and by the value of an indexed field, so that an event visits only those that may want it.

import { ObjectChange } from './cache-event.ts';
import { entryAttributes, type ObjectSource } from './cached-object.ts';
import type { Entry, Revision, StorageEvent } from './storage.ts';
import type { CacheEvent, WatchScope } from './watch-cache.ts';

/** Whoever watches. */
export interface Watcher {
  readonly deliver: (events: readonly CacheEvent[]) => void;
  readonly ended: (error: unknown) => void;
  /** What it has been told already: a watch that starts while a commit is being delivered knows that commit. */
  readonly from: Revision;
}

/** Watchers of the same scope and filter. */
interface Audience {
  readonly scope: WatchScope;
  readonly watchers: Set<Watcher>;
  /** What the commit that is being delivered has for them. */
  batch: CacheEvent[] | undefined;
}

/** Audiences of one prefix or key, by filterKey. */
interface Place {
  /** Those that look at every event. */
  readonly all: Map<string, Audience>;
  /** Those that want one value of a field: by field, then by value. */
  readonly byField: Map<string, Map<string, Map<string, Audience>>>;
}

/** See the head of this file. */
export class EventHub {
  private readonly prefix: string;
  private readonly source: ObjectSource;
  private readonly prefixes = new Map<string, Place>();
  private readonly keys = new Map<string, Place>();
  private readonly watchers = new Map<Watcher, Audience>();

  constructor(prefix: string, source: ObjectSource) {
    this.prefix = prefix;
    this.source = source;
  }

  /** How many watchers there are. */
  get size(): number {
    return this.watchers.size;
  }

  add(scope: WatchScope, watcher: Watcher): void {
    const audiences = this.audiencesOf(scope);
    let audience = audiences.get(scope.filterKey);
    if (audience === undefined) {
      audience = { scope, watchers: new Set(), batch: undefined };
      audiences.set(scope.filterKey, audience);
    }
    audience.watchers.add(watcher);
    this.watchers.set(watcher, audience);
  }

  remove(watcher: Watcher): void {
    const audience = this.watchers.get(watcher);
    if (audience === undefined) return;
    this.watchers.delete(watcher);
    audience.watchers.delete(watcher);
    if (audience.watchers.size === 0) this.drop(audience.scope);
  }

  /** Ends every watch. */
  close(error: unknown): void {
    for (const watcher of this.watchers.keys()) this.end(watcher, error);
  }

  /** Delivers the events of one commit, all of this resource. */
  publish(events: readonly StorageEvent[], revision: Revision): void {
    if (this.watchers.size === 0) return;
    const audiences = new Set<Audience>();
    for (const event of events) {
      const change = new ObjectChange(event, this.source);
      this.visit(event, (audience) => {
        const { filter } = audience.scope;
        const seen = filter === undefined ? change.plain : change.through(filter);
        if (seen === undefined) return;
        audience.batch ??= [];
        audience.batch.push(seen);
        audiences.add(audience);
      });
    }
    for (const audience of audiences) {
      const batch = audience.batch!;
      audience.batch = undefined;
      for (const watcher of audience.watchers) {
        if (watcher.from >= revision) continue;
        try {
          watcher.deliver(batch);
        } catch (error) {
          this.end(watcher, error);
        }
      }
    }
  }

  /** The events as one watcher sees them, for those of the past. */
  select(events: readonly StorageEvent[], scope: WatchScope): CacheEvent[] {
    const { key, filter } = scope;
    const prefix = scope.prefix === '' ? this.prefix : scope.prefix;
    const seen: CacheEvent[] = [];
    for (const event of events) {
      if (key === undefined ? !event.key.startsWith(prefix) : event.key !== key) continue;
      const change = new ObjectChange(event, this.source);
      const view = filter === undefined ? change.plain : change.through(filter);
      if (view !== undefined) seen.push(view);
    }
    return seen;
  }

  /** Ends one watch because of an error. */
  end(watcher: Watcher, error: unknown): void {
    this.remove(watcher);
    try {
      watcher.ended(error);
    } catch (bug) {
      // For nobody here to catch, and no other watcher shall suffer from it.
      queueMicrotask(() => {
        throw bug;
      });
    }
  }

  /** Calls back with every audience that may want the event, each once. */
  private visit(event: StorageEvent, visit: (audience: Audience) => void): void {
    const { key } = event;
    if (this.keys.size > 0) this.visitPlace(this.keys.get(key), event, visit);
    if (this.prefixes.size === 0) return;
    for (let slash = this.prefix.length - 1; slash >= 0; slash = key.indexOf('/', slash + 1)) {
      this.visitPlace(this.prefixes.get(key.slice(0, slash + 1)), event, visit);
    }
  }

  private visitPlace(
    place: Place | undefined,
    event: StorageEvent,
    visit: (audience: Audience) => void,
  ): void {
    if (place === undefined) return;
    for (const audience of place.all.values()) visit(audience);
    for (const [field, values] of place.byField) {
      const after = event.type === 'put' ? this.fieldOf(event.entry, field) : undefined;
      const before = event.previous === undefined ? undefined : this.fieldOf(event.previous, field);
      if (after !== undefined) for (const audience of values.get(after)?.values() ?? []) visit(audience);
      if (before === undefined || before === after) continue;
      for (const audience of values.get(before)?.values() ?? []) visit(audience);
    }
  }

  private fieldOf(entry: Entry, field: string): string {
    return entryAttributes(entry, this.source).fields[field] ?? '';
  }

  /** The audiences beside which that of a scope has its place; makes the place. */
  private audiencesOf(scope: WatchScope): Map<string, Audience> {
    const { indexed } = scope;
    const { places, name } = this.placeOf(scope);
    const place = places.get(name) ?? { all: new Map(), byField: new Map() };
    places.set(name, place);
    if (indexed === undefined) return place.all;
    const values = place.byField.get(indexed.field) ?? new Map<string, Map<string, Audience>>();
    place.byField.set(indexed.field, values);
    const audiences = values.get(indexed.value) ?? new Map<string, Audience>();
    values.set(indexed.value, audiences);
    return audiences;
  }

  /** Removes the audience of a scope and what it leaves empty. */
  private drop(scope: WatchScope): void {
    const { indexed, filterKey } = scope;
    const { places, name } = this.placeOf(scope);
    const place = places.get(name)!;
    this.audiencesOf(scope).delete(filterKey);
    if (indexed !== undefined) {
      const values = place.byField.get(indexed.field)!;
      if (values.get(indexed.value)!.size === 0) values.delete(indexed.value);
      if (values.size === 0) place.byField.delete(indexed.field);
    }
    if (place.all.size === 0 && place.byField.size === 0) places.delete(name);
  }

  private placeOf({ prefix, key }: WatchScope): { places: Map<string, Place>; name: string } {
    if (key !== undefined) return { places: this.keys, name: key };
    if (prefix === '') return { places: this.prefixes, name: this.prefix };
    if (prefix.endsWith('/') && prefix.startsWith(this.prefix))
      return { places: this.prefixes, name: prefix };
    throw new TypeError(`${prefix} is not a prefix of ${this.prefix} that ends with a slash`);
  }
}
