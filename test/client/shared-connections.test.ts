// Writes that share connections: side by side, none sent twice, and one that is given up harms no other.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHttpsTransport } from '../../src/client/https-transport.ts';
import { type Transport, TransportError, type TransportRequest } from '../../src/client/transport.ts';

let server: Server;
let transport: Transport;
/** What came, in order, by path; those without an answer wait here. */
let arrived: { path: string; port: number; response: ServerResponse }[];
let heard: () => void;

beforeEach(async () => {
  arrived = [];
  heard = () => {};
  server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => {
      arrived.push({ path: request.url!, port: request.socket.remotePort!, response });
      heard();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  transport = openHttpsTransport({ server: `http://127.0.0.1:${port}`, shareConnections: true });
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function arrivals(count: number): Promise<void> {
  return new Promise((resolve) => {
    heard = () => {
      if (arrived.length >= count) resolve();
    };
    heard();
  });
}

function post(path: string, more: Partial<TransportRequest> = {}): Promise<string> {
  const sent = transport.send({ method: 'POST', path, headers: {}, body: '{}', ...more });
  return sent.then(async (response) => (await response.bytes()).toString());
}

function ports(): Set<number> {
  return new Set(arrived.map(({ port }) => port));
}

test('forty writes are under way together on four connections', async () => {
  const answers = Promise.all(Array.from({ length: 40 }, (_, index) => post(`/${index}`)));
  await arrivals(40);
  expect(ports().size).toBe(4);
  // the last come first: answers keep their order on a connection and find their requests
  for (const { path, response } of arrived.toReversed()) response.end(`answer of ${path}`);
  expect(await answers).toEqual(Array.from({ length: 40 }, (_, index) => `answer of /${index}`));
});

test('a write goes where the fewest wait', async () => {
  const slow = post('/slow');
  await arrivals(1);
  const quick = ['/1', '/2', '/3'].map((path) => post(path));
  await arrivals(4);
  for (const { response } of arrived.slice(1)) response.end();
  await Promise.all(quick);
  const { port } = arrived[0]!;
  const later = ['/4', '/5', '/6'].map((path) => post(path));
  await arrivals(7);
  expect(arrived.slice(1).map((request) => request.port)).not.toContain(port);
  for (const { response } of arrived) response.end();
  await Promise.all([slow, ...later]);
});

test('reads and what means many objects have connections of their own', async () => {
  const writes = Array.from({ length: 4 }, (_, index) => post(`/${index}`));
  await arrivals(4);
  const held = ports();
  const others = [
    post('/many', { method: 'DELETE', bulk: true }),
    post('/read', { method: 'GET', body: undefined }),
  ];
  await arrivals(6);
  for (const { port, response } of arrived.slice(4)) {
    expect(held).not.toContain(port);
    response.end();
  }
  await Promise.all(others);
  for (const { response } of arrived) response.end();
  await Promise.all(writes);
});

test('a broken connection fails all that were sent on it, none is sent again, and the next write has a new one', async () => {
  const outcomes = Promise.allSettled(Array.from({ length: 12 }, (_, index) => post(`/${index}`)));
  await arrivals(12);
  for (const { response } of arrived) response.socket?.destroy();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(TransportError) });
  expect(arrived).toHaveLength(12);
  const next = post('/next');
  await arrivals(13);
  arrived[12]!.response.end('here');
  expect(await next).toBe('here');
});

test('one that is given up fails at once; those beside it are answered, and it counts as under way until its answer', async () => {
  const stop = new AbortController();
  const first = Array.from({ length: 4 }, (_, index) => post(`/${index}`));
  await arrivals(4);
  const given = post('/given', { signal: stop.signal });
  const behind = Array.from({ length: 4 }, (_, index) => post(`/behind-${index}`));
  await arrivals(9);
  stop.abort(new Error('enough'));
  await expect(given).rejects.toThrow(TransportError);
  await expect(post('/never', { signal: stop.signal })).rejects.toThrow(TransportError);
  for (const { path, response } of arrived) response.end(path);
  expect(await Promise.all([...first, ...behind])).toEqual([
    '/0',
    '/1',
    '/2',
    '/3',
    '/behind-0',
    '/behind-1',
    '/behind-2',
    '/behind-3',
  ]);
  expect(ports().size).toBe(4);
  expect(arrived.map(({ path }) => path)).not.toContain('/never');
});

test('one that is given up while it waits for its turn is not sent', async () => {
  const stop = new AbortController();
  // four connections of sixteen requests each
  const full = Array.from({ length: 64 }, (_, index) => post(`/${index}`));
  await arrivals(64);
  const waiting = post('/waiting', { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow(TransportError);
  for (const { response } of arrived) response.end();
  await Promise.all(full);
  const last = post('/last');
  await arrivals(65);
  expect(arrived[64]!.path).toBe('/last');
  arrived[64]!.response.end();
  await last;
});

test('no server: every write fails, also those that waited for the connection', async () => {
  const nowhere = openHttpsTransport({ server: 'http://127.0.0.1:1', shareConnections: true });
  const request = { method: 'POST', path: '/', headers: {}, body: '{}' } as const;
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => nowhere.send(request)));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
  await nowhere.close();
});
