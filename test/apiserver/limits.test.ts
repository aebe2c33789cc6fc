// Limits and bad input: every answer is a Status, nothing hangs, nothing is stored or lost by it.
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { configMap, send } from './api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

describe('limits', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it('refuses a body over 3 MiB with 413', async () => {
    const { status, body } = await send(server.url, 'POST', configMaps, {
      body: configMap('big', { a: 'x'.repeat(3_200_000) }),
    });
    expect(status).toBe(413);
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    });
  });

  it('answers broken JSON with 400 and what is wrong', async () => {
    const { status, body } = await send(server.url, 'POST', configMaps, { body: '{"metadata":' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ kind: 'Status', reason: 'BadRequest' });
    expect(body.message).toContain('unexpected end of JSON input');
  });

  it('survives very deep nesting', async () => {
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    const { status } = await send(server.url, 'POST', configMaps, { body: deep });
    expect(status).toBe(400);
  });

  it('keeps a prototype name as an ordinary key', async () => {
    const body =
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"proto","labels":{"constructor":"x"}},"data":{"__proto__":"a","toString":"b"}}';
    const made = await send(server.url, 'POST', configMaps, { body });
    expect(made.status).toBe(201);
    const { bytes } = await send(server.url, 'GET', `${configMaps}/proto`);
    expect(bytes.toString()).toContain('"data":{"__proto__":"a","toString":"b"}');
    const found = await send(server.url, 'GET', `${configMaps}?labelSelector=constructor%3Dx`);
    expect(found.body.items).toHaveLength(1);
    const none = await send(server.url, 'GET', `${configMaps}?labelSelector=toString`);
    expect(none.body.items).toHaveLength(0);
  });

  it('never answers 500 to random bodies', async () => {
    const json = fc.json({ maxDepth: 4 });
    await fc.assert(
      fc.asyncProperty(
        json,
        fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
        fc.constantFrom('pods', 'services', 'configmaps', 'secrets', 'nodes', 'namespaces', 'events'),
        async (text, method, plural) => {
          const scope = plural === 'nodes' || plural === 'namespaces' ? '' : 'namespaces/default/';
          const path = `/api/v1/${scope}${plural}${method === 'POST' ? '' : '/fuzz'}`;
          const headers: Record<string, string> =
            method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
          const { status, body } = await send(server.url, method, path, { body: text, headers });
          expect(status).toBeLessThan(500);
          if (status >= 400) expect(body.kind).toBe('Status');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never answers 500 to random queries', async () => {
    const names = fc.constantFrom(
      'limit',
      'continue',
      'resourceVersion',
      'resourceVersionMatch',
      'labelSelector',
      'fieldSelector',
      'timeoutSeconds',
      'pretty',
      'sendInitialEvents',
      'dryRun',
      'timeout',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(names, fc.string({ maxLength: 12 })), { maxLength: 3 }),
        async (pairs) => {
          const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
          const { status } = await send(server.url, 'GET', `${configMaps}?${query}`);
          expect(status === 200 || (status >= 400 && status < 500) || status === 504).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('answers percent signs and odd paths with a status, not with a crash', async () => {
    for (const path of [
      '/api/v1/namespaces/%zz/pods',
      '/api/v1/namespaces/default/pods/%2e%2e',
      '/apis//v1/x',
      '/api/v1/watch',
      '//',
      '/api/v1/namespaces/default/pods/a/b/c/d',
      '/apis/apps/v1/namespaces/a/deployments/b/scale/c',
    ]) {
      const { status } = await send(server.url, 'GET', path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(status, path).toBeLessThan(500);
    }
  });

  it('drops a connection whose request is no HTTP, and goes on', async () => {
    const port = Number(new URL(server.url).port);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('\x16\x03\x01nonsense\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('400');
    expect((await send(server.url, 'GET', '/readyz')).status).toBe(200);
  });

  it('turns away what is over the limit of requests at work, but not administrators', async () => {
    const { InFlight } = await import('../../src/apiserver/filters/max-in-flight.ts');
    const inFlight = new InFlight({ readOnly: 0, mutating: 0 });
    const filter = inFlight.filter();
    const sent: unknown[] = [];
    const exchange = (groups: string[]): never =>
      ({
        info: { verb: 'list' },
        user: { groups },
        setHeader: () => {},
        send: (status: number, _type: string, text: string) => sent.push([status, text]),
        onDone: () => {},
      }) as never;
    expect(await filter(exchange(['team']))).toBe(false);
    expect(sent).toEqual([[429, 'Too many requests, please try again later.\n']]);
    expect(await filter(exchange(['system:masters']))).toBe(true);
  });
});
