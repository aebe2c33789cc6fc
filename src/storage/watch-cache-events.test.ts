// Which events a watcher of the watch cache sees.
import { describe, expect, test, vi } from 'vitest';
import { CompactedError, FutureRevisionError } from './storage.ts';
import { cacheOfPods, collect, everything, fail, labelled, type Pod, parse } from './test-watch-cache.ts';
import type { Attributes, WatchScope } from './watch-cache.ts';

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
