// A disk that is really full: a small file system in memory. Needs root; is skipped, saying so, where there is none.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/api/clock.ts';
import { openLevelStorage } from '../../src/storage/backends/leveldb.ts';
import { type Storage, UnavailableError } from '../../src/storage/storage.ts';

let now = 0;
const clock: Clock = {
  now: () => now,
  after: () => ({ cancel: () => {} }),
  every: () => ({ cancel: () => {} }),
};

// Values that do not compress.
const value = (key: string, revision: number) => {
  const bytes = Buffer.alloc(64 * 1024);
  for (let i = 0, x = revision * 2_654_435_761; i < bytes.length; i += 4) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(x, i);
  }
  bytes.write(`${key}@${revision} `);
  return bytes;
};

test('a full disk refuses writes, loses none, and serves again when there is room', async ({ skip }) => {
  const directory = await smallDisk();
  if (typeof directory !== 'string') return skip(directory.reason);
  const path = join(directory, 'store');
  const filler = join(directory, 'filler');
  await writeFile(filler, Buffer.alloc(12 * 1024 * 1024));
  let storage = await openLevelStorage({ path, clock });
  onTestFinished(() => storage.close());

  const acknowledged = new Map<string, number>();
  const tried = new Set<number>();
  const put = async (key: string): Promise<void> => {
    const encode = (revision: number) => {
      tried.add(revision);
      return value(key, revision);
    };
    acknowledged.set(key, (await storage.put(key, encode)).revision);
  };

  // Several at once, so that a group fails as a whole.
  let failures: unknown[] = [];
  for (let n = 0; failures.length === 0; n++) {
    const results = await Promise.allSettled([0, 1, 2, 3].map((i) => put(`pods/a/${n}-${i}`)));
    failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(failure).toMatchObject({ noSpace: true });
  }
  expect(acknowledged.size).toBeGreaterThan(10);
  await expectExactly(storage, acknowledged);

  // No better while it is full.
  for (let i = 0; i < 3; i++) {
    now += 200;
    await expect(put('pods/a/still')).rejects.toMatchObject({ noSpace: true });
  }
  await expectExactly(storage, acknowledged);

  await rm(filler);
  now += 200;
  const highest = Math.max(...tried);
  await put('pods/a/after');
  expect(acknowledged.get('pods/a/after')).toBeGreaterThan(highest);
  for (let i = 0; i < 20; i++) await put(`pods/b/${i}`);
  await expectExactly(storage, acknowledged);

  await storage.close();
  storage = await openLevelStorage({ path, clock });
  await expectExactly(storage, acknowledged);
});

async function expectExactly(storage: Storage, acknowledged: Map<string, number>): Promise<void> {
  const { entries } = await storage.list('');
  expect(new Map(entries.map((entry) => [entry.key, entry.revision]))).toEqual(acknowledged);
  for (const { key, value: bytes, revision } of entries)
    expect(bytes.equals(value(key, revision))).toBe(true);
}

/** A file system of 24 MB, or why there is none. */
async function smallDisk(): Promise<string | { reason: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'kubeskiff-full-disk-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    return { reason: `a small file system cannot be mounted here: ${(error as Error).message}` };
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
  return directory;
}
