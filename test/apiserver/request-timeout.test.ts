// A write whose storage never answers: the client hears of it after 60 s, and the server goes on.
import { expect, it } from 'vitest';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { configMap, send } from './api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

it.each([
  ['after 60 s', '', 59_000, 2_000],
  ['after the time it asked for', '?timeout=5s', 4_000, 2_000],
])('ends a request %s', async (_, query, before, after) => {
  const clock = new TestClock();
  const storage = openMemoryStorage();
  await using server = await startTestApiServer({ clock, storage });
  let asked = (): void => {};
  const waits = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const put = storage.put.bind(storage);
  const slow: Storage['put'] = async (...args) => {
    asked();
    await released;
    return put(...args);
  };
  Object.assign(storage, { put: slow });
  let ended = false;
  const answer = send(server.url, 'POST', configMaps + query, { body: configMap('a') }).finally(() => {
    ended = true;
  });
  await waits;
  clock.advance(before);
  expect((await send(server.url, 'GET', configMaps)).status).toBe(200);
  expect(ended).toBe(false);
  clock.advance(after);
  const { status, body } = await answer;
  release();
  expect(status).toBe(504);
  expect(body).toMatchObject({ status: 'Failure', reason: 'Timeout' });
  expect(body.message).toContain('request did not complete within the allotted timeout');
});
