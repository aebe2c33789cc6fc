// One change and how watchers see it: through a filter, a change of an object may be its coming or its going.
import { EntryView, type ObjectSource } from './cached-object.ts';
import type { Entry, Revision, StorageEvent } from './storage.ts';
import type { Attributes, CachedObject, CacheEvent } from './watch-cache.ts';

/** A change of a resource. Every way to see it is made once and shared by all watchers. */
export class ObjectChange {
  /** The change as a watcher without a filter sees it. */
  readonly plain: CacheEvent;
  private readonly event: StorageEvent;
  private readonly source: ObjectSource;
  private came: CacheEvent | undefined;
  private went: CacheEvent | undefined;

  constructor(event: StorageEvent, source: ObjectSource) {
    const { entry, previous } = event;
    this.event = event;
    this.source = source;
    const type = event.type === 'delete' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    const before = previous === undefined ? undefined : new EntryView(previous, source);
    this.plain = new SharedEvent(type, new EntryView(entry, source), before);
  }

  /** The change as a watcher with a filter sees it; undefined when it does not. */
  through(filter: (attributes: Attributes) => boolean): CacheEvent | undefined {
    const { type, object, previous } = this.plain;
    const matched = previous !== undefined && filter(previous.attributes());
    const matches = type !== 'DELETED' && filter(object.attributes());
    if (matches) return matched ? this.plain : this.appeared();
    return matched ? this.disappeared() : undefined;
  }

  private appeared(): CacheEvent {
    if (this.plain.type === 'ADDED') return this.plain;
    this.came ??= new SharedEvent('ADDED', this.plain.object, this.plain.previous);
    return this.came;
  }

  /** See `convertToWatchEvent` in kubernetes/apiserver pkg/storage/cacher/cache_watcher.go. */
  private disappeared(): CacheEvent {
    const { type, previous } = this.plain;
    if (type === 'DELETED' || previous === undefined) return this.plain;
    if (this.went === undefined) {
      const { revision } = this.event;
      const value = this.source.restamp(previous.bytes, revision);
      const last: Entry = { ...this.event.previous!, value, revision };
      this.went = new SharedEvent('DELETED', new EntryView(last, this.source), previous);
    }
    return this.went;
  }
}

class SharedEvent implements CacheEvent {
  readonly type: CacheEvent['type'];
  readonly object: CachedObject;
  readonly previous: CachedObject | undefined;
  private encodings: Map<string, Buffer> | undefined;

  constructor(type: CacheEvent['type'], object: CachedObject, previous: CachedObject | undefined) {
    this.type = type;
    this.object = object;
    this.previous = previous;
  }

  get revision(): Revision {
    return this.object.revision;
  }

  memo(encoding: string, make: () => Buffer): Buffer {
    this.encodings ??= new Map();
    const bytes = this.encodings.get(encoding) ?? make();
    this.encodings.set(encoding, bytes);
    return bytes;
  }
}
