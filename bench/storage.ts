// Storage by itself: group commit, reads and fan-out. To run it:
// npx esbuild bench/storage.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench-storage.mjs
// node dist/bench-storage.mjs
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLevelStorage } from '../src/storage/backends/leveldb.ts';
import { openMemoryStorage } from '../src/storage/backends/memory.ts';
import type { Storage } from '../src/storage/storage.ts';
import type { Attributes } from '../src/storage/watch-cache.ts';
import { openWatchCaches } from '../src/storage/watch-caches.ts';

const value = Buffer.from(
  JSON.stringify({ x: Array.from({ length: 100 }, (_, i) => (i * 7919).toString(36).repeat(4)) })
    .slice(0, 2_000)
    .padEnd(2_000),
);
const directory = mkdtempSync(join(tmpdir(), 'kubeskiff-bench-'));

function report(name: string, figure: number, unit: string): void {
  console.log(`${name.padEnd(58)} ${figure >= 100 ? Math.round(figure) : figure.toFixed(3)} ${unit}`);
}

/** Closed-loop writers that update keys. */
async function writers(storage: Storage, n: number, total: number): Promise<number> {
  let left = total;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: n }, async (_, i) => {
      while (left-- > 0)
        await storage.put(`pods/ns-${i % 10}/pod-${left % 20_000}`, () => Buffer.from(value));
    }),
  );
  return (total / (performance.now() - started)) * 1_000;
}

function time(n: number, fn: () => void): number {
  for (let i = 0; i < n / 10; i++) fn();
  const started = performance.now();
  for (let i = 0; i < n; i++) fn();
  return (performance.now() - started) / n;
}

async function commits(): Promise<void> {
  for (const [n, total] of [
    [1, 5_000],
    [32, 60_000],
    [256, 150_000],
  ] as const) {
    const path = join(directory, `w${n}`);
    const storage = await openLevelStorage({ path });
    report(`leveldb, ${n} writers, 2 kB`, await writers(storage, n, total), 'writes/s');
    await storage.close();
    const opening = performance.now();
    await (await openLevelStorage({ path })).close();
    report(`  open and close again after ${total} writes`, performance.now() - opening, 'ms');
    const memory = openMemoryStorage();
    report(`memory, ${n} writers, 2 kB`, await writers(memory, n, total * 2), 'writes/s');
  }
}

async function reads(objects: number): Promise<void> {
  const storage = openMemoryStorage();
  const caches = openWatchCaches(storage, { restamp: (bytes) => bytes });
  const pods = caches.resource('pods/', () => ({ labels: undefined, fields: {} }));
  for (let at = 0; at < objects; at += 1_000) {
    await Promise.all(
      Array.from({ length: Math.min(1_000, objects) }, (_, i) => {
        const companion: Attributes = {
          labels: { app: `a${i % 50}` },
          fields: { 'spec.nodeName': `n${i % 100}` },
        };
        return storage.put(`pods/ns-${i % 10}/pod-${at + i}`, () => Buffer.from(value), { companion });
      }),
    );
  }
  const size = `${objects} objects`;
  let i = 0;
  report(
    `${size}: get`,
    time(200_000, () => pods.get(`pods/ns-${i++ % 10}/pod-${i % objects}`)) * 1_000,
    'us',
  );
  report(
    `${size}: list limit=500`,
    time(2_000, () => pods.list({ prefix: 'pods/', limit: 500 })),
    'ms',
  );
  const first = pods.list({ prefix: 'pods/', limit: 500 });
  report(
    `${size}: its second page`,
    time(2_000, () =>
      pods.list({ prefix: 'pods/', limit: 500, revision: first.revision, after: first.lastKey! }),
    ),
    'ms',
  );
  report(
    `${size}: list all`,
    time(objects > 50_000 ? 20 : 200, () => pods.list({ prefix: 'pods/' })),
    'ms',
  );
  const none = (attributes: Attributes) => attributes.labels?.['app'] === 'none';
  report(
    `${size}: filtered list, no match`,
    time(objects > 50_000 ? 20 : 300, () => pods.list({ prefix: 'pods/', filter: none })),
    'ms',
  );
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 20_000 }, (_, at) =>
      storage.put(`pods/ns-${at % 10}/pod-${(at * 7) % objects}`, () => Buffer.from(value)),
    ),
  );
  report(`${size}: 20000 writes`, (20_000 / (performance.now() - started)) * 1_000, 'writes/s');
  const again = performance.now();
  pods.list({ prefix: 'pods/', limit: 1, revision: pods.oldestRevision() + 10 });
  report(`${size}: a list 20000 events ago, first time`, performance.now() - again, 'ms');
  for (const paging of [false, true]) {
    const begun = performance.now();
    for (let round = 0; round < 200; round++) {
      if (paging) pods.list({ prefix: 'pods/', limit: 500 });
      await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          storage.put(`pods/ns-${at % 10}/pod-${(at * 97 + round) % objects}`, () => Buffer.from(value)),
        ),
      );
    }
    report(
      `${size}: groups of 100 writes, ${paging ? 'with' : 'without'} a snapshot each`,
      (20_000 / (performance.now() - begun)) * 1_000,
      'writes/s',
    );
  }
  await storage.close();
}

async function fanOut(watchers: number, distinct: boolean): Promise<void> {
  const storage = openMemoryStorage();
  const caches = openWatchCaches(storage, { restamp: (bytes) => bytes });
  const pods = caches.resource('pods/', () => ({ labels: undefined, fields: {} }));
  let delivered = 0;
  for (let i = 0; i < watchers; i++) {
    const filter = (attributes: Attributes) => attributes.labels?.['app'] === `a${i % 50}`;
    const scope = distinct ? { prefix: '', filterKey: `f${i}`, filter } : { prefix: '', filterKey: '' };
    pods.watch(
      scope,
      1,
      (events) => {
        delivered += events.length;
      },
      () => {},
    );
  }
  const started = performance.now();
  const cpu = process.cpuUsage();
  for (let round = 0; round < 100; round++) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        storage.put(`pods/a/p${i}`, () => value, { companion: { labels: { app: `a${i}` }, fields: {} } }),
      ),
    );
  }
  const used = process.cpuUsage(cpu);
  report(
    `5000 events to ${watchers} watchers, ${distinct ? 'each its own selector' : 'one audience'} (${delivered})`,
    (used.user + used.system) / 1_000,
    'ms cpu',
  );
  report('  wall', performance.now() - started, 'ms');
  await storage.close();
}

await commits();
for (const objects of [1_000, 10_000, 100_000]) await reads(objects);
for (const distinct of [false, true]) await fanOut(200, distinct);
rmSync(directory, { recursive: true });
