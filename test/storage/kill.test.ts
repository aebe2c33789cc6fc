// A process that writes is killed at random moments, again and again. What it was told to be written is there, whole and in
// order, and no revision comes twice.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemRandom } from '../../src/api/clock.ts';
import { openLevelStorage } from '../../src/storage/backends/leveldb.ts';
import type { Entry, Storage, StorageEvent } from '../../src/storage/storage.ts';

const rounds = 10;
const window = { events: 700, bytes: 64_000_000 };
// Below the project, so that it finds the packages.
const program = join(import.meta.dirname, `../../node_modules/.kill-writer-${process.pid}.mjs`);
let directory: string;

interface Ack {
  type: string;
  key: string;
  revision: number;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeskiff-kill-'));
  const entryPoints = [join(import.meta.dirname, 'kill-writer.ts')];
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  await rm(program, { force: true });
});

test('kill -9 loses no acknowledged write', async () => {
  const path = join(directory, 'store');
  const acks: Ack[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = acks.at(-1)?.revision ?? 1;
    const told = await killedAfter(200 + Math.floor(systemRandom.float() * 4_000), [path, String(round)]);
    expect(Math.min(...told.map((ack) => ack.revision))).toBeGreaterThan(before);
    acks.push(...told.sort((a, b) => a.revision - b.revision));
    expect(new Set(acks.map((ack) => ack.revision)).size).toBe(acks.length);

    const storage = await openLevelStorage({ path, window });
    const state = (await storage.list('')).entries;
    const history = storage.timeline.eventsAfter(storage.compactedRevision());
    expectAcknowledged(acks, state, history, storage);
    for (const entry of state) expectWhole(entry);
    for (const event of history) expectWhole(event.entry);
    await expectContinuous(storage, state, history);
    // What was found counts as acknowledged from now on: it may not vanish or come again.
    for (const event of history) {
      const known = acks.some((ack) => ack.revision === event.revision);
      if (!known) acks.push({ type: event.type, key: event.key, revision: event.revision });
    }
    acks.sort((a, b) => a.revision - b.revision);
    await storage.close();
  }
  expect(acks.length).toBeGreaterThan(rounds * 200);
});

/** Starts the writer, kills it once it has told of `n` writes, and returns all that it told. */
async function killedAfter(n: number, [path, round]: [string, string]): Promise<Ack[]> {
  const args = [program, path, round, String(window.events)];
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let lines = 0;
  for await (const chunk of child.stdout) {
    output += chunk;
    lines += String(chunk).split('\n').length - 1;
    if (lines >= n) child.kill('SIGKILL');
  }
  expect(lines).toBeGreaterThanOrEqual(n);
  const told = output.slice(0, output.lastIndexOf('\n')).split('\n');
  return told.map((line) => {
    const [type, key, revision] = line.split(' ') as [string, string, string];
    return { type, key, revision: Number(revision) };
  });
}

function expectAcknowledged(
  acks: Ack[],
  state: readonly Entry[],
  history: StorageEvent[],
  storage: Storage,
): void {
  const last = new Map(acks.map((ack) => [ack.key, ack]));
  const entries = new Map(state.map((entry) => [entry.key, entry]));
  const events = new Map(history.map((event) => [event.revision, event]));
  for (const { type, key, revision } of last.values()) {
    const entry = entries.get(key);
    // A writer has one write under way; that one may have been committed without anybody being told.
    const overtaken = history.some((event) => event.key === key && event.revision > revision);
    if (overtaken) continue;
    expect(entry?.revision, `${type} ${key}`).toBe(type === 'put' ? revision : undefined);
  }
  for (const { type, key, revision } of acks) {
    if (revision > storage.compactedRevision()) expect(events.get(revision)).toMatchObject({ type, key });
  }
}

function expectWhole(entry: Entry): void {
  const text = entry.value.toString();
  const body = text.slice(41);
  expect(createHash('sha1').update(body).digest('hex')).toBe(text.slice(0, 40));
  expect(JSON.parse(body)).toMatchObject({ key: entry.key, revision: entry.revision });
}

/** The oldest state and the events after it make the newest state. */
async function expectContinuous(
  storage: Storage,
  state: readonly Entry[],
  history: StorageEvent[],
): Promise<void> {
  const oldest = await storage.list('', { revision: storage.compactedRevision() });
  const entries = new Map(oldest.entries.map((entry) => [entry.key, entry]));
  let revision = storage.compactedRevision();
  for (const event of history) {
    expect(event.revision).toBeGreaterThan(revision);
    revision = event.revision;
    expect(event.previous).toBe(entries.get(event.key));
    expect(event.type === 'put' || event.previous !== undefined).toBe(true);
    if (event.type === 'put') entries.set(event.key, event.entry);
    else entries.delete(event.key);
  }
  expect(revision).toBe(storage.revision());
  expect([...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(state);
  for (const [key, entry] of entries) expect(await storage.get(key)).toBe(entry);
}
