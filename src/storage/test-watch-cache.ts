// A watch cache of pods over memory storage, and what its tests watch and read.
import { onTestFinished, vi } from 'vitest';
import { openMemoryStorage } from './backends/memory.ts';
import type { Attributes, CachedObject, CacheEvent, WatchCache, WatchScope } from './watch-cache.ts';
import { openWatchCaches, type WatchCaches, type WatchCachesOptions } from './watch-caches.ts';

/** What is stored. */
export interface Pod {
  name: string;
  labels?: Record<string, string>;
  node?: string;
  revision?: number;
}

/** The scope of a watch that wants all. */
export const everything: WatchScope = { prefix: '', filterKey: '' };

/** The scope of a watch that wants what has a label. */
export function labelled(name: string, value: string): WatchScope {
  return {
    prefix: '',
    filterKey: `${name}=${value}`,
    filter: (attributes) => attributes.labels?.[name] === value,
  };
}

/** What selectors read of a pod. */
export function attributes(bytes: Buffer): Attributes {
  const { name, labels, node } = parse(bytes);
  return {
    labels,
    fields: { 'metadata.name': name, ...(node === undefined ? {} : { 'spec.nodeName': node }) },
  };
}

/** A pod of its bytes. */
export function parse(bytes: Buffer): Pod {
  return JSON.parse(bytes.toString()) as Pod;
}

function restamp(bytes: Buffer, revision: number): Buffer {
  return Buffer.from(JSON.stringify({ ...parse(bytes), revision }));
}

/** The names of pods. */
export function names(objects: readonly CachedObject[]): string[] {
  return objects.map((object) => parse(object.bytes).name);
}

/** For callbacks that must not be called. */
export function fail(): never {
  throw new Error('must not be called');
}

/** The events that a watch from the start sees, also those still to come. */
export function collect(
  cache: WatchCache,
  scope: WatchScope,
  ended: (error: unknown) => void = fail,
): CacheEvent[] {
  const events: CacheEvent[] = [];
  cache.watch(scope, cache.oldestRevision(), (batch) => events.push(...batch), ended);
  return events;
}

/** An empty cache of pods over memory storage, which is closed at the end of the test. */
export function cacheOfPods(options: Partial<WatchCachesOptions> = {}) {
  const storage = openMemoryStorage();
  const caches: WatchCaches = openWatchCaches(storage, { restamp, ...options });
  const parsed = vi.fn(attributes);
  onTestFinished(() => storage.close());
  return {
    storage,
    caches,
    pods: caches.resource('pods/', parsed),
    parsed,
    put: (pod: Pod, namespace = 'default') =>
      storage.put(`pods/${namespace}/${pod.name}`, (revision) =>
        Buffer.from(JSON.stringify({ ...pod, revision })),
      ),
    remove: (name: string) => {
      const key = `pods/default/${name}`;
      return storage.delete(key, (revision) => restamp(storage.timeline.get(key)!.value, revision));
    },
  };
}
