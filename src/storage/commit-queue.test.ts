import { describe, expect, test } from 'vitest';
import { CommitQueue } from './commit-queue.ts';
import { ConflictError, type Entry, NotFoundError, UnavailableError } from './storage.ts';
import type { Change } from './timeline.ts';

describe('commit queue', () => {
  test('commits all writes that wait as one group', async () => {
    const { write, groups, next } = manual();
    const first = [write('a'), write('b')];
    await next();
    const second = [write('c'), write('d'), write('e')];
    await Promise.all(first);
    await next();
    await Promise.all(second);
    expect(groups).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  test('writers that were just acknowledged join those that wait', async () => {
    const { write, groups, next } = manual();
    // As many turns as a server takes from one response to the next request of the same client, in this process.
    const chained = write('a')
      .then(() => {})
      .then(() => {})
      .then(() => {})
      .then(() => write('b'));
    await next(() => write('c'));
    await next();
    await chained;
    expect(groups).toEqual([['a'], ['c', 'b']]);
  });

  test('splits what is too much, and keeps the order', async () => {
    const { queue, groups, next } = manual();
    const big = () => Buffer.alloc(7 * 1024 * 1024);
    const writes = ['a', 'b', 'c', 'd'].map((key) => queue.write('put', key, big, {}));
    const huge = queue.write('put', 'huge', () => Buffer.alloc(20 * 1024 * 1024), {});
    for (let i = 0; i < 3; i++) await next();
    await Promise.all([...writes, huge]);
    expect(groups).toEqual([['a', 'b'], ['c', 'd'], ['huge']]);
  });

  test('splits a flood', async () => {
    const { write, groups, next } = manual();
    const writes = Array.from({ length: 5_000 }, (_, i) => write(String(i)));
    await next();
    await next();
    await Promise.all(writes);
    expect(groups.map((group) => group.length)).toEqual([4_096, 904]);
    expect(groups.flat()).toEqual(writes.map((_, i) => String(i)));
  });

  test('a conflict with a write under way is told when that is committed', async () => {
    const { queue, write, next } = manual();
    const first = write('a', { expect: 0 });
    let told = false;
    const second = write('a', { expect: 0 }).catch((error: unknown) => {
      told = true;
      return error;
    });
    await next(() => expect(told).toBe(false));
    const error = await second;
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({ current: (await first).revision });
    await queue.close();
  });

  test('a write is judged by those that still wait, also after one to the same key is committed', async () => {
    const { write, remove, next } = manual();
    const first = write('a');
    let deleted: Promise<Entry> | undefined;
    await next(() => {
      deleted = remove('a');
    });
    let again: Promise<Entry> | undefined;
    await next(() => {
      again = write('a', { expect: 0 });
    });
    await next();
    await Promise.all([first, deleted]);
    expect((await again)!.revision).toBe(4);
  });

  test('where that write fails, the one behind it is tried', async () => {
    const { write, fail, next } = manual();
    const first = write('a', { expect: 0 });
    const second = write('a', { expect: 0 });
    await fail();
    await expect(first).rejects.toThrow(UnavailableError);
    await next();
    expect((await second).revision).toBe(3);
  });

  test('where a deletion under way fails, there is something to delete', async () => {
    const { write, remove, next, fail } = manual();
    const created = write('a');
    await next();
    await created;
    const first = remove('a');
    const second = remove('a');
    await fail();
    await expect(first).rejects.toThrow(UnavailableError);
    await next();
    await second;
    await expect(remove('a')).rejects.toThrow(NotFoundError);
  });

  test('a group that fails takes with it what waits behind it, and its revisions', async () => {
    const { write, fail, next, groups } = manual();
    const results: Promise<Entry>[] = [write('a')];
    await fail(() => results.push(write('a'), write('b')));
    for (const result of results) await expect(result).rejects.toThrow(UnavailableError);
    const after = write('a', { expect: 0 });
    await next();
    expect((await after).revision).toBe(5);
    expect(groups).toEqual([['a']]);
  });

  test('an error that is none of storage becomes one, with its cause', async () => {
    const { write, fail } = manual();
    const result = write('a');
    await fail(undefined, new RangeError('bug'));
    await expect(result).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE', cause: new RangeError('bug') });
  });

  test('an encoder that throws behind a conflict fails its own write only', async () => {
    const { queue, write, fail, next } = manual();
    const first = write('a', { expect: 0 });
    const broken = queue.write(
      'put',
      'a',
      () => {
        throw new RangeError('bug');
      },
      { expect: 0 },
    );
    const brokenResult = expect(broken).rejects.toThrow(RangeError);
    await fail();
    await expect(first).rejects.toThrow(UnavailableError);
    await brokenResult;
    const after = write('a');
    await next();
    await after;
  });

  test('flush waits for its turn and tells of failure', async () => {
    const { queue, groups, next, fail } = manual();
    const flushed = queue.flush();
    await next();
    await flushed;
    expect(groups).toEqual([]);
    const failed = queue.flush();
    await fail();
    await expect(failed).rejects.toThrow(UnavailableError);
  });

  test('close finishes what waits and refuses the rest', async () => {
    const { queue, write, next } = manual();
    const waiting = write('a');
    const closed = queue.close();
    await expect(write('b')).rejects.toThrow(UnavailableError);
    await expect(queue.flush()).rejects.toThrow(UnavailableError);
    await next();
    await waiting;
    await closed;
  });
});

/** A queue whose commits succeed or fail when the test says so. */
function manual() {
  const committed = new Map<string, Entry>();
  const groups: string[][] = [];
  const stores: Deferred[] = [];
  let storing = deferred();
  const queue = new CommitQueue(
    {
      get: (key) => committed.get(key),
      async store() {
        const store = deferred();
        stores.push(store);
        storing.resolve();
        await store.promise;
      },
      show(changes: readonly Change[]) {
        groups.push(changes.map((change) => change.entry.key));
        for (const { type, entry } of changes) {
          if (type === 'put') committed.set(entry.key, entry);
          else committed.delete(entry.key);
        }
      },
    },
    1,
  );

  /** The commit under way, once there is one. `meanwhile` is called while it is. */
  async function underWay(meanwhile: () => unknown = () => {}): Promise<Deferred> {
    if (stores.length === 0) await storing.promise;
    storing = deferred();
    meanwhile();
    return stores.shift()!;
  }

  return {
    queue,
    groups,
    write: (key: string, options = {}) =>
      queue.write('put', key, (revision) => Buffer.from(String(revision)), options),
    remove: (key: string) => queue.write('delete', key, () => Buffer.alloc(0), {}),
    /** Lets the next commit succeed. */
    next: async (meanwhile?: () => unknown) => (await underWay(meanwhile)).resolve(),
    /** Lets the next commit fail. */
    fail: async (meanwhile?: () => unknown, error: Error = new UnavailableError('full')) =>
      (await underWay(meanwhile)).reject(error),
  };
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

function deferred(): Deferred {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
