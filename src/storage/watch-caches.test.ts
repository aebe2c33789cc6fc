import { describe, expect, test, vi } from 'vitest';
import type { Clock } from '../api/clock.ts';
import { UnavailableError } from './storage.ts';
import { attributes, cacheOfPods, collect, everything, fail, names } from './test-watch-cache.ts';
import type { Attributes, CacheEvent, WatchCache } from './watch-cache.ts';

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

describe('watch cache: lists', () => {
  test('one that is asked for again shows every change since, and is of the newest revision', async () => {
    const { pods, put, remove } = cacheOfPods();
    const shown = () => names(pods.list({ prefix: 'pods/default/' }).objects);
    expect([shown(), shown()]).toEqual([[], []]);
    await put({ name: 'x' });
    expect([shown(), shown()]).toEqual([['x'], ['x']]);
    const before = pods.list({ prefix: '' });
    await put({ name: 'y' });
    // who has a list keeps it as it was
    expect(names(before.objects)).toEqual(['x']);
    expect(shown()).toEqual(['x', 'y']);
    expect(pods.list({ prefix: '', limit: 1 })).toMatchObject({ more: true, remaining: 1 });
    await remove('x');
    expect([shown(), names(pods.list({ prefix: '' }).objects)]).toEqual([['y'], ['y']]);
    const again = pods.list({ prefix: '' });
    expect(again.revision).toBe(pods.revision());
    expect(again.objects[0]!.revision).toBeLessThan(again.revision);
  });

  test('a watcher that lists while it is told of a change sees the change', async () => {
    const { pods, put } = cacheOfPods();
    const seen: string[][] = [];
    pods.list({ prefix: '' });
    pods.watch(everything, 1, () => seen.push(names(pods.list({ prefix: '' }).objects)), fail);
    await put({ name: 'x' });
    await put({ name: 'y' });
    expect(seen).toEqual([['x'], ['x', 'y']]);
  });

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
