// Requests that ask for another protocol: watches as WebSockets, and everything else as if it had not asked.
import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { configMap, send } from './api.ts';

const path = '/api/v1/namespaces/default/configmaps';
const origin = 'http://127.0.0.1';
const authorization = 'Bearer admin-token';
const encodedToken = Buffer.from('admin-token').toString('base64url');

interface Event {
  type: string;
  object: { metadata: { name?: string; resourceVersion: string } };
}

/** What a plain client is told that asks for an upgrade. */
function ask(url: string, options: RequestOptions, body = ''): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('upgraded'));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('requests for another protocol', () => {
  let server: TestApiServer;
  let clock: TestClock;
  beforeEach(async () => {
    clock = new TestClock();
    server = await startTestApiServer({
      clock,
      storage: openMemoryStorage({ window: { events: 50, bytes: 64 * 1024 * 1024 } }),
    });
  });
  afterEach(() => server.close());
  const create = (name: string) => send(server.url, 'POST', path, { body: configMap(name) });

  /** Opens a watch; `messages` grows. */
  async function watch(query: string, protocols: string[] = [], headers: Record<string, string> = {}) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}?watch=1&${query}`, protocols, {
      headers: { authorization, ...headers },
      origin,
    });
    const messages: { data: Buffer; isBinary: boolean }[] = [];
    let told: (() => void) | undefined;
    socket.on('message', (data, isBinary) => {
      messages.push({ data: data as Buffer, isBinary });
      told?.();
    });
    await once(socket, 'open');
    const take = async (count: number): Promise<Event[]> => {
      while (messages.length < count)
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      return messages.map(({ data }) => JSON.parse(data.toString()) as Event);
    };
    return { socket, messages, take };
  }

  it('a watch sends each event as one text message', async () => {
    await create('before');
    const { socket, messages, take } = await watch('resourceVersion=0');
    await take(1);
    await Promise.all(['a', 'b', 'c'].map(create));
    const events = await take(4);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED']);
    expect(events.map(({ object }) => object.metadata.name).sort()).toEqual(['a', 'b', 'before', 'c']);
    expect(messages.every(({ data, isBinary }) => !isBinary && data.toString().endsWith('}\n'))).toBe(true);
    socket.terminate();
  });

  it('and as one message of bytes where they are protobuf', async () => {
    const accept = 'application/vnd.kubernetes.protobuf;stream=watch';
    const { socket, messages } = await watch('', [], { accept });
    await create('a');
    await expect.poll(() => messages.length).toBe(1);
    expect(messages[0]!.isBinary).toBe(true);
    // a message begins with its first field, not with its length
    expect(messages[0]!.data.subarray(0, 7).toString()).toBe('\n\u0005ADDED');
    socket.terminate();
  });

  it('it ends when its time is over', async () => {
    const { socket } = await watch('timeoutSeconds=5');
    const closed = once(socket, 'close');
    clock.advance(5000);
    expect((await closed)[0]).toBe(1000);
  });

  it('too old a version is an ERROR event before the end', async () => {
    await Promise.all(Array.from({ length: 80 }, (_, i) => create(`c${i}`)));
    const { socket, take } = await watch('resourceVersion=1');
    const closed = once(socket, 'close');
    expect(await take(1)).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    expect((await closed)[0]).toBe(1000);
  });

  it('it ends with the server, though its client does not answer', async () => {
    const { socket } = await watch('');
    const closed = once(socket, 'close');
    socket.pause();
    await server.close();
    socket.resume();
    await closed;
  });

  it('a client that goes away is forgotten', async () => {
    const { socket } = await watch('');
    socket.terminate();
    await create('a');
    expect((await send(server.url, 'GET', `${path}/a`)).status).toBe(200);
  });

  it('a token may be offered as a subprotocol, and another one is chosen', async () => {
    const protocols = [`base64url.bearer.authorization.k8s.io.${encodedToken}`, 'watch.example.com'];
    const { socket } = await watch('', protocols, { authorization: '' });
    expect(socket.protocol).toBe('watch.example.com');
    socket.terminate();
  });

  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const handshake = {
    authorization,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': key,
    'sec-websocket-version': '13',
  };

  it.each([
    ['without an origin', {}, 403],
    ['with two protocols', { origin, 'sec-websocket-protocol': 'a, b' }, 400],
    ['with a wrong key', { origin, 'sec-websocket-key': 'x' }, 400],
    ['by nobody', { origin, authorization: 'Bearer wrong' }, 401],
    [
      'with a token alone',
      {
        origin,
        authorization: '',
        'sec-websocket-protocol': `base64url.bearer.authorization.k8s.io.${encodedToken}`,
      },
      401,
    ],
  ])('a watch %s is refused', async (_, headers, status) => {
    const url = `${server.url}${path}?watch=1`;
    expect((await ask(url, { headers: { ...handshake, ...headers } })).status).toBe(status);
  });

  it('a request that is no watch is answered as if it had not asked', async () => {
    await create('a');
    const { status, text } = await ask(`${server.url}${path}/a`, { headers: { ...handshake, origin } });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ metadata: { name: 'a' } });
    const headers = { authorization, connection: 'Upgrade', upgrade: 'SPDY/3.1' };
    const exec = `${server.url}/api/v1/namespaces/default/pods/none/exec?command=date`;
    expect((await ask(exec, { method: 'POST', headers })).status).toBe(404);
  });

  it('a body that comes with it is refused', async () => {
    const headers = { authorization, connection: 'Upgrade', upgrade: 'h2c', 'content-length': '2' };
    const { status, text } = await ask(`${server.url}${path}`, { method: 'POST', headers }, '{}');
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ reason: 'BadRequest' });
  });
});
