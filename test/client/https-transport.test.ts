// Requests over sockets: whole answers, aborts, and connections that break.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHttpsTransport } from '../../src/client/https-transport.ts';
import { type Transport, TransportError } from '../../src/client/transport.ts';

let server: Server;
let transport: Transport;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** Remote ports of the connections, one for each request. */
let ports: (number | undefined)[];

beforeEach(async () => {
  ports = [];
  server = createServer((request, response) => {
    ports.push(request.socket.remotePort);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  transport = openHttpsTransport({ server: `http://127.0.0.1:${port}`, connections: 1 });
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('status, headers and body of a whole answer', async () => {
  answer = (request, response) => {
    response.writeHead(201, { 'x-told': 'yes' });
    request.on('data', (chunk) => response.write(chunk));
    request.on('end', () => response.end(` ${request.method} ${request.url}`));
  };
  const request = { method: 'POST', path: '/a?b=c', headers: { 'content-type': 'text/plain' } } as const;
  const response = await transport.send({ ...request, body: 'said' });
  expect([response.status, response.header('x-told'), response.header('none')]).toEqual([
    201,
    'yes',
    undefined,
  ]);
  expect((await response.bytes()).toString()).toBe('said POST /a?b=c');
});

test('a connection serves many requests, also after a DELETE with a body', async () => {
  answer = (request, response) => request.resume().on('end', () => response.end('{}'));
  for (const method of ['DELETE', 'DELETE', 'GET'] as const) {
    const body = method === 'GET' ? {} : { body: '{}' };
    const response = await transport.send({ method, path: '/', headers: {}, ...body });
    expect((await response.bytes()).toString()).toBe('{}');
  }
  expect(new Set(ports).size).toBe(1);
});

test('a request whose answer is not read delays no other', async () => {
  answer = (_request, response) => response.end('x'.repeat(1_000_000));
  await transport.send({ method: 'GET', path: '/', headers: {} });
  const second = await transport.send({ method: 'GET', path: '/', headers: {} });
  expect(await second.bytes()).toHaveLength(1_000_000);
});

test('an abort ends a request that has no answer, one that waits for a connection, and one that is being read', async () => {
  const arrived = new Promise<void>((resolve) => {
    answer = () => resolve();
  });
  const stop = new AbortController();
  const request = { method: 'GET', path: '/', headers: {}, signal: stop.signal } as const;
  const both = [transport.send(request), transport.send(request)];
  const outcomes = Promise.allSettled(both);
  await arrived;
  stop.abort(new Error('enough'));
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(TransportError) });
  await expect(transport.send(request)).rejects.toThrow(TransportError);
  answer = (_request, response) => response.write('begun');
  const later = new AbortController();
  const response = await transport.send({ ...request, signal: later.signal });
  const reading = response.bytes();
  later.abort(new Error('enough'));
  await expect(reading).rejects.toThrow(TransportError);
});

test('what breaks is a TransportError: no server, no answer, half an answer', async () => {
  answer = (request) => request.socket.destroy();
  const request = { method: 'GET', path: '/', headers: {} } as const;
  await expect(transport.send(request)).rejects.toThrow(TransportError);
  answer = (httpRequest, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => httpRequest.socket.destroy());
  };
  const response = await transport.send(request);
  await expect(response.bytes()).rejects.toThrow('the connection broke while an answer was read');
  const nowhere = openHttpsTransport({ server: 'http://127.0.0.1:1' });
  await expect(nowhere.send(request)).rejects.toThrow(TransportError);
  await nowhere.close();
});

test('a watch is read as it comes', async () => {
  let write = (_text: string): void => {};
  answer = (_request, response) => {
    write = (text) => response.write(text);
    write('one\n');
  };
  const response = await transport.send({ method: 'GET', path: '/pods?watch=true', headers: {} });
  const chunks = response.stream()[Symbol.asyncIterator]();
  expect((await chunks.next()).value.toString()).toBe('one\n');
  write('two\n');
  expect((await chunks.next()).value.toString()).toBe('two\n');
});
