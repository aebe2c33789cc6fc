// What watchers of the watch cache share, and what they do not: faults.
import { describe, expect, test, vi } from 'vitest';
import { UnavailableError } from './storage.ts';
import { cacheOfPods, collect, everything, fail, labelled } from './test-watch-cache.ts';
import type { Attributes, CachedObject, CacheEvent, WatchScope } from './watch-cache.ts';

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
