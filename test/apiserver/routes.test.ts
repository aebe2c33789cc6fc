// The routes without sockets: requests go through the same pipeline inside the process.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import { UnavailableError } from '../../src/storage/storage.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { configMap, send } from './api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const admin = { authorization: 'Bearer admin-token' };

describe('routes in process', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it('creates, reads, changes and deletes an object', async () => {
    const { app } = server.server;
    const created = await app.inject({
      method: 'POST',
      url: configMaps,
      headers: admin,
      payload: configMap('a', { k: 'v' }) as object,
    });
    expect(created.statusCode).toBe(201);
    const { metadata } = created.json() as {
      metadata: { uid: string; resourceVersion: string; creationTimestamp: string };
    };
    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const patched = await app.inject({
      method: 'PATCH',
      url: `${configMaps}/a`,
      headers: { ...admin, 'content-type': 'application/json-patch+json' },
      payload: '[{"op":"add","path":"/data/x","value":"y"}]',
    });
    expect(patched.json()).toMatchObject({ data: { k: 'v', x: 'y' } });
    const read = await app.inject({ url: `${configMaps}/a`, headers: admin });
    expect(read.body).toBe(patched.body);
    const deleted = await app.inject({ method: 'DELETE', url: `${configMaps}/a`, headers: admin });
    expect(deleted.json()).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
    });
    expect((await app.inject({ url: `${configMaps}/a`, headers: admin })).statusCode).toBe(404);
  });

  it('has no path without a verb, and methods that are none', async () => {
    const status = async (method: string, path: string, token?: string): Promise<number> =>
      (await send(server.url, method, path, { token })).status;
    const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    for (const path of ['/api/v1/namespaces/default/bindings/a', `${reviews}/a`]) {
      expect(await status('GET', path)).toBe(404);
      expect(await status('DELETE', path)).toBe(404);
    }
    expect(await status('GET', '/api/v1/namespaces/default/bindings')).toBe(405);
    expect(await status('TRACE', configMaps)).toBe(405);
    expect(await status('TRACE', configMaps, 'limited-token')).toBe(403);
  });

  it('proxies to no service', async () => {
    const services = '/api/v1/namespaces/default/services';
    const endpoints = { metadata: { name: 'empty' } };
    await send(server.url, 'POST', '/api/v1/namespaces/default/endpoints', { body: endpoints });
    const answer = await send(server.url, 'GET', `${services}/http:empty:80/proxy/x`);
    expect([answer.status, answer.body.message]).toEqual([
      503,
      'no endpoints available for service "http:empty:80"',
    ]);
    expect((await send(server.url, 'GET', `${services}/none/proxy`)).body.message).toBe(
      'services "none" not found',
    );
  });

  it('does not raise the resourceVersion of a write that changes nothing', async () => {
    const { body } = await send(server.url, 'POST', configMaps, {
      body: configMap('same', { k: 'v' }, { a: 'b' }),
    });
    const put = await send(server.url, 'PUT', `${configMaps}/same`, { body });
    expect(put.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    const patch = await send(server.url, 'PATCH', `${configMaps}/same`, {
      body: { data: { k: 'v' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(patch.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  it('packs a big list for those who accept gzip, and nothing small', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        send(server.url, 'POST', '/api/v1/namespaces/kube-public/configmaps', {
          body: configMap(`big-${i}`, { a: 'x'.repeat(10_000) }),
        }),
      ),
    );
    const big = await send(server.url, 'GET', '/api/v1/namespaces/kube-public/configmaps', {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(big.headers['content-encoding']).toBe('gzip');
    expect(big.bytes.length).toBeLessThan(50_000);
    const small = await send(server.url, 'GET', '/api/v1/namespaces', {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  it('counts what its health checks said', async () => {
    const { app } = server.server;
    const ask = (url: string) => app.inject({ url, headers: admin });
    await ask('/readyz');
    await ask('/readyz?verbose');
    const { statusCode, body } = await ask('/metrics/slis');
    expect(statusCode).toBe(200);
    expect(body).toContain('kubernetes_healthcheck{name="etcd",type="readyz"} 1\n');
    expect(body).toContain('kubernetes_healthchecks_total{name="etcd",status="success",type="readyz"} 2\n');
    expect(body).not.toContain('status="error"');
    expect(body).toMatch(/^process_start_time_seconds \d/m);
  });

  it('names its health checks, and the paths of its documents', async () => {
    const { app } = server.server;
    const ask = (url: string) => app.inject({ url, headers: admin });
    expect((await ask('/livez?verbose')).body).toContain('[+]loopback-serving-certificate ok\n');
    expect((await ask('/readyz?verbose')).body).not.toContain('loopback');
    expect((await ask('/livez')).headers['x-content-type-options']).toBe('nosniff');
    expect((await ask('/livez/etcd')).headers['x-content-type-options']).toBeUndefined();
    const { paths } = (await ask('/')).json() as { paths: string[] };
    expect(paths).toContain('/openapi/v3/');
    const index = await ask('/openapi/v3');
    expect([index.headers['content-type'], index.headers['etag']]).toEqual([
      'text/plain; charset=utf-8',
      undefined,
    ]);
  });

  it('pages through a list whose size is told in advance', async () => {
    const path = '/api/v1/namespaces/kube-system/secrets';
    await Promise.all(
      Array.from({ length: 25 }, (_, i) =>
        send(server.url, 'POST', path, { body: { metadata: { name: `s${String(i).padStart(2, '0')}` } } }),
      ),
    );
    const names: string[] = [];
    let next = '';
    let remaining: number | undefined;
    do {
      const { body } = await send(server.url, 'GET', `${path}?limit=10${next}`);
      if (remaining !== undefined)
        expect(body.items.length + (body.metadata.remainingItemCount ?? 0)).toBe(remaining);
      remaining = body.metadata.remainingItemCount;
      names.push(...body.items.map((i) => i.metadata.name));
      next = body.metadata.continue ? `&continue=${body.metadata.continue}` : '';
    } while (next !== '');
    expect(names).toEqual(Array.from({ length: 25 }, (_, i) => `s${String(i).padStart(2, '0')}`));
  });
});

describe('a storage that has no space left', () => {
  it('refuses writes with 507 and what to do, and goes on reading', async () => {
    const storage = openMemoryStorage();
    await using server = await startTestApiServer({ storage });
    await send(server.url, 'POST', configMaps, { body: configMap('before') });
    const put = storage.put;
    storage.put = () => Promise.reject(new UnavailableError('no space left on device', { noSpace: true }));
    const refused = await send(server.url, 'POST', configMaps, { body: configMap('during') });
    expect(refused.status).toBe(507);
    expect(refused.body).toMatchObject({ kind: 'Status', status: 'Failure' });
    expect(refused.body.message).toContain('no space left');
    expect(refused.headers['retry-after']).toBe('5');
    expect((await send(server.url, 'GET', `${configMaps}/before`)).status).toBe(200);
    storage.put = put;
    expect((await send(server.url, 'POST', configMaps, { body: configMap('after') })).status).toBe(201);
    expect((await send(server.url, 'GET', `${configMaps}/during`)).status).toBe(404);
  });
});
