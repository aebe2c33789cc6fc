// Who may allocate a claim of devices, and who may report on its devices. Answers are those of kube-apiserver 1.36.3.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const claims = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

it('the right to write the status of a claim is not enough', async () => {
  await using server = await startTestApiServer();
  const admin = (method: string, path: string, body: object) =>
    send(server.url, method, path, { body, headers: { 'content-type': 'application/json' } });
  const write = (status: object, user?: string): Promise<Answer> =>
    send(server.url, 'PATCH', `${claims}/c/status`, {
      body: { status },
      headers: { 'content-type': 'application/merge-patch+json', ...(user && { 'impersonate-user': user }) },
    });
  const grant = async (name: string, resource: string, verbs: string[]) => {
    const rules = [{ apiGroups: ['resource.k8s.io'], resources: [resource], verbs }];
    const head = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
    await admin('POST', `${rbac}/clusterroles`, { ...head, kind: 'ClusterRole', rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }];
    const binding = { ...head, kind: 'ClusterRoleBinding', roleRef, subjects };
    await admin('POST', `${rbac}/clusterrolebindings`, binding);
  };
  await admin('POST', claims, {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'c' },
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'x' } }] } },
  });
  await grant('status', 'resourceclaims/status', ['patch']);
  const result = { request: 'r', driver: 'd.e', pool: 'p', device: 'x' };
  const allocation = { devices: { results: [result] } };
  const refused = await write({ allocation }, 'eve');
  expect(refused.status).toBe(422);
  expect(refused.body.message).toBe(
    'ResourceClaim.resource.k8s.io "c" is invalid: status.allocation: Forbidden: changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="patch" permission: resourceclaims.resource.k8s.io is forbidden: User "eve" cannot patch resource "resourceclaims/binding" in API group "resource.k8s.io" at the cluster scope',
  );
  await grant('binding', 'resourceclaims/binding', ['patch']);
  expect((await write({ allocation }, 'eve')).status).toBe(200);

  const { request: _, ...device } = result;
  const report = (interfaceName: string) => ({ devices: [{ ...device, networkData: { interfaceName } }] });
  expect((await write(report('a'), 'eve')).body.message).toBe(
    'ResourceClaim.resource.k8s.io "c" is invalid: status.devices: Forbidden: changing status.devices requires resource="resourceclaims/driver", verb="[arbitrary-node:patch]" permission: resourceclaims.resource.k8s.io "d.e" is forbidden: User "eve" cannot arbitrary-node:patch resource "resourceclaims/driver" in API group "resource.k8s.io" in the namespace "default"',
  );
  expect((await write(report('a'))).status).toBe(200);
  await grant('driver', 'resourceclaims/driver', ['arbitrary-node:patch']);
  expect((await write(report('b'), 'eve')).status).toBe(200);
});
