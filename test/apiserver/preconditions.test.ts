// Which object a deletion means, and what only a deletion by name refuses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const pods = '/api/v1/namespaces/default/pods';
const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';

describe('deletions', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  });
  afterAll(() => server.close());

  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(server.url, method, path, { ...(body !== undefined && { body }) });

  it('evict the pod of the revision that was named, and no other', async () => {
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    const { body: pod } = await ask('POST', pods, { metadata: { name: 'p' }, spec });
    const labelled = { ...pod, metadata: { ...pod.metadata, labels: { a: 'b' } } };
    const { body: newer } = await ask('PUT', `${pods}/p`, labelled);
    const evict = (resourceVersion: string): Promise<Answer> =>
      ask('POST', `${pods}/p/eviction`, {
        metadata: { name: 'p' },
        deleteOptions: { preconditions: { uid: pod.metadata.uid, resourceVersion } },
      });
    const refused = await evict(pod.metadata.resourceVersion);
    expect([refused.status, refused.body.message]).toEqual([
      409,
      `Operation cannot be fulfilled on Pod "p": the ResourceVersion in the precondition (${pod.metadata.resourceVersion}) does not match the ResourceVersion in record (${newer.metadata.resourceVersion}). The object might have been modified`,
    ]);
    expect((await ask('GET', `${pods}/p`)).body.metadata.resourceVersion).toBe(
      newer.metadata.resourceVersion,
    );
    const evicted = await evict(newer.metadata.resourceVersion);
    expect(evicted.status, evicted.body.message).toBe(201);
  });

  it('mark the object of the revision that was named, and remove it', async () => {
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    const { body: pod } = await ask('POST', pods, { metadata: { name: 'q' }, spec });
    const { resourceVersion } = pod.metadata;
    const options = { preconditions: { resourceVersion }, gracePeriodSeconds: 0 };
    const { status, body } = await ask('DELETE', `${pods}/q`, options);
    expect(status, body.message).toBe(200);
    expect((await ask('GET', `${pods}/q`)).status).toBe(404);
  });

  it('of namespaces say it in their own words', async () => {
    const { body: space } = await ask('POST', '/api/v1/namespaces', { metadata: { name: 's' } });
    const { uid, resourceVersion } = space.metadata;
    const remove = async (preconditions: object): Promise<string | undefined> =>
      (await ask('DELETE', '/api/v1/namespaces/s', { preconditions })).body.message;
    const start = 'Operation cannot be fulfilled on namespaces "s": Precondition failed:';
    expect(await remove({ uid: 'x' })).toBe(`${start} UID in precondition: x, UID in object meta: ${uid}`);
    expect(await remove({ uid, resourceVersion: '1' })).toBe(
      `${start} ResourceVersion in precondition: 1, ResourceVersion in object meta: ${resourceVersion}`,
    );
  });

  it('refuse system priority classes by name, not with the collection', async () => {
    const refused = await ask('DELETE', `${classes}/system-node-critical`);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
    ]);
    expect((await ask('DELETE', `${classes}?dryRun=All`)).status).toBe(200);
  });
});

describe('updates of another object of the name', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it.each([
    ['a service', '/api/v1/namespaces/default/services/kubernetes', '/services/specs/default/kubernetes'],
    ['a role', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view', '/clusterroles/view'],
  ])('name the key of %s', async (_, path, key) => {
    const { body: live } = await send(server.url, 'GET', path);
    const other = { ...live, metadata: { ...live.metadata, uid: 'x' } };
    const { status, body } = await send(server.url, 'PUT', path, { body: other });
    expect(status).toBe(409);
    expect(body.message).toContain(
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: ${live.metadata.uid}`,
    );
  });
});
