// LimitRanges and ResourceQuotas at work in a running server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, configMap, send } from './api.ts';

describe('limits of a namespace', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const post = (path: string, body: unknown): Promise<Answer> => send(server.url, 'POST', path, { body });
  const get = async (path: string): Promise<Answer['body']> => (await send(server.url, 'GET', path)).body;

  /** A namespace that pods can be made in. Returns its path. */
  async function namespace(name: string): Promise<string> {
    await post('/api/v1/namespaces', { metadata: { name } });
    await post(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
    return `/api/v1/namespaces/${name}`;
  }

  /** A quota whose usage a controller has just counted as nothing. */
  async function quota(at: string, name: string, hard: Record<string, string>, spec = {}): Promise<void> {
    const { body } = await post(`${at}/resourcequotas`, { metadata: { name }, spec: { hard, ...spec } });
    const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0']));
    const { status } = await send(server.url, 'PUT', `${at}/resourcequotas/${name}/status`, {
      body: { ...body, status: { hard, used } },
    });
    expect(status).toBe(200);
  }
  const used = async (at: string, name: string): Promise<unknown> =>
    ((await get(`${at}/resourcequotas/${name}`)).status as { used: unknown }).used;

  const pod = (name: string, resources: object = {}): unknown => ({
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i', resources }] },
  });

  it('gives containers the defaults of a LimitRange and refuses what is out of bounds', async () => {
    const at = await namespace('ranges');
    const limits = [{ type: 'Container', default: { cpu: '500m' }, max: { cpu: '1' } }];
    await post(`${at}/limitranges`, { metadata: { name: 'r' }, spec: { limits } });
    const made = await post(`${at}/pods`, pod('p'));
    expect(made.status).toBe(201);
    expect(made.body.spec['containers']).toMatchObject([
      { resources: { limits: { cpu: '500m' }, requests: { cpu: '500m' } } },
    ]);
    const refused = await post(`${at}/pods`, pod('q', { limits: { cpu: '2' } }));
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe(
      'pods "q" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    );
    const other = await namespace('unlimited');
    const elsewhere = await post(`${other}/pods`, pod('p'));
    expect(elsewhere.body.spec['containers']).toMatchObject([{ resources: {} }]);
  });

  it('checks the size of claims', async () => {
    const at = await namespace('claims');
    const limits = [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }];
    await post(`${at}/limitranges`, { metadata: { name: 'r' }, spec: { limits } });
    const claim = (storage: string): unknown => ({
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    const refused = await post(`${at}/persistentvolumeclaims`, claim('2Gi'));
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe(
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
    );
    expect((await post(`${at}/persistentvolumeclaims`, claim('1Gi'))).status).toBe(201);
  });

  it('takes what is made from the quota until nothing is left', async () => {
    const at = await namespace('counted');
    await quota(at, 'q', { configmaps: '2', 'count/deployments.apps': '0' });
    expect((await post(`${at}/configmaps`, configMap('a'))).status).toBe(201);
    expect(await used(at, 'q')).toEqual({ configmaps: '1', 'count/deployments.apps': '0' });
    const dry = await post(`${at}/configmaps?dryRun=All`, configMap('b'));
    expect(dry.status).toBe(201);
    expect(await used(at, 'q')).toMatchObject({ configmaps: '1' });
    await post(`${at}/configmaps`, configMap('b'));
    const refused = await post(`${at}/configmaps`, configMap('c'));
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      reason: 'Forbidden',
      message:
        'configmaps "c" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2',
      details: { name: 'c', kind: 'configmaps' },
    });
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const deployment = await post('/apis/apps/v1/namespaces/counted/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    });
    expect(deployment.body.message).toBe(
      'deployments.apps "d" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=0, limited: count/deployments.apps=0',
    );
  });

  it('never takes more than there is, however many ask at once', async () => {
    const at = await namespace('crowded');
    await quota(at, 'q', { configmaps: '7' });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => post(`${at}/configmaps`, configMap(`c${i}`))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(23);
    expect((await get(`${at}/configmaps`)).items).toHaveLength(7);
    expect(await used(at, 'q')).toEqual({ configmaps: '7' });
  });

  it('wants pods to say what a quota limits, within its scopes', async () => {
    const at = await namespace('scoped');
    await quota(at, 'all', { 'limits.memory': '1Gi' });
    await quota(at, 'deadline', { pods: '0' }, { scopes: ['Terminating'] });
    const silent = await post(`${at}/pods`, pod('a'));
    expect(silent.status).toBe(403);
    expect(silent.body.message).toBe(
      'pods "a" is forbidden: failed quota: all: must specify limits.memory for: c',
    );
    const said = await post(`${at}/pods`, pod('a', { limits: { memory: '600Mi' } }));
    expect(said.status).toBe(201);
    expect(await used(at, 'all')).toEqual({ 'limits.memory': '600Mi' });
    expect(await used(at, 'deadline')).toEqual({ pods: '0' });
    const more = await send(server.url, 'PATCH', `${at}/pods/a`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec: { activeDeadlineSeconds: 60 } },
    });
    expect(more.body.message).toBe(
      'pods "a" is forbidden: exceeded quota: deadline, requested: pods=1, used: pods=0, limited: pods=0',
    );
  });

  it('charges a service for what it becomes', async () => {
    const at = await namespace('served');
    await quota(at, 'q', { services: '1', 'services.nodeports': '1' });
    const ports = [{ port: 80 }];
    await post(`${at}/services`, { metadata: { name: 's' }, spec: { ports } });
    const patch = (spec: object): Promise<Answer> =>
      send(server.url, 'PATCH', `${at}/services/s`, {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec },
      });
    expect((await patch({ type: 'NodePort' })).status).toBe(200);
    expect(await used(at, 'q')).toEqual({ services: '1', 'services.nodeports': '1' });
    const two = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ];
    expect((await patch({ ports: two })).body.message).toBe(
      'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
    );
  });

  it('does not count by quotas that no controller has looked at', async () => {
    const at = await namespace('fresh');
    await post(`${at}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { configmaps: '0' } } });
    expect((await post(`${at}/configmaps`, configMap('a'))).status).toBe(201);
  });
});
