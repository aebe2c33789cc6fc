// Acting as somebody else: the narrow ways, the old one, and who is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const pods = '/api/v1/namespaces/default/pods';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

interface Rule {
  readonly verbs: string[];
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
}

describe('impersonation', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  /** Gives a group rules; a token of a user in it. */
  async function grant(user: string, ...rules: Rule[]): Promise<void> {
    const post = (path: string, body: object): Promise<Answer> => send(server.url, 'POST', path, { body });
    await post(`${rbac}/clusterroles`, { metadata: { name: user }, rules });
    await post(`${rbac}/clusterrolebindings`, {
      metadata: { name: user },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    });
  }
  const as = (token: string, headers: Record<string, string>, path = pods): Promise<Answer> =>
    send(server.url, path === reviews ? 'POST' : 'GET', path, {
      token,
      headers,
      ...(path === reviews && { body: {} }),
    });
  const userOf = ({ body }: Answer): unknown => (body.status as { userInfo?: unknown } | undefined)?.userInfo;

  it('needs a user', async () => {
    const { status, body } = await as('admin-token', {
      'impersonate-uid': '1',
      'impersonate-group': 'g',
      'impersonate-extra-k': 'v',
    });
    expect([status, body.message]).toEqual([
      400,
      'requested &user.DefaultInfo{Name:"", UID:"1", Groups:[]string{"g"}, Extra:map[string][]string{"k":[]string{"v"}}} without impersonating a user name',
    ]);
    expect((await as('admin-token', { 'impersonate-user': '' })).status).toBe(200);
  });

  it('of users, for some verbs only', async () => {
    const on = ['impersonate-on:user-info:create', 'impersonate-on:user-info:list'];
    await grant(
      'limited',
      { verbs: on, apiGroups: ['', 'authentication.k8s.io'], resources: ['pods', 'selfsubjectreviews'] },
      {
        verbs: ['impersonate:user-info'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['users', 'groups'],
      },
    );
    const jane = { 'impersonate-user': 'jane', 'impersonate-group': 'g' };
    expect(userOf(await as('limited-token', jane, reviews))).toEqual({
      username: 'jane',
      groups: ['g', 'system:authenticated'],
    });
    expect((await as('limited-token', jane)).body.message).toContain(
      'User "jane" cannot list resource "pods"',
    );
    expect((await as('limited-token', jane, `${pods}/p`)).body.message).toBe(
      'pods "p" is forbidden: User "limited" cannot impersonate-on:user-info:get resource "pods" in API group "" in the namespace "default"',
    );
    const masters = { ...jane, 'impersonate-group': 'system:masters' };
    expect((await as('limited-token', masters, reviews)).body.message).toBe(
      'groups.authentication.k8s.io "system:masters" is forbidden: User "limited" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
    );
    const node = { 'impersonate-user': 'system:node:n' };
    expect((await as('limited-token', node, reviews)).body.message).toContain(
      'cannot impersonate-on:arbitrary-node:create',
    );
  });

  it('of nodes and service accounts, whose groups are known', async () => {
    await grant(
      'nobody',
      {
        verbs: ['impersonate-on:arbitrary-node:create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['*'],
      },
      {
        verbs: ['impersonate:arbitrary-node'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['nodes'],
        resourceNames: ['mine'],
      },
      { verbs: ['impersonate'], apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['sa'] },
    );
    const asked = async (user: string): Promise<Answer> =>
      as('nobody-token', { 'impersonate-user': user }, reviews);
    expect(userOf(await asked('system:node:mine'))).toEqual({
      username: 'system:node:mine',
      groups: ['system:nodes', 'system:authenticated'],
    });
    expect((await asked('system:node:other')).body.message).toBe(
      'nodes.authentication.k8s.io "other" is forbidden: User "nobody" cannot impersonate:arbitrary-node resource "nodes" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect(userOf(await asked('system:serviceaccount:ns:sa'))).toEqual({
      username: 'system:serviceaccount:ns:sa',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    });
    expect((await asked('system:serviceaccount:ns:other')).status).toBe(403);
  });

  it('with the verb impersonate alone, where the gate is off', async () => {
    await using old = await startTestApiServer({ featureGates: 'ConstrainedImpersonation=false' });
    const answer = await send(old.url, 'GET', pods, {
      token: 'limited-token',
      headers: { 'impersonate-user': 'jane' },
    });
    expect(answer.body.message).toBe(
      'users "jane" is forbidden: User "limited" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });
});
