// What an apply is beyond a merge: a create that must be allowed, a write that is none, an owner of what conversion adds.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type Answer, send } from './api.ts';

const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';

describe('an apply', () => {
  let server: TestApiServer;
  const ask = (method: string, path: string, body: unknown, token?: string): Promise<Answer> =>
    send(server.url, method, path, {
      body,
      headers: {
        'content-type': method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
    });
  const map = (metadata: object, data: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data,
  });

  beforeEach(async () => {
    server = await startTestApiServer();
  });
  afterEach(() => server.close());

  async function allow(verbs: string[]): Promise<void> {
    const of = (kind: string, more: object): object => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name: verbs.join('-') },
      ...more,
    });
    const rules = [{ apiGroups: ['', 'coordination.k8s.io'], resources: ['configmaps', 'leases'], verbs }];
    expect((await ask('POST', `${roles}/roles`, of('Role', { rules }))).status).toBe(201);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: verbs.join('-') };
    const subjects = [{ kind: 'User', name: 'nobody' }];
    const binding = of('RoleBinding', { roleRef, subjects });
    expect((await ask('POST', `${roles}/rolebindings`, binding)).status).toBe(201);
  }

  it('makes an object only for those who may create it, and so does a PUT', async () => {
    await allow(['patch', 'update']);
    const applied = '/api/v1/namespaces/default/configmaps/x?fieldManager=m';
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
    const leaseBody = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
    const refused = await ask('PATCH', applied, map({ name: 'x' }), 'nobody-token');
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'configmaps "x" is forbidden: User "nobody" cannot create resource "configmaps" in API group "" in the namespace "default"',
    ]);
    expect((await ask('PUT', lease, leaseBody, 'nobody-token')).status).toBe(403);
    await allow(['create']);
    await expect
      .poll(async () => (await ask('PATCH', applied, map({ name: 'x' }), 'nobody-token')).status)
      .toBe(201);
    expect((await ask('PUT', lease, leaseBody, 'nobody-token')).status).toBe(201);
  });

  it('is like a connection to a pod, which takes the permission to create, whatever its verb', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }];
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'exec' },
      rules,
    };
    await ask('POST', `${roles}/roles`, role);
    const binding = {
      ...role,
      kind: 'RoleBinding',
      rules: undefined,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'exec' },
      subjects: [{ kind: 'User', name: 'nobody' }],
    };
    await ask('POST', `${roles}/rolebindings`, binding);
    const exec = '/api/v1/namespaces/default/pods/p/exec?command=ls';
    const get = (token: string): Promise<Answer> =>
      send(server.url, 'GET', exec, { headers: { authorization: `Bearer ${token}` } });
    await expect.poll(async () => (await get('nobody-token')).body.message).toBe('pods "p" is forbidden: ');
    expect((await get('admin-token')).status).toBe(404);
  });

  describe('that changes nothing', () => {
    const clock = new TestClock(Date.UTC(2026, 0, 1));
    beforeEach(async () => {
      await server.close();
      server = await startTestApiServer({ clock });
    });

    const labels = { app: 'd' };
    const container = { name: 'c', image: 'c', env: [], resources: { limits: {} } };
    const template = {
      metadata: { labels, annotations: {} },
      spec: { containers: [container], nodeSelector: {} },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', annotations: {} },
      spec: { selector: { matchLabels: labels }, template },
    };
    it.each<[string, string, object]>([
      [
        'nulls',
        '/api/v1/namespaces/default/configmaps/y',
        map({ name: 'y', creationTimestamp: null, resourceVersion: null }, { a: 'b' }),
      ],
      ['empty maps and lists', '/apis/apps/v1/namespaces/default/deployments/d', deployment],
    ])('writes nothing, whatever %s it has', async (_, path, body) => {
      const first = await ask('PATCH', `${path}?fieldManager=m`, body);
      expect(first.status).toBe(201);
      clock.advance(1100);
      const second = await ask('PATCH', `${path}?fieldManager=m`, body);
      expect([second.status, second.body]).toEqual([200, first.body]);
    });
  });

  it('or any write owns what conversion adds to an object', async () => {
    const labels = { app: 'd' };
    const spec = {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }] } },
    };
    const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' }, spec };
    const { metadata } = (await ask('POST', '/apis/apps/v1/namespaces/default/daemonsets', body)).body;
    const [entry] = metadata['managedFields'] as { fieldsV1: Record<string, unknown> }[];
    expect(entry?.fieldsV1['f:metadata']).toEqual({
      'f:annotations': { '.': {}, 'f:deprecated.daemonset.template.generation': {} },
    });
  });
});
