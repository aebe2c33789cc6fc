// Objects as large as etcd takes them, compared with kube-apiserver 1.36.3: to the byte.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
const configMaps = '/api/v1/namespaces/default/configmaps';
const widgets = '/apis/e.com/v1/namespaces/default/ws';

const role = (name: string, length: number) => ({
  metadata: { name },
  rules: [{ apiGroups: [''], verbs: ['x'.repeat(length)], resources: ['p'] }],
});
const widget = (name: string, length: number) => ({
  apiVersion: 'e.com/v1',
  kind: 'W',
  metadata: { name },
  spec: 'x'.repeat(length),
});
const definition = {
  metadata: { name: 'ws.e.com' },
  spec: {
    group: 'e.com',
    scope: 'Namespaced',
    names: { plural: 'ws', kind: 'W' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Keys that make the account of who owns them larger than what they hold. */
const manyKeys = Object.fromEntries(
  Array.from({ length: 9999 }, (_, i) => [
    `this-key-is-very-long-so-as-to-create-a-very-large-serialized-fieldset-${i}`,
    'A',
  ]),
);

describe('large objects', () => {
  let server: TestApiServer;
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  beforeAll(async () => {
    server = await startTestApiServer();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await ask('POST', path, definition)).status).toBe(201);
  });
  afterAll(() => server.close());

  const tooLarge = { reason: 'RequestEntityTooLarge', message: 'etcdserver: request is too large' };

  it('are created up to the limit', async () => {
    const refused = await ask('POST', roles, role('b', 1572642));
    expect([refused.status, refused.body]).toEqual([413, expect.objectContaining(tooLarge)]);
    const { status, body } = await ask('POST', roles, role('b', 1572641));
    expect([status, body.metadata['managedFields']]).toEqual([201, undefined]);
  });

  it('grow up to the limit, which is a little less: the request of an update is longer', async () => {
    expect((await ask('POST', roles, role('c', 1))).status).toBe(201);
    const refused = await ask('PUT', `${roles}/c`, role('c', 1572610));
    expect([refused.status, refused.body]).toEqual([413, expect.objectContaining(tooLarge)]);
    const kept = await ask('GET', `${roles}/c`);
    expect(kept.body.metadata['managedFields']).toHaveLength(1);
    expect((await ask('PUT', `${roles}/c`, role('c', 1572609))).status).toBe(200);
  });

  it('of definitions are JSON there', async () => {
    await expect.poll(async () => (await ask('GET', widgets)).status).toBe(200);
    expect((await ask('POST', widgets, widget('b', 1572573))).status).toBe(413);
    expect((await ask('POST', widgets, widget('b', 1572572))).status).toBe(201);
  });

  it('are not refused where nothing is stored', async () => {
    expect((await ask('POST', `${roles}?dryRun=All`, role('d', 1572642))).status).toBe(201);
  });

  it.each<[string, (path: string, body: object) => Promise<Answer>]>([
    ['a create', (_, body) => ask('POST', configMaps, body)],
    [
      'an update',
      async (path, body) => {
        await ask('POST', configMaps, { ...body, data: { k: 'v' } });
        return ask('PUT', path, body);
      },
    ],
    [
      'a patch',
      async (path, body) => {
        await ask('POST', configMaps, { ...body, data: { k: 'v' } });
        return ask('PATCH', path, { data: manyKeys }, 'application/merge-patch+json');
      },
    ],
  ])(
    'lose the account of their fields where %s would make them too large; an apply must not',
    async (title, write) => {
      const name = title.replaceAll(' ', '-');
      const path = `${configMaps}/${name}`;
      const written = await write(path, { metadata: { name }, data: manyKeys });
      expect([200, 201]).toContain(written.status);
      expect(written.body.metadata['managedFields']).toBeUndefined();
      const configuration = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
      const applied = await ask(
        'PATCH',
        `${path}?fieldManager=m`,
        configuration,
        'application/apply-patch+yaml',
      );
      expect([applied.status, applied.body]).toEqual([413, expect.objectContaining(tooLarge)]);
      expect((await ask('GET', path)).body.metadata['resourceVersion']).toBe(
        written.body.metadata['resourceVersion'],
      );
    },
  );
});
