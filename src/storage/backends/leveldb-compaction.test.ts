import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Storage } from '../storage.ts';
import { type Level, openClassicLevel } from './level.ts';
import { type LevelStorageOptions, openLevelStorage } from './leveldb.ts';
import { LevelCompaction } from './leveldb-compaction.ts';

let path: string;
const compact = vi.fn<(level: Level) => void>();

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'kubeskiff-compaction-'));
  compact.mockReset();
});

afterEach(() => rm(path, { recursive: true }));

const window = { events: 10, bytes: 1_000_000_000 };

function open(options: Partial<LevelStorageOptions> = {}): Promise<Storage> {
  return openLevelStorage({
    path,
    window,
    async openLevel(at) {
      const level = await openClassicLevel(at);
      return {
        ...level,
        compact(from, to) {
          compact(level);
          return level.compact(from, to);
        },
      };
    },
    ...options,
  });
}

const valueBytes = 10_000;

/** Writes objects that no compression makes smaller, and removes them again. */
async function churn(storage: Storage, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    const names = Array.from({ length: 100 }, (_, i) => `k${done + i}`);
    await Promise.all(names.map((key) => storage.put(key, () => randomBytes(valueBytes))));
    await Promise.all(names.map((key) => storage.delete(key, () => Buffer.from('gone'))));
  }
}

async function filesBytes(): Promise<number> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.ldb'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('disk space of removed records', () => {
  test('is taken back when there is enough of it, and what is stored stays', async () => {
    const storage = await open({ compactAfter: 10_000_000 });
    await storage.put('kept', () => Buffer.from('1'));
    await churn(storage, 3_000);
    await storage.close();
    expect(compact.mock.calls.length).toBeGreaterThanOrEqual(1);
    expect(compact.mock.calls.length).toBeLessThanOrEqual(3);
    // 30 MB were written; a part may wait for the next time
    expect(await filesBytes()).toBeLessThan(21_000_000);
    const again = await open();
    expect((await again.list('')).entries.map(({ key }) => key)).toEqual(['kept']);
    await again.close();
  });

  test.each([
    [154, 1],
    [155, 0],
  ])(
    'counts what updates replaced, and deletions with what they deleted: %d bytes',
    async (compactAfter, times) => {
      const storage = await open({ compactAfter });
      await storage.put('a', () => Buffer.alloc(100));
      await storage.put('a', () => Buffer.alloc(50));
      await storage.delete('a', () => Buffer.from('gone'));
      await storage.put('kept', () => Buffer.alloc(1_000));
      await storage.compact(storage.revision());
      await storage.close();
      expect(compact).toHaveBeenCalledTimes(times);
    },
  );

  test('is left alone below that', async () => {
    const storage = await open({ compactAfter: 100_000_000 });
    await churn(storage, 1_500);
    await storage.close();
    expect(compact).not.toHaveBeenCalled();
    expect(await filesBytes()).toBeGreaterThan(5_000_000);
  });

  test('is taken back by the next process where one left much behind', async () => {
    const first = await open({ compactAfter: 1_000_000_000 });
    await churn(first, 1_500);
    await first.close();
    const left = await filesBytes();
    const next = await open({ compactAfter: 20_000_000 });
    expect(compact).not.toHaveBeenCalled();
    // with the next thousand records that are removed anyway
    await churn(next, 700);
    await next.close();
    expect(compact).toHaveBeenCalledTimes(1);
    expect(await filesBytes()).toBeLessThan(left);
  });

  test('writes go on when that fails', async () => {
    const info = vi.fn();
    const storage = await open({
      compactAfter: 1_000_000,
      logger: { info, warn: info },
      async openLevel(at) {
        return { ...(await openClassicLevel(at)), compact: () => Promise.reject(new Error('IO error')) };
      },
    });
    await churn(storage, 1_500);
    await storage.put('last', () => Buffer.from('1'));
    expect((await storage.get('last'))?.value.toString()).toBe('1');
    expect(info.mock.calls.map(([, message]) => message)).toContain('storage could not take back space');
    await storage.close();
  });
});

test('one at a time', async () => {
  const ends: (() => void)[] = [];
  const level = { compact: () => new Promise<void>((resolve) => ends.push(resolve)) } as unknown as Level;
  const compaction = new LevelCompaction(10, undefined);
  compaction.add(9);
  compaction.run(level, 1);
  expect(ends).toHaveLength(0);
  compaction.add(1);
  compaction.run(level, 2);
  compaction.add(10);
  compaction.run(level, 3);
  expect(ends).toHaveLength(1);
  ends[0]!();
  await Promise.resolve();
  compaction.run(level, 4);
  expect(ends).toHaveLength(2);
});
