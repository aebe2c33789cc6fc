// What happens when the disk refuses writes, with faults in the place of a full disk; test/storage has a real one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../api/clock.ts';
import { type Storage, UnavailableError } from '../storage.ts';
import { type Level, openClassicLevel } from './level.ts';
import { type LevelStorageOptions, openLevelStorage } from './leveldb.ts';

let path: string;
let now: number;
let storage: Storage;
/** How the next writes go wrong: before anything reached the disk, or after everything did. */
let writeFault: 'none' | 'before' | 'after';
let openFault: boolean;
const opens = vi.fn();

const noSpace = () =>
  Object.assign(new Error('IO error: 000005.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });

const clock: Clock = {
  now: () => now,
  after: () => ({ cancel: () => {} }),
  every: () => ({ cancel: () => {} }),
};

async function openLevel(at: string): Promise<Level> {
  opens();
  if (openFault) throw noSpace();
  const level = await openClassicLevel(at);
  return {
    ...level,
    async write(batch) {
      if (writeFault === 'before') throw noSpace();
      await level.write(batch);
      if (writeFault === 'after') throw noSpace();
    },
  };
}

function open(options: Partial<LevelStorageOptions> = {}): Promise<Storage> {
  return openLevelStorage({ path, clock, openLevel, ...options });
}

function put(key: string, value = key, expect?: number) {
  return storage.put(key, () => Buffer.from(value), { expect });
}

async function contents(): Promise<Record<string, string>> {
  const { entries } = await storage.list('');
  return Object.fromEntries(entries.map((entry) => [entry.key, entry.value.toString()]));
}

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'kubeskiff-journal-'));
  now = 1_000_000;
  writeFault = 'none';
  openFault = false;
  storage = await open();
  opens.mockClear();
});

afterEach(async () => {
  writeFault = 'none';
  openFault = false;
  await storage.close();
  await rm(path, { recursive: true });
});

describe('leveldb: writes that fail', () => {
  test('tell why, and show nowhere', async () => {
    await put('a');
    const { revision } = await put('b');
    const heard = vi.fn();
    storage.subscribe(heard);
    writeFault = 'before';
    const failed = await Promise.allSettled([
      put('c'),
      put('a', 'changed'),
      storage.delete('b', () => Buffer.from('')),
    ]);
    for (const result of failed) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'STORAGE_UNAVAILABLE', noSpace: true },
      });
    }
    expect(storage.revision()).toBe(revision);
    expect(await contents()).toEqual({ a: 'a', b: 'b' });
    expect(heard).not.toHaveBeenCalled();
  });

  test('tell another cause apart from a lack of space', async () => {
    writeFault = 'before';
    await expect(put('a')).rejects.toMatchObject({ noSpace: true });
    const other = await openLevelStorage({
      path: join(path, 'other'),
      async openLevel(at) {
        const level = await openClassicLevel(at);
        let writes = 0;
        const write: Level['write'] = (batch) =>
          writes++ === 0 ? level.write(batch) : Promise.reject(new Error('IO error'));
        return { ...level, write };
      },
    });
    await expect(other.put('a', () => Buffer.from(''))).rejects.toMatchObject({ noSpace: false });
    await other.close();
  });

  test('reads and watches go on', async () => {
    await put('a');
    await put('b');
    writeFault = 'before';
    await expect(put('c')).rejects.toThrow(UnavailableError);
    expect((await storage.get('a'))!.value.toString()).toBe('a');
    expect((await storage.list('', { revision: 2 })).entries).toHaveLength(1);
    const watch = storage.watch('', { after: 1 })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toHaveLength(2);
  });

  test('use up their revisions', async () => {
    const tried: number[] = [];
    const encode = (revision: number) => {
      tried.push(revision);
      return Buffer.from(String(revision));
    };
    await storage.put('a', encode);
    writeFault = 'before';
    await Promise.allSettled([storage.put('a', encode), storage.put('b', encode)]);
    writeFault = 'none';
    const { revision } = await storage.put('a', encode);
    expect(tried).toEqual([2, 3, 4, 5]);
    expect(revision).toBe(5);
    const watch = storage.watch('', { after: 1 })[Symbol.asyncIterator]();
    expect((await watch.next()).value!.map((event: { revision: number }) => event.revision)).toEqual([2, 5]);
    // A revision between two writes is the state after the first.
    expect((await storage.list('', { revision: 3 })).entries).toMatchObject([{ revision: 2 }]);
  });

  test('that reached the disk all the same are not there after the recovery', async () => {
    await put('a');
    writeFault = 'after';
    await expect(put('b')).rejects.toThrow(UnavailableError);
    await expect(put('a', 'changed')).rejects.toThrow(UnavailableError);
    writeFault = 'none';
    now += 200;
    const { revision } = await put('c');
    expect(await contents()).toEqual({ a: 'a', c: 'c' });
    await storage.close();
    storage = await open();
    expect(await contents()).toEqual({ a: 'a', c: 'c' });
    expect(storage.revision()).toBe(revision);
  });

  test('make nobody conflict with a state that never was', async () => {
    writeFault = 'before';
    const first = put('a', 'first', 0);
    const second = put('a', 'second', 0);
    await expect(first).rejects.toThrow(UnavailableError);
    await expect(second).rejects.toThrow(UnavailableError);
    writeFault = 'none';
    now += 200;
    await put('a', 'third', 0);
    expect(await contents()).toEqual({ a: 'third' });
  });
});

describe('leveldb: recovery', () => {
  test('is tried by the next write, then every 200 ms', async () => {
    await put('a');
    writeFault = 'before';
    await expect(put('b')).rejects.toThrow(UnavailableError);
    expect(opens).toHaveBeenCalledTimes(0);
    await expect(put('b')).rejects.toThrow(UnavailableError);
    expect(opens).toHaveBeenCalledTimes(1);
    now += 199;
    await expect(put('b')).rejects.toThrow(UnavailableError);
    expect(opens).toHaveBeenCalledTimes(1);
    now += 1;
    writeFault = 'none';
    await put('b');
    expect(opens).toHaveBeenCalledTimes(2);
    await put('c');
    expect(opens).toHaveBeenCalledTimes(2);
  });

  test('goes on where opening fails too', async () => {
    await put('a');
    writeFault = 'before';
    openFault = true;
    for (const _ of [1, 2, 3]) {
      await expect(put('b')).rejects.toMatchObject({ noSpace: true });
      now += 200;
    }
    expect(await contents()).toEqual({ a: 'a' });
    writeFault = 'none';
    openFault = false;
    await put('b');
    await storage.close();
    storage = await open();
    expect(await contents()).toEqual({ a: 'a', b: 'b' });
  });

  test('does not depend on a clock that goes forward', async () => {
    writeFault = 'before';
    for (const _ of [1, 2]) await expect(put('a')).rejects.toThrow(UnavailableError);
    writeFault = 'none';
    now -= 3_600_000;
    await put('a');
  });

  test('does not forget what was to be removed', async () => {
    await storage.close();
    const window = { events: 5, bytes: 1_000_000 };
    storage = await open({ window });
    for (let i = 0; i < 20; i++) await put('a', String(i));
    writeFault = 'before';
    // Its batch would have removed what history lost.
    await expect(storage.compact(storage.revision())).rejects.toThrow(UnavailableError);
    writeFault = 'none';
    await put('a', 'last');
    const { revision } = await storage.put('a', () => Buffer.from('very last'));
    await storage.close();
    const level = await openClassicLevel(path);
    const records: number[] = [];
    for await (const pairs of level.scan(Buffer.from('h'), Buffer.from('i'))) {
      records.push(...pairs.map(([key]) => key.readUIntBE(3, 6)));
    }
    await level.close();
    expect(records).toEqual([revision - 2, revision - 1, revision]);
    storage = await open({ window });
  });

  test('is tried once more by closing', async () => {
    await put('a');
    writeFault = 'after';
    await expect(put('b')).rejects.toThrow(UnavailableError);
    writeFault = 'before';
    await expect(put('b')).rejects.toThrow(UnavailableError);
    writeFault = 'none';
    await storage.close();
    storage = await open();
    expect(await contents()).toEqual({ a: 'a' });
  });

  test('is not needed for closing', async () => {
    await put('a');
    writeFault = 'before';
    openFault = true;
    await expect(put('b')).rejects.toThrow(UnavailableError);
    await storage.close();
    writeFault = 'none';
    openFault = false;
    storage = await open();
    expect(await contents()).toEqual({ a: 'a' });
  });
});
