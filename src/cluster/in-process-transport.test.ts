import { expect, test } from 'vitest';
import type { Pipeline } from '../apiserver/pipeline.ts';
import { openInProcessTransport } from './in-process-transport.ts';

const get = { method: 'GET', path: '/x', headers: {} } as const;

async function texts(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const found: string[] = [];
  for await (const chunk of chunks) found.push(chunk.toString());
  return found;
}

test('a request and its response pass whole', async () => {
  const seen: unknown[] = [];
  const transport = openInProcessTransport(async (request, response, body) => {
    seen.push([request.method, request.url, request.headers, body.toString()]);
    response.writeHead(201, { 'Content-Type': 'text/plain' });
    response.end(Buffer.from('done'));
  });
  const response = await transport.send({
    method: 'POST',
    path: '/x?y=1',
    headers: { a: 'b' },
    body: 'hello',
  });
  expect(seen).toEqual([['POST', '/x?y=1', { a: 'b' }, 'hello']]);
  expect([response.status, response.header('content-type'), (await response.bytes()).toString()]).toEqual([
    201,
    'text/plain',
    'done',
  ]);
});

test('a writer is told when its reader is behind, and when he has caught up', async () => {
  const big = Buffer.alloc(300 * 1024);
  const log: string[] = [];
  const transport = openInProcessTransport(async (_request, response) => {
    response.writeHead(200, {});
    log.push(`fits: ${response.write('small')}`, `fits: ${response.write(big)}`);
    response.once('drain', () => {
      log.push(`waiting: ${response.writableLength}`);
      response.end();
    });
  });
  const response = await transport.send(get);
  expect((await response.bytes()).length).toBe(5 + big.length);
  expect(log).toEqual(['fits: true', 'fits: false', 'waiting: 0']);
});

test('an abort closes the response at the server and breaks the reader', async () => {
  let closed = false;
  const pipeline: Pipeline = async (_request, response) => {
    response.writeHead(200, {});
    response.write('first');
    response.once('close', () => {
      closed = true;
    });
  };
  const transport = openInProcessTransport(pipeline);
  const stop = new AbortController();
  const response = await transport.send({ ...get, signal: stop.signal });
  const reading = texts(response.stream());
  stop.abort();
  await expect(reading).rejects.toThrow('the connection broke');
  expect(closed).toBe(true);
  await expect(transport.send({ ...get, signal: stop.signal })).rejects.toThrow();
});

test('a reader that leaves closes the response', async () => {
  let closed = false;
  const transport = openInProcessTransport(async (_request, response) => {
    response.writeHead(200, {});
    response.once('close', () => {
      closed = true;
    });
    response.write('first');
  });
  for await (const _chunk of (await transport.send(get)).stream()) break;
  expect(closed).toBe(true);
});

test('closing ends open streams and refuses new requests', async () => {
  const transport = openInProcessTransport(async (_request, response) => {
    response.writeHead(200, {});
  });
  const reading = texts((await transport.send(get)).stream());
  await transport.close();
  await expect(reading).rejects.toThrow('the connection broke');
  await expect(transport.send(get)).rejects.toThrow('the transport is closed');
});

test('a handler that breaks off before the head rejects', async () => {
  const transport = openInProcessTransport(async (_request, response) => {
    response.destroy();
  });
  await expect(transport.send(get)).rejects.toThrow('the connection broke');
});
