// Nobody gives by roles and bindings what he does not have.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const editing = {
  apiGroups: [apiGroup],
  resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
  verbs: ['create', 'update', 'patch', 'get'],
};
const pods = (...verbs: string[]): object => ({ apiGroups: [''], resources: ['pods'], verbs });
const lacks = (text: string): string =>
  `user "eve" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n${text}`;

describe('granting rights', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const admin = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(server.url, method, path, { body });
  const eve = (method: string, path: string, body: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      body,
      headers: { 'impersonate-user': 'eve', 'content-type': type },
    });
  const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answer;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const refuses = async (answer: Promise<Answer>, message: string, code = 403): Promise<void> => {
    const { status, body } = await answer;
    expect([status, body.message]).toEqual([code, message]);
  };

  /** A namespace in which eve has `rules`. Returns its path in RBAC's group. */
  async function namespaceOf(name: string, ...rules: object[]): Promise<string> {
    await ok(admin('POST', '/api/v1/namespaces', { metadata: { name } }));
    const at = `${rbac}/namespaces/${name}`;
    await ok(admin('POST', `${at}/roles`, { metadata: { name: 'eve' }, rules: [editing, ...rules] }));
    await ok(admin('POST', `${at}/rolebindings`, binding('eve', 'Role', 'eve')));
    return at;
  }
  const subjects = [{ kind: 'User', name: 'eve' }];
  const binding = (name: string, kind: string, role: string): object => ({
    metadata: { name },
    subjects,
    roleRef: { apiGroup, kind, name: role },
  });

  /** Gives eve `rules` everywhere. */
  async function clusterRights(name: string, ...rules: object[]): Promise<void> {
    await ok(admin('POST', `${rbac}/clusterroles`, { metadata: { name }, rules }));
    await ok(admin('POST', `${rbac}/clusterrolebindings`, binding(name, 'ClusterRole', name)));
  }

  it('lets one grant what one has, and names what one has not', async () => {
    const at = await namespaceOf('roles', pods('get', 'list'));
    await ok(eve('POST', `${at}/roles`, { metadata: { name: 'fewer' }, rules: [pods('get')] }));
    await refuses(
      eve('POST', `${at}/roles`, { metadata: { name: 'more' }, rules: [pods('get', 'delete', 'watch')] }),
      `roles.rbac.authorization.k8s.io "more" is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}')}`,
    );
    await refuses(
      eve('POST', `${at}/roles`, { metadata: { generateName: 'more-' }, rules: [pods('delete')] }),
      `roles.rbac.authorization.k8s.io is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')}`,
    );
  });

  it('checks updates and patches, but not those that only garbage collection needs', async () => {
    const at = await namespaceOf('updates', pods('get'));
    const role = await ok(
      admin('POST', `${at}/roles`, {
        metadata: { name: 'strong', finalizers: ['a.b/c'] },
        rules: [pods('delete')],
      }),
    );
    const lacking = `roles.rbac.authorization.k8s.io "strong" is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')}`;
    await refuses(
      eve('PUT', `${at}/roles/strong`, { ...role, metadata: { ...role.metadata, labels: { a: 'b' } } }),
      lacking,
    );
    const merge = 'application/merge-patch+json';
    await refuses(eve('PATCH', `${at}/roles/strong`, { metadata: { labels: { a: 'b' } } }, merge), lacking);
    await ok(eve('PATCH', `${at}/roles/strong`, { metadata: { finalizers: null } }, merge));
    await ok(eve('PATCH', `${at}/roles/strong`, { rules: [pods('get')] }, merge));
    await refuses(
      eve('PUT', `${at}/roles/fresh`, { metadata: { name: 'fresh' }, rules: [pods('delete')] }),
      lacking.replace('strong', 'fresh'),
    );
  });

  it('asks the same of bindings, and whether the role is there', async () => {
    const at = await namespaceOf('bindings', pods('get'));
    await ok(admin('POST', `${at}/roles`, { metadata: { name: 'strong' }, rules: [pods('delete')] }));
    await ok(admin('POST', `${at}/roles`, { metadata: { name: 'weak' }, rules: [pods('get')] }));
    await ok(eve('POST', `${at}/rolebindings`, binding('w', 'Role', 'weak')));
    await refuses(
      eve('POST', `${at}/rolebindings`, binding('s', 'Role', 'strong')),
      `rolebindings.rbac.authorization.k8s.io "s" is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')}`,
    );
    await refuses(
      eve('POST', `${at}/rolebindings`, binding('s', 'ClusterRole', 'nowhere')),
      'rolebindings.rbac.authorization.k8s.io "nowhere" not found',
      404,
    );
    await refuses(
      eve('POST', `${at}/rolebindings`, binding('s', 'Thing', 'x')),
      'unsupported role reference kind: "Thing"',
      500,
    );
  });

  it('lets those escalate and bind that may', async () => {
    const at = await namespaceOf(
      'allowed',
      { apiGroups: [apiGroup], resources: ['roles'], verbs: ['bind'], resourceNames: ['strong'] },
      { apiGroups: [apiGroup], resources: ['roles'], verbs: ['escalate'], resourceNames: ['strong'] },
    );
    await ok(admin('POST', `${at}/roles`, { metadata: { name: 'strong' }, rules: [pods('delete')] }));
    await ok(admin('POST', `${at}/roles`, { metadata: { name: 'other' }, rules: [pods('watch')] }));
    await ok(eve('POST', `${at}/rolebindings`, binding('s', 'Role', 'strong')));
    expect((await eve('POST', `${at}/rolebindings`, binding('o', 'Role', 'other'))).status).toBe(403);
    expect((await eve('POST', `${at}/roles`, { metadata: { name: 'n' }, rules: [pods('*')] })).status).toBe(
      403,
    );
    const { metadata } = await ok(admin('GET', `${at}/roles/strong`, undefined));
    await ok(eve('PUT', `${at}/roles/strong`, { metadata, rules: [pods('*')] }));
  });

  it('counts rights of the namespace only there, and tells of roles that are bound but missing', async () => {
    const at = await namespaceOf('places', pods('get'));
    await clusterRights('edits-rbac', editing);
    await refuses(
      eve('POST', `${rbac}/clusterroles`, { metadata: { name: 'c' }, rules: [pods('get')] }),
      `clusterroles.rbac.authorization.k8s.io "c" is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["get"]}')}`,
    );
    await ok(admin('POST', `${at}/rolebindings`, binding('lost', 'ClusterRole', 'gone')));
    await refuses(
      eve('POST', `${at}/roles`, { metadata: { name: 'r' }, rules: [pods('list')] }),
      `roles.rbac.authorization.k8s.io "r" is forbidden: ${lacks('{APIGroups:[""], Resources:["pods"], Verbs:["list"]}; resolution errors: [roles.rbac.authorization.k8s.io "gone" not found]')}`,
    );
    await refuses(
      eve('POST', `${rbac}/clusterrolebindings`, binding('c', 'Role', 'eve')),
      'Namespace parameter required.',
      400,
    );
  });

  it('asks for all rights of who gathers cluster roles', async () => {
    const role = {
      metadata: { name: 'gathers' },
      rules: [],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    };
    await refuses(
      eve('POST', `${rbac}/clusterroles`, role),
      'clusterroles.rbac.authorization.k8s.io "gathers" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    );
    const made = await ok(admin('POST', `${rbac}/clusterroles`, role));
    const without = { ...made, aggregationRule: undefined };
    expect((await eve('PUT', `${rbac}/clusterroles/gathers`, without)).status).toBe(403);
    await ok(admin('POST', `${rbac}/clusterrolebindings`, binding('all', 'ClusterRole', 'cluster-admin')));
    await ok(eve('PUT', `${rbac}/clusterroles/gathers`, without));
  });
});
