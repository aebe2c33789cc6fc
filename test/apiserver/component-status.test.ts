// `kubectl get componentstatuses`: which parts of the control plane are there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { resource, startCluster } from '../../src/testing/testing.ts';
import { send } from './api.ts';

const path = '/api/v1/componentstatuses';
const clock = new TestClock();
let server: TestApiServer;
const get = (at: string) => send(server.url, 'GET', at);

interface Listed {
  metadata: { name: string };
  conditions: { status: string; message: string }[];
}

async function listed(): Promise<string[]> {
  const items = (await get(path)).body['items'] as unknown as Listed[];
  return items.map(({ metadata, conditions: [only] }) => `${metadata.name} ${only!.status} ${only!.message}`);
}

const refused = (port: number) =>
  `False Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;

beforeAll(async () => {
  server = await startTestApiServer({ clock });
});
afterAll(() => server.close());

it('misses the parts that are not there', async () => {
  expect(await listed()).toEqual([
    `controller-manager ${refused(10257)}`,
    `scheduler ${refused(10259)}`,
    'etcd-0 True ok',
  ]);
  const { body } = await get(`${path}/scheduler`);
  expect(body).toMatchObject({ kind: 'ComponentStatus', metadata: { name: 'scheduler' } });
  expect((await get(`${path}/other`)).status).toBe(404);
});

it.each([
  ['labelSelector=a=b', []],
  ['labelSelector=!a', ['controller-manager', 'scheduler', 'etcd-0']],
  ['fieldSelector=metadata.name=scheduler', ['scheduler']],
  ['fieldSelector=metadata.name!=scheduler', ['controller-manager', 'etcd-0']],
])('lists those of %s', async (selector, names) => {
  const items = (await get(`${path}?${selector}`)).body['items'] as unknown as Listed[];
  expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
});

it('sees a part whose leader renews its lease, until it does not', async () => {
  const spec = {
    holderIdentity: 'me',
    leaseDurationSeconds: 15,
    renewTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
  };
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  await send(server.url, 'POST', leases, { body: { metadata: { name: 'kube-scheduler' }, spec } });
  expect(await listed()).toContain('scheduler True ok');
  clock.advance(15_001);
  expect(await listed()).toContain(`scheduler ${refused(10259)}`);
});

it('is well in a whole cluster', async () => {
  await using cluster = await startCluster();
  const { items } = await cluster.client.list(
    resource('v1', 'ComponentStatus', 'componentstatuses', 'Cluster'),
  );
  const conditions = items.map((item) => (item as unknown as Listed).conditions[0]!.status);
  expect(conditions).toEqual(['True', 'True', 'True']);
});
