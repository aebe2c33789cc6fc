// Many writers at once: nothing is lost, nothing is given out twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, configMap, type RequestOptions, send } from './api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

describe('concurrent writers', () => {
  let server: TestApiServer;
  const api = (method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> =>
    send(server.url, method, path, { body, ...options });
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it('of writers with the same resourceVersion exactly one wins', async () => {
    const { body } = await api('POST', configMaps, configMap('race'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        api('PUT', `${configMaps}/race`, { ...body, data: { winner: String(i) } }),
      ),
    );
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 409)).toHaveLength(19);
    const winner = answers.find((a) => a.status === 200)!;
    const { body: now } = await api('GET', `${configMaps}/race`);
    expect(now['data']).toEqual(winner.body['data']);
  });

  it('loses no patch of many to different keys', async () => {
    await api('POST', configMaps, configMap('merge'));
    const patches = Array.from({ length: 60 }, (_, i) =>
      api(
        'PATCH',
        `${configMaps}/merge`,
        { data: { [`k${i}`]: 'v' } },
        { headers: { 'content-type': 'application/merge-patch+json' } },
      ),
    );
    const answers = await Promise.all(patches);
    expect(answers.map((a) => a.status)).toEqual(new Array(60).fill(200));
    const { body } = await api('GET', `${configMaps}/merge`);
    expect(Object.keys(body['data'] as object)).toHaveLength(60);
    expect(new Set(answers.map((a) => a.body.metadata.resourceVersion)).size).toBe(60);
  });

  it('creates a name once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api('POST', configMaps, configMap('once'))),
    );
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 409)).toHaveLength(19);
  });

  it('gives every service its own cluster IP and node port, and none away that is taken', async () => {
    const path = '/api/v1/namespaces/default/services';
    const service = (i: number): unknown => ({
      metadata: { name: `s${i}` },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => api('POST', path, service(i))));
    expect(answers.map((a) => a.status)).toEqual(new Array(100).fill(201));
    const spec = (a: Answer): { clusterIP: string; ports: { nodePort: number }[] } => a.body.spec as never;
    expect(new Set(answers.map((a) => spec(a).clusterIP)).size).toBe(100);
    expect(new Set(answers.map((a) => spec(a).ports[0]!.nodePort)).size).toBe(100);
    const taken = spec(answers[0]!).clusterIP;
    const clash = await api('POST', path, {
      metadata: { name: 'clash' },
      spec: { clusterIP: taken, ports: [{ port: 80 }] },
    });
    expect(clash.status).toBe(422);
    expect(clash.body.message).toContain('provided IP is already allocated');
  });

  it('runs out of addresses with an error and gives freed ones out again', async () => {
    await using small = await startTestApiServer({ serviceRange: '10.1.0.0/29' });
    const path = '/api/v1/namespaces/default/services';
    const create = (i: number): Promise<Answer> =>
      send(small.url, 'POST', path, {
        body: { metadata: { name: `s${i}` }, spec: { ports: [{ port: 80 }] } },
      });
    // six usable addresses, one of them taken by kubernetes.default
    for (let i = 0; i < 5; i++) expect((await create(i)).status).toBe(201);
    const full = await create(5);
    expect(full.status).toBe(500);
    expect(full.body.message).toContain('range is full');
    expect((await send(small.url, 'DELETE', `${path}/s2`)).status).toBe(200);
    expect((await create(6)).status).toBe(201);
  });

  it('gives back what a dry run or a refused create took', async () => {
    const path = '/api/v1/namespaces/default/services';
    // one of the ports that are never picked for others
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30010 }] };
    expect((await api('POST', `${path}?dryRun=All`, { metadata: { name: 'dry' }, spec })).status).toBe(201);
    expect((await api('POST', path, { metadata: { name: 'Bad_Name' }, spec })).status).toBe(422);
    expect((await api('POST', path, { metadata: { name: 'good' }, spec })).status).toBe(201);
  });

  it('generates different names', async () => {
    const body = { metadata: { generateName: 'gen-' } };
    const answers = await Promise.all(Array.from({ length: 200 }, () => api('POST', configMaps, body)));
    expect(new Set(answers.map((a) => a.body.metadata.name)).size).toBe(200);
  });

  it('deletes a collection while others create in it', async () => {
    const path = '/api/v1/namespaces/kube-public/configmaps';
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => api('POST', path, configMap(`old-${i}`, {}, { old: 'yes' }))),
    );
    const creating = Promise.all(
      Array.from({ length: 50 }, (_, i) => api('POST', path, configMap(`new-${i}`))),
    );
    const deleted = await api('DELETE', `${path}?labelSelector=old%3Dyes`);
    expect(deleted.status).toBe(200);
    expect(deleted.body.items).toHaveLength(100);
    await creating;
    const { body } = await api('GET', path);
    expect(body.items.map((i) => i.metadata.name).every((n) => n.startsWith('new-'))).toBe(true);
    expect(body.items).toHaveLength(50);
  });
});
