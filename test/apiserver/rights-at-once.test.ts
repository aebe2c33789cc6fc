// Rights hold from the answer on that gave them, and end with the answer that took them: what is remembered of them never shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const mayRead = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };

describe('rights', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const admin = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { status, body: answer } = await send(server.url, method, path, { body });
    expect(status, answer?.message).toBeLessThan(300);
  };
  /** What somebody gets for a list of the config maps of a namespace, or of all. */
  const reads = async (user: string, namespace = 'default', group?: string): Promise<number> => {
    const path = namespace === '' ? '/api/v1/configmaps' : `/api/v1/namespaces/${namespace}/configmaps`;
    const headers = { 'impersonate-user': user, ...(group && { 'impersonate-group': group }) };
    return (await send(server.url, 'GET', path, { headers })).status;
  };
  const bind = (name: string, kind: string, role: string, subject: object): object => ({
    metadata: { name },
    subjects: [subject],
    roleRef: { apiGroup, kind, name: role },
  });

  it('of a cluster follow the binding, the role and its subjects', async () => {
    const bindings = `${rbac}/clusterrolebindings`;
    const roles = `${rbac}/clusterroles`;
    expect(await reads('ann', '')).toBe(403);
    await admin('POST', bindings, bind('ann', 'ClusterRole', 'reader', { kind: 'User', name: 'ann' }));
    expect(await reads('ann', '')).toBe(403);
    await admin('POST', roles, { metadata: { name: 'reader' }, rules: [mayRead] });
    expect([await reads('ann', ''), await reads('bob', '')]).toEqual([200, 403]);
    await admin('PUT', `${roles}/reader`, { metadata: { name: 'reader' }, rules: [] });
    expect(await reads('ann', '')).toBe(403);
    await admin('PUT', `${roles}/reader`, { metadata: { name: 'reader' }, rules: [mayRead] });
    await admin(
      'PUT',
      `${bindings}/ann`,
      bind('ann', 'ClusterRole', 'reader', { kind: 'User', name: 'bob' }),
    );
    expect([await reads('ann', ''), await reads('bob', '')]).toEqual([403, 200]);
    await admin('DELETE', `${bindings}/ann`);
    expect(await reads('bob', '')).toBe(403);
  });

  it('are those of the groups that the user has in this request', async () => {
    await admin('POST', `${rbac}/clusterroles`, { metadata: { name: 'of-group' }, rules: [mayRead] });
    const readers = { kind: 'Group', name: 'readers' };
    await admin('POST', `${rbac}/clusterrolebindings`, bind('of-group', 'ClusterRole', 'of-group', readers));
    expect([await reads('cid'), await reads('cid', '', 'readers'), await reads('cid', '', 'others')]).toEqual(
      [403, 200, 403],
    );
  });

  it('of a namespace come and go with it', async () => {
    await admin('POST', '/api/v1/namespaces', { metadata: { name: 'n1' } });
    const at = `${rbac}/namespaces/n1`;
    await admin('POST', `${at}/roles`, { metadata: { name: 'reader' }, rules: [mayRead] });
    expect(await reads('dan', 'n1')).toBe(403);
    await admin('POST', `${at}/rolebindings`, bind('dan', 'Role', 'reader', { kind: 'User', name: 'dan' }));
    expect([await reads('dan', 'n1'), await reads('dan', 'default'), await reads('dan', '')]).toEqual([
      200, 403, 403,
    ]);
    await admin('DELETE', `${at}/rolebindings/dan`);
    expect(await reads('dan', 'n1')).toBe(403);
  });

  it('of many users are each their own', async () => {
    const users = Array.from({ length: 1_100 }, (_, index) => `user-${index}`);
    await admin('POST', `${rbac}/clusterroles`, { metadata: { name: 'one' }, rules: [mayRead] });
    const one = { kind: 'User', name: 'user-7' };
    await admin('POST', `${rbac}/clusterrolebindings`, bind('one', 'ClusterRole', 'one', one));
    const answers: number[] = [];
    for (const user of users) answers.push(await reads(user));
    expect(answers.map((status, index) => (status === 200 ? index : -1)).filter((at) => at >= 0)).toEqual([
      7,
    ]);
    expect(await reads('user-7')).toBe(200);
  });
});
