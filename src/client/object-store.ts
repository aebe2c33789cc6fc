// What an informer knows: objects by key, and indexes over them. Upstream: k8s.io/client-go/tools/cache/thread_safe_store.go.
import type { KubeObject } from '../api/object.ts';

/** `namespace/name`, or `name` for cluster scope: the key of stores and work queues. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : (name ?? '');
}

/** The parts of a key; namespace '' for cluster scope. */
export function splitKey(key: string): { namespace: string; name: string } {
  const at = key.indexOf('/');
  return at < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, at), name: key.slice(at + 1) };
}

/** The values that an object is found by. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** Reads of a store. The objects are shared: never change one. */
export interface Lister<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  /** The objects of a namespace. */
  inNamespace(namespace: string): T[];
  /** The objects whose index `name` has `value`. Throws when there is no such index. */
  byIndex(name: string, value: string): T[];
  readonly size: number;
}

interface Index<T> {
  readonly values: IndexFunction<T>;
  readonly keys: Map<string, Set<string>>;
}

/** A store; one writer, the informer. */
export class ObjectStore<T extends KubeObject> implements Lister<T> {
  private readonly objects = new Map<string, T>();
  private readonly indexes = new Map<string, Index<T>>();

  constructor() {
    this.addIndex('namespace', (object) => [object.metadata.namespace ?? '']);
  }

  /** Adds an index, also over what is there. Adding a name twice keeps the first. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.indexes.has(name)) return;
    const index: Index<T> = { values, keys: new Map() };
    this.indexes.set(name, index);
    for (const [key, object] of this.objects) enter(index, key, values(object));
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(): T[] {
    return [...this.objects.values()];
  }

  keys(): string[] {
    return [...this.objects.keys()];
  }

  inNamespace(namespace: string): T[] {
    return this.byIndex('namespace', namespace);
  }

  byIndex(name: string, value: string): T[] {
    const index = this.indexes.get(name);
    if (!index) throw new Error(`no index ${name}`);
    const keys = index.keys.get(value);
    if (!keys) return [];
    const found: T[] = [];
    for (const key of keys) found.push(this.objects.get(key)!);
    return found;
  }

  /** Puts an object in; returns the one that was there. */
  set(key: string, object: T): T | undefined {
    const old = this.objects.get(key);
    for (const index of this.indexes.values()) replace(index, key, old, object);
    this.objects.set(key, object);
    return old;
  }

  /** Takes an object out and returns it. */
  delete(key: string): T | undefined {
    const old = this.objects.get(key);
    if (!old) return undefined;
    for (const index of this.indexes.values()) leave(index, key, index.values(old));
    this.objects.delete(key);
    return old;
  }
}

/** Most changes leave an object where it was found before. */
function replace<T>(index: Index<T>, key: string, old: T | undefined, object: T): void {
  const values = index.values(object);
  if (old !== undefined) {
    const before = index.values(old);
    if (before.length === values.length && values.every((value, i) => value === before[i])) return;
    leave(index, key, before);
  }
  enter(index, key, values);
}

function enter<T>(index: Index<T>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const keys = index.keys.get(value);
    if (keys) keys.add(key);
    else index.keys.set(value, new Set([key]));
  }
}

function leave<T>(index: Index<T>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const keys = index.keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(value);
  }
}
