import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../api/clock.ts';
import { openMemoryStorage } from './backends/memory.ts';
import { storageContract } from './contract.ts';
import {
  CompactedError,
  FutureRevisionError,
  type Storage,
  type StorageEvent,
  UnavailableError,
} from './storage.ts';
import type { Attributes, CachedObject, CacheEvent, WatchCache, WatchScope } from './watch-cache.ts';
import { openWatchCaches, type WatchCaches, type WatchCachesOptions } from './watch-caches.ts';

storageContract('watch cache', async ({ window }) => throughCache(openMemoryStorage({ window })), {
  durable: false,
  spansResources: false,
  endsSlowWatches: false,
});

interface Pod {
  name: string;
  labels?: Record<string, string>;
  node?: string;
  revision?: number;
}

const clockOfNobody: Clock = {
  now: () => 0,
  after: () => ({ cancel: () => {} }),
  every: () => ({ cancel: () => {} }),
};

describe('watch cache: 1. a write shows before its writer is acknowledged', () => {
  test('in get, list and watches', async () => {
    const { pods, put } = cacheOfPods();
    const seen: CacheEvent[] = [];
    pods.watch(everything, 1, (events) => seen.push(...events), fail);
    await put({ name: 'x' });
    expect(pods.get('pods/default/x')!.revision).toBe(pods.revision());
    expect(names(pods.list({ prefix: '' }).objects)).toEqual(['x']);
    expect(seen.map((event) => event.type)).toEqual(['ADDED']);
  });

  test('waitFor resolves with the commit, or with false when the time is over', async () => {
    const timers: { ms: number; fn: () => void }[] = [];
    const cancel = vi.fn();
    const after: Clock['after'] = (ms, fn) => {
      timers.push({ ms, fn });
      return { cancel };
    };
    const { pods, put } = cacheOfPods({ clock: { ...clockOfNobody, after } });
    expect(await pods.waitFor(1, 3_000)).toBe(true);
    const reached = pods.waitFor(2, 3_000);
    const missed = pods.waitFor(4, 3_000);
    await put({ name: 'x' });
    expect(await reached).toBe(true);
    expect(cancel).toHaveBeenCalledTimes(1);
    await put({ name: 'x' });
    expect(timers.map(({ ms }) => ms)).toEqual([3_000, 3_000]);
    timers[1]!.fn();
    expect(await missed).toBe(false);
    // Nobody waits for it any more.
    await put({ name: 'x' });
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe('watch cache: 2. every event that the scope wants', () => {
  test('the past first, then live ones, of a namespace, a name or all', async () => {
    const { pods, put } = cacheOfPods();
    await put({ name: 'x' });
    await put({ name: 'x' }, 'other');
    const scopes: WatchScope[] = [
      everything,
      { prefix: 'pods/default/', filterKey: '' },
      { prefix: 'pods/default/', key: 'pods/default/x', filterKey: '' },
    ];
    const seen = scopes.map((scope) => collect(pods, scope));
    await put({ name: 'y' });
    await put({ name: 'y' }, 'other');
    await put({ name: 'x' });
    expect(seen.map((events) => events.map((event) => event.object.key.slice(5)))).toEqual([
      ['default/x', 'other/x', 'default/y', 'other/y', 'default/x'],
      ['default/x', 'default/y', 'default/x'],
      ['default/x', 'default/x'],
    ]);
  });

  test('through a filter, ceasing to match is a deletion and coming to match an addition', async () => {
    const { pods, put, remove } = cacheOfPods();
    const live = collect(pods, labelled('app', 'web'));
    await put({ name: 'x', labels: { app: 'db' } });
    await put({ name: 'x', labels: { app: 'web' } });
    await put({ name: 'x', labels: { app: 'web', v: '2' } });
    await put({ name: 'x', labels: { app: 'db' } });
    await put({ name: 'x', labels: { app: 'web' } });
    await remove('x');
    await put({ name: 'y', labels: { app: 'db' } });
    await remove('y');
    for (const seen of [live, collect(pods, labelled('app', 'web'))]) {
      expect(seen.map((event) => [event.type, event.revision, parse(event.object.bytes).revision])).toEqual([
        ['ADDED', 3, 3],
        ['MODIFIED', 4, 4],
        ['DELETED', 5, 5],
        ['ADDED', 6, 6],
        ['DELETED', 7, 7],
      ]);
      // What left is sent as it was when it still matched.
      expect(parse(seen[2]!.object.bytes).labels).toEqual({ app: 'web', v: '2' });
      expect(seen[2]!.object.attributes().labels).toEqual({ app: 'web', v: '2' });
      expect(seen[2]!.previous!.revision).toBe(4);
      expect(seen[0]!.previous!.revision).toBe(2);
    }
  });

  test('a deletion is seen by those who saw the object, whatever its last words', async () => {
    const { pods, put, storage } = cacheOfPods();
    const [web, db] = [collect(pods, labelled('app', 'web')), collect(pods, labelled('app', 'db'))];
    await put({ name: 'x', labels: { app: 'db' } });
    const last: Pod = { name: 'x', labels: { app: 'web' } };
    const companion: Attributes = { labels: last.labels, fields: {} };
    await storage.delete('pods/default/x', () => Buffer.from(JSON.stringify(last)), { companion });
    expect(web).toEqual([]);
    expect(db.map((event) => event.type)).toEqual(['ADDED', 'DELETED']);
  });

  test('an index by a field finds those that come, stay and leave', async () => {
    const { pods, put, remove } = cacheOfPods();
    const onNode = (node: string): WatchScope & { filter: (a: Attributes) => boolean } => ({
      prefix: '',
      filterKey: `spec.nodeName=${node}`,
      filter: vi.fn((attributes: Attributes) => attributes.fields['spec.nodeName'] === node),
      indexed: { field: 'spec.nodeName', value: node },
    });
    const [one, two, three] = [onNode('n1'), onNode('n2'), onNode('n3')];
    const [atOne, atTwo] = [collect(pods, one), collect(pods, two)];
    collect(pods, three);
    await put({ name: 'x' });
    await put({ name: 'x', node: 'n1' });
    await put({ name: 'x', node: 'n1', labels: { a: 'b' } });
    await put({ name: 'x', node: 'n2' });
    await remove('x');
    expect(atOne.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(atTwo.map((event) => event.type)).toEqual(['ADDED', 'DELETED']);
    expect(three.filter).not.toHaveBeenCalled();
  });

  test('the events of one commit come in one call', async () => {
    const { pods, put } = cacheOfPods();
    const sizes: number[] = [];
    pods.watch(everything, 1, (events) => sizes.push(events.length), fail);
    await Promise.all([put({ name: 'a' }), put({ name: 'b' }), put({ name: 'c' })]);
    expect(sizes).toEqual([3]);
  });

  test('a revision that is forgotten or still to come is refused', async () => {
    const { pods, put, storage } = cacheOfPods();
    for (const name of ['a', 'b', 'c']) await put({ name });
    await storage.compact(3);
    expect(pods.oldestRevision()).toBe(3);
    expect(() => pods.watch(everything, 2, fail, fail)).toThrow(CompactedError);
    expect(() => pods.watch(everything, 5, fail, fail)).toThrow(FutureRevisionError);
    expect(() => pods.list({ prefix: '', revision: 2 })).toThrow(CompactedError);
    expect(pods.watchers()).toBe(0);
  });

  test('a prefix that is none of this resource is a mistake', () => {
    const { pods } = cacheOfPods();
    expect(() => pods.watch({ prefix: 'pods/a', filterKey: '' }, 1, fail, fail)).toThrow(TypeError);
    expect(() => pods.watch({ prefix: 'nodes/', filterKey: '' }, 1, fail, fail)).toThrow(TypeError);
  });

  test('progress counts what was delivered, also writes of other resources', async () => {
    const { pods, put, storage } = cacheOfPods();
    const progress: number[] = [];
    const watch = pods.watch(everything, 1, () => progress.push(watch.progress()), fail);
    await put({ name: 'x' });
    expect(progress).toEqual([1]);
    expect(watch.progress()).toBe(2);
    await storage.put('nodes/n', () => Buffer.from('{}'));
    expect(watch.progress()).toBe(3);
  });
});

describe('watch cache: 3. what is made is shared', () => {
  test('watchers of one scope and filter get one array', async () => {
    const { pods, put } = cacheOfPods();
    const batches: (readonly CacheEvent[])[] = [];
    const scopes = [everything, everything, labelled('a', 'b'), labelled('a', 'b')];
    for (const scope of scopes) pods.watch(scope, 1, (events) => batches.push(events), fail);
    await put({ name: 'x', labels: { a: 'b' } });
    expect(batches).toHaveLength(4);
    expect(batches[0]).toBe(batches[1]);
    expect(batches[2]).toBe(batches[3]);
    expect(batches[0]).not.toBe(batches[2]);
  });

  test('a buffer is made once for all that see the same type of event', async () => {
    const { pods, put } = cacheOfPods();
    const make = vi.fn(() => Buffer.from('frame'));
    const scopes = [
      everything,
      labelled('app', 'web'),
      labelled('v', '1'),
      { prefix: 'pods/default/', filterKey: '' },
    ];
    for (const scope of scopes) {
      pods.watch(scope, 1, (events) => events.forEach((event) => void event.memo('json', make)), fail);
    }
    await put({ name: 'x', labels: { app: 'web', v: '1' } });
    expect(make).toHaveBeenCalledTimes(1);
    // MODIFIED for most, DELETED for one.
    await put({ name: 'x', labels: { app: 'web' } });
    expect(make).toHaveBeenCalledTimes(3);
    // ADDED for one.
    await put({ name: 'x', labels: { app: 'web', v: '1' } });
    expect(make).toHaveBeenCalledTimes(5);
    // DELETED for two, MODIFIED for the others.
    await put({ name: 'x' });
    expect(make).toHaveBeenCalledTimes(7);
  });

  test('bytes are those that the writer made, and its companion spares the parsing', async () => {
    const { pods, storage, parsed } = cacheOfPods();
    const companion: Attributes = { labels: { a: 'b' }, fields: {} };
    const bytes = Buffer.from('{"name":"x"}');
    await storage.put('pods/default/x', () => bytes, { companion });
    await storage.put('pods/default/y', () => Buffer.from('{"name":"y"}'));
    expect(pods.get('pods/default/x')!.bytes).toBe(bytes);
    expect(pods.get('pods/default/x')!.attributes()).toBe(companion);
    expect(parsed).not.toHaveBeenCalled();
    for (const _ of [1, 2])
      expect(pods.get('pods/default/y')!.attributes().fields['metadata.name']).toBe('y');
    expect(parsed).toHaveBeenCalledTimes(1);
  });
});

describe('watch cache: 4. a watcher disturbs no other', () => {
  test('one that throws is ended with its error', async () => {
    const { pods, put } = cacheOfPods();
    const bug = new Error('bug');
    const ended = vi.fn();
    const before = collect(pods, everything);
    pods.watch(
      everything,
      1,
      () => {
        throw bug;
      },
      ended,
    );
    const after = collect(pods, everything);
    await put({ name: 'x' });
    await put({ name: 'y' });
    expect(ended.mock.calls).toEqual([[bug]]);
    expect(before).toHaveLength(2);
    expect(after).toHaveLength(2);
    expect(pods.watchers()).toBe(2);
    pods.watch(
      everything,
      1,
      () => {
        throw bug;
      },
      ended,
    );
    expect(ended).toHaveBeenCalledTimes(2);
    expect(pods.watchers()).toBe(2);
  });

  test('watches may close themselves and others inside of deliver', async () => {
    const { pods, put } = cacheOfPods();
    const calls: string[] = [];
    const first = pods.watch(
      everything,
      1,
      () => {
        calls.push('first');
        first.close();
        second.close();
      },
      fail,
    );
    const second = pods.watch(everything, 1, () => calls.push('second'), fail);
    await put({ name: 'x' });
    await put({ name: 'y' });
    expect(calls).toEqual(['first']);
    expect(pods.watchers()).toBe(0);
  });

  test('a watch that is opened inside of deliver hears nothing twice', async () => {
    const { pods, put } = cacheOfPods();
    const inner: CacheEvent[][] = [];
    pods.watch(
      everything,
      1,
      () => {
        for (const scope of [everything, labelled('a', 'b')]) inner.push(collect(pods, scope));
      },
      fail,
    );
    // An audience that is served later in the same commit, and joined meanwhile.
    collect(pods, labelled('a', 'b'));
    await put({ name: 'x', labels: { a: 'b' } });
    expect(inner.map((events) => events.map((event) => event.revision))).toEqual([[2], [2]]);
    await put({ name: 'y', labels: { a: 'b' } });
    expect(inner[0]!.map((event) => event.revision)).toEqual([2, 3]);
  });

  test('closing the caches ends all watches', () => {
    const { caches, pods } = cacheOfPods();
    const ended = vi.fn();
    pods.watch(everything, 1, fail, ended);
    caches.close();
    expect(ended.mock.calls).toEqual([[expect.any(UnavailableError)]]);
  });

  test('audiences that nobody is in any more leave nothing behind', async () => {
    const { pods, put } = cacheOfPods();
    const filter = vi.fn(() => true);
    const scopes: WatchScope[] = [
      { prefix: '', filterKey: 'f', filter },
      { prefix: '', filterKey: 'f', filter, indexed: { field: 'spec.nodeName', value: '' } },
      { prefix: 'pods/default/', filterKey: 'f', filter },
      { prefix: '', key: 'pods/default/x', filterKey: 'f', filter },
    ];
    collect(pods, everything);
    for (const watch of scopes.map((scope) => pods.watch(scope, 1, fail, fail))) watch.close();
    await put({ name: 'x' });
    expect(filter).not.toHaveBeenCalled();
  });
});

describe('watch cache: 5. memoised encodings', () => {
  test('are made once while hot and stay below the budget', async () => {
    const { pods, put } = cacheOfPods({ memoBytes: 1_000 });
    for (const i of Array(40).keys()) await put({ name: String(i).padStart(2, '0') });
    const make = vi.fn(() => Buffer.alloc(50));
    const object = (i: number) => pods.list({ prefix: '' }).objects[i]!;
    for (const _ of [1, 2]) object(0).memo('table', make);
    expect(make).toHaveBeenCalledTimes(1);
    object(0).memo('protobuf', make);
    expect(make).toHaveBeenCalledTimes(2);
    // The hot one stays though far more than the budget goes through.
    for (const i of Array(39).keys()) {
      object(i + 1).memo('table', make);
      object(0).memo('table', make);
    }
    expect(make).toHaveBeenCalledTimes(2 + 39);
    object(1).memo('table', make);
    expect(make).toHaveBeenCalledTimes(2 + 39 + 1);
  });

  test('belong to one state of an object', async () => {
    const { pods, put } = cacheOfPods();
    await put({ name: 'x' });
    const encode = (object: CachedObject) => object.memo('upper', () => Buffer.from(String(object.revision)));
    expect(encode(pods.get('pods/default/x')!).toString()).toBe('2');
    await put({ name: 'x' });
    expect(encode(pods.get('pods/default/x')!).toString()).toBe('3');
  });
});

describe('watch cache: lists', () => {
  test('filters count matches: limit, more, lastKey', async () => {
    const { pods, put } = cacheOfPods();
    for (const i of Array(10).keys()) await put({ name: String(i), labels: { even: String(i % 2 === 0) } });
    const filter = (attributes: Attributes) => attributes.labels?.['even'] === 'true';
    const first = pods.list({ prefix: 'pods/default/', limit: 3, filter });
    expect(names(first.objects)).toEqual(['0', '2', '4']);
    expect(first).toMatchObject({ more: true, remaining: 0, lastKey: 'pods/default/4' });
    const { revision } = first;
    const second = pods.list({ prefix: 'pods/default/', limit: 2, filter, revision, after: first.lastKey });
    expect(names(second.objects)).toEqual(['6', '8']);
    expect(second.more).toBe(false);
    expect(pods.list({ prefix: '', filter: () => false })).toMatchObject({ objects: [], lastKey: undefined });
  });

  test('are stamped with the newest revision of the whole store', async () => {
    const { pods, put, storage } = cacheOfPods();
    await put({ name: 'x' });
    const { revision } = await storage.put('nodes/n', () => Buffer.from('{}'));
    expect(pods.list({ prefix: '' }).revision).toBe(revision);
    expect(pods.revision()).toBe(revision);
  });

  test('size counts a prefix', async () => {
    const { pods, put, storage } = cacheOfPods();
    await storage.put('nodes/n', () => Buffer.from('{}'));
    for (const i of Array(300).keys()) await put({ name: String(i) }, `ns-${i % 3}`);
    expect(pods.size()).toBe(300);
    expect(pods.size('pods/ns-1/')).toBe(100);
    expect(pods.size('pods/ns/')).toBe(0);
  });
});

describe('watch caches', () => {
  test('one cache for each resource, named by the first segment', () => {
    const { caches, pods } = cacheOfPods();
    expect(caches.resource('pods/', attributes)).toBe(pods);
    expect(caches.resource('nodes/', attributes)).not.toBe(pods);
    for (const prefix of ['', 'pods', '/', 'pods/default/']) {
      expect(() => caches.resource(prefix, attributes)).toThrow(TypeError);
    }
  });

  test('a redefined resource has new attributes, in history too, and its watches end', async () => {
    const { caches, pods, put, remove, storage } = cacheOfPods();
    const colours = (cache: WatchCache, ended?: () => void) => [
      cache.get('pods/default/y')!.attributes().fields['spec.colour'],
      ...collect(cache, everything, ended).flatMap(({ object, previous }) =>
        [object, previous].map((seen) => seen?.attributes().fields['spec.colour']),
      ),
    ];
    const ended = vi.fn();
    for (const name of ['x', 'y', 'x']) await put({ name });
    // History begins with an update, whose previous state nothing else leads to, and ends with a deletion.
    await storage.compact(3);
    await remove('x');
    expect(colours(pods, ended)).toEqual(Array(5).fill(undefined));
    const redefined = caches.redefine('pods/', (bytes) => {
      const known = attributes(bytes);
      return { ...known, fields: { ...known.fields, 'spec.colour': 'red' } };
    });
    expect(ended.mock.calls).toEqual([[expect.any(UnavailableError)]]);
    expect(colours(redefined)).toEqual(Array(5).fill('red'));
    expect(caches.resource('pods/', attributes)).toBe(redefined);
  });
});

const everything: WatchScope = { prefix: '', filterKey: '' };

function labelled(name: string, value: string): WatchScope {
  return {
    prefix: '',
    filterKey: `${name}=${value}`,
    filter: (attributes) => attributes.labels?.[name] === value,
  };
}

function attributes(bytes: Buffer): Attributes {
  const { name, labels, node } = parse(bytes);
  return {
    labels,
    fields: { 'metadata.name': name, ...(node === undefined ? {} : { 'spec.nodeName': node }) },
  };
}

function parse(bytes: Buffer): Pod {
  return JSON.parse(bytes.toString()) as Pod;
}

function restamp(bytes: Buffer, revision: number): Buffer {
  return Buffer.from(JSON.stringify({ ...parse(bytes), revision }));
}

function names(objects: readonly CachedObject[]): string[] {
  return objects.map((object) => parse(object.bytes).name);
}

function fail(): never {
  throw new Error('must not be called');
}

/** The events that a watch from the start sees, also those still to come. */
function collect(cache: WatchCache, scope: WatchScope, ended: (error: unknown) => void = fail): CacheEvent[] {
  const events: CacheEvent[] = [];
  cache.watch(scope, cache.oldestRevision(), (batch) => events.push(...batch), ended);
  return events;
}

function cacheOfPods(options: Partial<WatchCachesOptions> = {}) {
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

/** A storage that reads through watch caches and writes past them, for the contract. */
function throughCache(storage: Storage): Storage {
  const noAttributes = { labels: undefined, fields: {} };
  const caches = openWatchCaches(storage, { restamp: (bytes) => bytes });
  const cacheOf = (key: string) => caches.resource(key.slice(0, key.indexOf('/') + 1), () => noAttributes);
  return {
    timeline: storage.timeline,
    revision: () => storage.revision(),
    compactedRevision: () => storage.compactedRevision(),
    put: (...args) => storage.put(...args),
    delete: (...args) => storage.delete(...args),
    subscribe: (listener) => storage.subscribe(listener),
    compact: (revision) => storage.compact(revision),
    async get(key, { revision } = {}) {
      const cache = cacheOf(key);
      if (revision === undefined) return entryOf(cache.get(key));
      const { objects } = cache.list({ prefix: key, revision });
      return entryOf(objects.find((object) => object.key === key));
    },
    async list(prefix, options) {
      const { objects, revision, more, remaining } = cacheOf(prefix).list({ prefix, ...options });
      return { entries: objects.map((object) => entryOf(object)!), revision, more, remaining };
    },
    watch: (prefix, options) =>
      streamOf(cacheOf(prefix), prefix, options?.after ?? storage.revision(), options?.signal),
    async close() {
      await storage.close();
      caches.close();
    },
  };

  function entryOf(object: CachedObject | undefined) {
    if (object === undefined) return undefined;
    const { key, bytes: value, revision, createRevision } = object;
    return { key, value, companion: storage.timeline.get(key)?.companion, revision, createRevision };
  }

  function streamOf(cache: WatchCache, prefix: string, after: number, signal?: AbortSignal) {
    const queue: StorageEvent[][] = [];
    let wake = () => {};
    let done = signal?.aborted ?? false;
    let failure: unknown;
    const end = () => {
      done = true;
      wake();
    };
    signal?.addEventListener('abort', end);
    const deliver = (events: readonly CacheEvent[]) => {
      queue.push(
        events.map((event) => ({
          type: event.type === 'DELETED' ? 'delete' : 'put',
          key: event.object.key,
          revision: event.revision,
          entry: entryOf(event.object)!,
          previous: entryOf(event.previous),
        })),
      );
      wake();
    };
    try {
      cache.watch({ prefix, filterKey: '' }, after, deliver, end);
    } catch (error) {
      failure = error;
    }
    return (async function* () {
      if (failure !== undefined) throw failure;
      while (!done) {
        const batch = queue.shift();
        if (batch !== undefined) yield batch;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    })();
  }
}
