import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { storageContract } from '../contract.ts';
import { FormatError, LockedError, type Storage } from '../storage.ts';
import { openClassicLevel } from './level.ts';
import { openLevelStorage } from './leveldb.ts';
import { formatKey, recordKey } from './leveldb-record.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeskiff-leveldb-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

storageContract(
  'leveldb',
  ({ place, window }) => openLevelStorage({ path: join(directory, place), window }),
  {
    durable: true,
    spansResources: true,
    endsSlowWatches: true,
  },
);

describe('leveldb: the directory', () => {
  test('is made, for nobody else to read', async () => {
    const path = join(directory, 'new', 'deep');
    await opened(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test('is locked while it is open', async () => {
    const path = join(directory, 'locked');
    const storage = await opened(path);
    await expect(openLevelStorage({ path })).rejects.toThrow(LockedError);
    await expect(openLevelStorage({ path })).rejects.toThrow(`${path} is in use by another process`);
    await storage.put('pods/a/x', () => Buffer.from('1'));
    await storage.close();
    expect((await (await opened(path)).list('')).entries).toHaveLength(1);
  });

  test('of another format is refused and left alone', async () => {
    const path = join(directory, 'format');
    await (await opened(path)).close();
    const level = await openClassicLevel(path);
    await level.write({ puts: [[formatKey, Buffer.from('99')]], deletes: [] });
    await level.close();
    await expect(openLevelStorage({ path })).rejects.toThrow(FormatError);
    await expect(openLevelStorage({ path })).rejects.toThrow(
      'has storage format 99 and this version reads 1: use',
    );
  });

  test('of another program is refused and left alone', async () => {
    const path = join(directory, 'foreign');
    const level = await openClassicLevel(path);
    await level.write({ puts: [[Buffer.from('x'), Buffer.from('y')]], deletes: [] });
    await level.close();
    await expect(openLevelStorage({ path })).rejects.toThrow('holds a LevelDB of something else');
    const again = await openClassicLevel(path);
    expect(await keys(again)).toEqual(['x']);
    await again.close();
  });

  test('with a damaged record is refused', async () => {
    const path = join(directory, 'damaged');
    await (await opened(path)).close();
    for (const bytes of [[], [1, 2, 3], [9, ...Array(30).fill(0)], [1, ...Array(8).fill(0), 255, 0, 0, 0]]) {
      const level = await openClassicLevel(path);
      await level.write({ puts: [[recordKey(7), Buffer.from(bytes)]], deletes: [] });
      await level.close();
      await expect(openLevelStorage({ path })).rejects.toThrow('is damaged');
    }
  });
});

describe('leveldb: the log', () => {
  test('keeps a record for each event of the history, and the newest of each older key', async () => {
    const path = join(directory, 'log');
    const storage = await opened(path, { events: 3, bytes: 1_000_000 });
    for (const key of ['a', 'a', 'a', 'b', 'c', 'c']) await storage.put(key, () => Buffer.from('1'));
    await storage.delete('c', () => Buffer.from('1'));
    for (const _ of [1, 2, 3, 4]) await storage.put('d', () => Buffer.from('1'));
    await storage.close();
    // Revisions: a 2 3 4, b 5, c 6 7, c gone 8, d 9 10 11 12. History: 10 11 12, of which 10 needs 9.
    expect(await recordsOf(path)).toEqual([4, 5, 9, 10, 11, 12]);
  });

  test('is tidied up in the course of writing, a thousand records at a time', async () => {
    const path = join(directory, 'tidy');
    const window = { events: 10, bytes: 1_000_000 };
    const storage = await opened(path, window);
    const written: number[] = [];
    const level = await spied(join(directory, 'spied'), window, (deletes) => written.push(deletes));
    for (const store of [storage, level]) {
      for (let round = 0; round < 30; round++) {
        await Promise.all(
          Array.from({ length: 100 }, (_, i) => store.put(`k${i % 7}`, () => Buffer.from('1'))),
        );
      }
    }
    expect(written.filter((n) => n > 0).length).toBe(2);
    expect(Math.min(...written.filter((n) => n > 0))).toBeGreaterThanOrEqual(1_000);
    await storage.close();
    // 10 events, and what is older: the state at the oldest revision that can be read.
    expect(await recordsOf(path)).toHaveLength(10 + 7);
  });

  test('with a smaller window is tidied up when it is opened', async () => {
    const path = join(directory, 'smaller');
    const storage = await opened(path);
    for (let i = 0; i < 50; i++) await storage.put('k', () => Buffer.from('1'));
    await storage.close();
    const smaller = await opened(path, { events: 5, bytes: 1_000_000 });
    expect(smaller.compactedRevision()).toBe(46);
    await smaller.close();
    expect(await recordsOf(path)).toEqual([46, 47, 48, 49, 50, 51]);
  });
});

async function opened(path: string, window = { events: 20_000, bytes: 64_000_000 }): Promise<Storage> {
  const storage = await openLevelStorage({ path, window });
  onTestFinished(() => storage.close());
  return storage;
}

/** A storage that tells how many records each batch removes. */
async function spied(
  path: string,
  window: { events: number; bytes: number },
  tell: (deletes: number) => void,
) {
  const storage = await openLevelStorage({
    path,
    window,
    async openLevel(at) {
      const level = await openClassicLevel(at);
      return {
        ...level,
        write(batch) {
          tell(batch.deletes.length);
          return level.write(batch);
        },
      };
    },
  });
  onTestFinished(() => storage.close());
  return storage;
}

async function keys(level: Awaited<ReturnType<typeof openClassicLevel>>): Promise<string[]> {
  const found: string[] = [];
  for await (const pairs of level.scan(Buffer.alloc(0), Buffer.alloc(16, 0xff))) {
    for (const [key] of pairs) found.push(key.toString('latin1'));
  }
  return found;
}

async function recordsOf(path: string): Promise<number[]> {
  const level = await openClassicLevel(path);
  const found = await keys(level);
  await level.close();
  return found.filter((key) => key.startsWith('h')).map((key) => Buffer.from(key, 'latin1').readUIntBE(3, 6));
}
