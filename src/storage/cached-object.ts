// An entry as the watch cache serves it: a thin view, because the entry itself keeps the attributes once they are known.
import type { MemoCache } from './memo-cache.ts';
import type { Entry, Revision } from './storage.ts';
import type { Attributes, CachedObject, Sized } from './watch-cache.ts';

/** What the objects of one resource have in common. */
export interface ObjectSource {
  readonly attributesOf: (bytes: Buffer) => Attributes;
  /** The same bytes with another revision in them. */
  readonly restamp: (bytes: Buffer, revision: Revision) => Buffer;
  readonly memos: MemoCache;
}

/** The attributes of an entry: its companion, made once where the writer gave none. */
export function entryAttributes(entry: Entry, source: ObjectSource): Attributes {
  entry.companion ??= source.attributesOf(entry.value);
  return entry.companion as Attributes;
}

/** See {@link CachedObject}. */
export class EntryView implements CachedObject {
  private readonly entry: Entry;
  private readonly source: ObjectSource;

  constructor(entry: Entry, source: ObjectSource) {
    this.entry = entry;
    this.source = source;
  }

  get key(): string {
    return this.entry.key;
  }

  get bytes(): Buffer {
    return this.entry.value;
  }

  get revision(): Revision {
    return this.entry.revision;
  }

  get createRevision(): Revision {
    return this.entry.createRevision;
  }

  attributes(): Attributes {
    return entryAttributes(this.entry, this.source);
  }

  memo<T extends Sized>(encoding: string, make: () => T): T {
    return this.source.memos.get(this.entry, encoding, make);
  }
}
