// What is no request, what is one by an unusual method, and what plain paths answer to it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokenRequestAnswer, brokenRequestAnswer } from '../../src/apiserver/broken-requests.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { send } from './api.ts';

describe('broken requests', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  /** Sends bytes; status line and body of what comes back until the server ends the connection. */
  async function raw(bytes: string): Promise<{ line: string; body: string }> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    const [head = '', ...rest] = text.split('\r\n\r\n');
    return { line: head.split('\r\n')[0]!, body: rest.join('\r\n\r\n') };
  }

  const admin = 'Host: x\r\nConnection: close\r\nAuthorization: Bearer admin-token\r\n\r\n';

  it.each([
    ['garbage\r\n\r\n', 'HTTP/1.1 400 Bad Request', '400 Bad Request'],
    [`GET /%zz HTTP/1.1\r\n${admin}`, 'HTTP/1.1 400 Bad Request', '400 Bad Request'],
    [
      `GET /api HTTP/1.1\r\nX: ${'y'.repeat(1_100_000)}\r\n${admin}`,
      'HTTP/1.1 431 Request Header Fields Too Large',
      '431 Request Header Fields Too Large',
    ],
  ])('are told in text what they are: %.20j', async (bytes, line, text) => {
    const answer = await raw(bytes);
    expect(answer.line).toBe(line);
    expect(answer.body).toContain(text);
    expect(answer.body).not.toContain('statusCode');
  });

  it('of a method that resources do not know get 405', async () => {
    const { line, body } = await raw(`PROPFIND /api/v1/nodes HTTP/1.1\r\n${admin}`);
    expect(line).toBe('HTTP/1.1 405 Method Not Allowed');
    expect(body).toContain('"reason":"MethodNotAllowed"');
    expect((await send(server.url, 'PUT', '/version', { body: {} })).status).toBe(405);
  });

  it('are understood that name the whole URL, as through a proxy', async () => {
    const { line, body } = await raw(`GET ${server.url}/version?a=b HTTP/1.1\r\n${admin}`);
    expect(line).toBe('HTTP/1.1 200 OK');
    expect(body).toContain('"gitVersion"');
  });

  it('whose body does not come end with the status of late ones', () => {
    const written: string[] = [];
    let isDestroyed = false;
    const socket = {
      writable: true,
      end: (text: string) => written.push(text),
      resume: () => {},
      destroy: () => {
        isDestroyed = true;
      },
    } as unknown as Parameters<BrokenRequestAnswer>[1];
    const error = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    const clock = new TestClock();
    brokenRequestAnswer(clock)(error, socket);
    expect(isDestroyed).toBe(false);
    clock.advance(500);
    expect(isDestroyed).toBe(true);
    expect(written.join('')).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(written.join('')).toContain('request did not complete within the allotted timeout');
    expect(server.server.app.server.requestTimeout).toBe(60_000);
  });

  it('ask for health by any method, at these very paths', async () => {
    const status = async (method: string, path: string): Promise<number> =>
      (await send(server.url, method, path)).status;
    expect(await status('HEAD', '/readyz')).toBe(200);
    expect(await status('POST', '/healthz')).toBe(200);
    expect(await status('GET', '/livez/')).toBe(404);
  });

  it('take null for an empty object', async () => {
    const { status, body } = await send(server.url, 'POST', '/api/v1/namespaces/default/configmaps', {
      body: 'null',
    });
    expect(status).toBe(422);
    expect(body.message).toContain('name or generateName is required');
  });

  it.each([
    ['5', 400, 'time: missing unit in duration "5"'],
    ['5x', 400, 'time: unknown unit "x" in duration "5x"'],
    ['-5s', 200, undefined],
    ['.5s', 200, undefined],
  ])('with timeout=%s get %i', async (timeout, status, why) => {
    const answer = await send(server.url, 'GET', `/api/v1/nodes?timeout=${timeout}`);
    expect(answer.status).toBe(status);
    if (why) expect(answer.body.message).toBe(`invalid timeout specified in the request URL - ${why}`);
  });

  it('get OpenAPI documents in what they accept, or nothing', async () => {
    const read = async (path: string, accept: string) => {
      const { status, headers } = await send(server.url, 'GET', path, {
        headers: { accept, 'accept-encoding': 'gzip' },
      });
      return [status, headers['content-encoding'], headers['vary']];
    };
    const gzip = [200, 'gzip', 'Accept, Accept-Encoding'];
    for (const path of ['/openapi/v2', '/openapi/v3/apis/apps/v1']) {
      expect(await read(path, 'text/html')).toEqual([406, undefined, 'Accept']);
      expect(await read(path, 'text/html,*/*;q=0.1')).toEqual(gzip);
    }
    const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    for (const [path, version] of [
      ['/openapi/v2', 'v2'],
      ['/openapi/v3/apis/apps/v1', 'v3'],
    ] as const) {
      const accept = `application/json;q=0.5,${protobuf.replace('v2', version)}`;
      const { headers } = await send(server.url, 'GET', path, {
        headers: { accept, 'accept-encoding': 'gzip;q=0' },
      });
      expect(headers['content-type']).toBe(
        `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`,
      );
      expect(headers['content-encoding']).toBeUndefined();
    }
  });
});
