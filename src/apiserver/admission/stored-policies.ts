// Objects that admission reads at every write of their namespace: found by prefix, parsed once per stored state.
import type { CachedObject, WatchCache } from '../../storage/watch-cache.ts';

// The bytes of an entry never change.
const parsed = new WeakMap<Buffer, unknown>();

/** An object, parsed. It is shared: nobody may change it. */
export function storedPolicy<T>(object: CachedObject): T {
  let value = parsed.get(object.bytes);
  if (value === undefined) {
    value = JSON.parse(object.bytes.toString('utf8'));
    parsed.set(object.bytes, value);
  }
  return value as T;
}

/** The objects of a namespace, by name. They are shared: nobody may change them. */
export function policiesOf<T>(cache: WatchCache, namespace: string): readonly T[] {
  const { objects } = cache.list({ prefix: `${cache.prefix}${namespace}/` });
  return objects.length === 0 ? [] : objects.map((object) => storedPolicy<T>(object));
}
