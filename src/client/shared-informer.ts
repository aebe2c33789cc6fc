// The informer: a reflector that fills a store and calls handlers. The guarantees are in informer.ts.
import type { Logger } from 'pino';
import type { KubeObject } from '../api/object.ts';
import type { Informer, InformerHandler, InformerSelection } from './informer.ts';
import { type IndexFunction, keyOf, type Lister, ObjectStore } from './object-store.ts';
import { type ReflectorOptions, type ReflectorSink, reflect } from './reflector.ts';
import { type Resource, resourceKey } from './resource.ts';
import type { WatchEvent } from './watch-events.ts';

/** What a shared informer needs. */
export interface SharedInformerOptions extends ReflectorOptions {
  readonly freeze?: boolean;
}

/** An informer that many share. Made by an InformerFactory. */
export class SharedInformer<T extends KubeObject> implements Informer<T>, ReflectorSink<T> {
  private readonly of: Resource<T>;
  private readonly selection: InformerSelection;
  private readonly options: SharedInformerOptions;
  private readonly store = new ObjectStore<T>();
  private readonly handlers: InformerHandler<T>[] = [];
  private readonly log: Logger;
  private waiters: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private filled = false;
  private running = false;

  constructor(of: Resource<T>, selection: InformerSelection, options: SharedInformerOptions) {
    this.of = of;
    this.selection = selection;
    this.options = options;
    this.log = options.log;
  }

  get lister(): Lister<T> {
    return this.store;
  }

  get hasSynced(): boolean {
    return this.filled;
  }

  addIndex(name: string, values: IndexFunction<T>): void {
    this.store.addIndex(name, values);
  }

  addHandler(handler: InformerHandler<T>): void {
    this.handlers.push(handler);
    if (!this.filled) return;
    for (const object of this.store.list()) this.call(() => handler.added?.(object, true));
  }

  synced(signal?: AbortSignal): Promise<void> {
    if (this.filled) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal!.reason);
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.waiters.push(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  }

  /** Starts to follow; a second call does nothing. */
  run(signal: AbortSignal): void {
    if (this.running) return;
    this.running = true;
    void reflect(
      this.of,
      this.selection,
      this,
      this.options,
      AbortSignal.any([signal, this.stopping.signal]),
    );
  }

  /** Follows no more: everything is told to be gone. Those who wait for it to be synced wait no longer. */
  stop(): void {
    this.stopping.abort();
    this.replace([]);
  }

  replace(objects: readonly T[]): void {
    const gone = new Set(this.store.keys());
    const isInitial = !this.filled;
    // the store is whole before anybody is told, so that handlers see one state
    const changes = objects.map((object) => {
      const key = keyOf(object);
      gone.delete(key);
      const known = this.store.get(key);
      if (known && isSame(known, object)) return undefined;
      return { old: this.store.set(key, this.kept(object)), object };
    });
    const deleted = [...gone].map((key) => this.store.delete(key)!);
    for (const change of changes) if (change) this.tell(change.old, change.object, isInitial);
    for (const object of deleted) this.tellDeleted(object);
    this.filled = true;
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  apply({ type, object }: WatchEvent<T>): void {
    const key = keyOf(object);
    if (type === 'DELETED') {
      this.store.delete(key);
      this.tellDeleted(this.kept(object));
      return;
    }
    const old = this.store.set(key, this.kept(object));
    this.tell(old, object, false);
  }

  private kept(object: T): T {
    // set, not deleted: that would make a slow object of it
    if (object.metadata.managedFields !== undefined) object.metadata.managedFields = undefined;
    return this.options.freeze ? deepFreeze(object) : object;
  }

  private tell(old: T | undefined, object: T, isInitial: boolean): void {
    // the same name made anew while nobody looked: the old object is gone
    if (old && old.metadata.uid !== object.metadata.uid) {
      this.tellDeleted(old);
      this.tell(undefined, object, isInitial);
      return;
    }
    for (const handler of this.handlers)
      this.call(() => (old ? handler.updated?.(old, object) : handler.added?.(object, isInitial)));
  }

  private tellDeleted(object: T): void {
    for (const handler of this.handlers) this.call(() => handler.deleted?.(object));
  }

  private call(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.log.error({ err: error, resource: resourceKey(this.of) }, 'an informer handler failed');
    }
  }
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const field of Object.values(value)) deepFreeze(field);
  return Object.freeze(value);
}
