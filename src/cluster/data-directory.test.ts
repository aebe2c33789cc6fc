import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, readRecord, removeRecord, writeRecord } from './data-directory.ts';

let folder: string;
let server: Server;
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubeskiff-test-'));
  server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const record = () => ({ pid: process.pid, url, kubeconfig: '/k', nodes: ['node-1'], startedAt: 1 });

test('the record of a cluster that runs is found', async () => {
  expect(await readRecord(folder)).toBeUndefined();
  writeRecord(folder, record());
  expect(await readRecord(folder)).toEqual(record());
  removeRecord(folder);
  expect(await readRecord(folder)).toBeUndefined();
});

test('what a killed cluster left is not taken for a running one', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  expect(isAlive(pid)).toBe(false);
  writeRecord(folder, { ...record(), pid });
  expect(await readRecord(folder)).toBeUndefined();
  // its number is another process' now
  await new Promise((resolve) => server.close(resolve));
  writeRecord(folder, record());
  expect(await readRecord(folder)).toBeUndefined();
});

test('a record that is no JSON counts as none', async () => {
  writeFileSync(join(folder, 'cluster.json'), '{');
  expect(await readRecord(folder)).toBeUndefined();
});
