// Objects that the server makes for itself: they come back where somebody deleted or changed them, and tell the truth after a
// restart with other settings.
import { expect, it, onTestFinished } from 'vitest';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { send } from './api.ts';

const service = '/api/v1/namespaces/default/services/kubernetes';
const endpoints = '/api/v1/namespaces/default/endpoints/kubernetes';
const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
const cidr = '/apis/networking.k8s.io/v1/servicecidrs/kubernetes';
const authentication = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const flowcontrol = '/apis/flowcontrol.apiserver.k8s.io/v1';

async function setUp() {
  const clock = new TestClock();
  const api = await startTestApiServer({ clock });
  onTestFinished(() => api.close());
  const get = async (path: string) => (await send(api.url, 'GET', path)).body;
  const is = async (path: string, wanted: object): Promise<void> =>
    expect.poll(() => get(path)).toMatchObject(wanted);
  const patch = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await send(api.url, 'PATCH', path, { body, headers })).status).toBe(200);
  };
  return { api, clock, get, is, patch };
}

it.each([
  [service, 10_000],
  [endpoints, 10_000],
  [slice, 10_000],
  [cidr, 10_000],
  [authentication, 10_000],
  [`${flowcontrol}/flowschemas/exempt`, 60_000],
  [`${flowcontrol}/prioritylevelconfigurations/workload-low`, 60_000],
])('makes %s again within %d ms', async (path, ms) => {
  const { api, clock, get, is } = await setUp();
  const { metadata, ...before } = await get(path);
  expect((await send(api.url, 'DELETE', path)).status).toBe(200);
  expect((await send(api.url, 'GET', path)).status).toBe(404);
  clock.advance(ms);
  await is(path, { metadata: { name: metadata.name } });
  const { metadata: again, ...after } = await get(path);
  expect(again.uid).not.toBe(metadata.uid);
  expect(again['labels']).toEqual(metadata['labels']);
  if (path !== cidr) expect({ ...after, status: undefined }).toEqual({ ...before, status: undefined });
});

it('says of the range of services that it is ready', async () => {
  const { get } = await setUp();
  const { metadata, status } = await get(cidr);
  expect(status).toEqual({
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: '',
        message: 'Kubernetes default Service CIDR is ready',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  });
  expect(metadata['managedFields']).toMatchObject([
    { manager: 'kubernetes-service-cidr-controller', operation: 'Apply', subresource: 'status' },
    { manager: 'kube-apiserver', operation: 'Update' },
  ]);
});

it('puts back where the API server is', async () => {
  const { clock, get, is, patch } = await setUp();
  const [subset] = (await get(endpoints))['subsets'] as [{ addresses: object[]; ports: object[] }];
  const { addresses, ports } = subset;
  await patch(endpoints, { subsets: [{ addresses: [{ ip: '10.1.1.1' }], ports }] });
  await patch(slice, { endpoints: [{ addresses: ['10.1.1.1'] }] });
  clock.advance(10_000);
  await is(endpoints, { subsets: [{ addresses, ports }] });
  await is(slice, { endpoints: [{ addresses: ['192.0.2.10'] }] });
  const { metadata } = await get(endpoints);
  expect(metadata['labels']).toEqual({ 'endpointslice.kubernetes.io/skip-mirror': 'true' });
  const { resourceVersion } = metadata;
  clock.advance(60_000);
  await is(endpoints, { metadata: { resourceVersion } });
});

it('puts back flow control, but for what its annotation keeps', async () => {
  const { clock, get, is, patch } = await setUp();
  const level = `${flowcontrol}/prioritylevelconfigurations/workload-low`;
  const free = `${flowcontrol}/prioritylevelconfigurations/leader-election`;
  const mandatory = `${flowcontrol}/flowschemas/catch-all`;
  const change = { spec: { limited: { nominalConcurrencyShares: 3 } } };
  const keep = { metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } } };
  await patch(level, change);
  await patch(free, { ...change, ...keep });
  await patch(mandatory, keep);
  clock.advance(60_000);
  await is(level, { spec: { limited: { nominalConcurrencyShares: 100 } } });
  await is(mandatory, { metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } } });
  expect((await get(level)).metadata['generation']).toBe(3);
  expect(await get(free)).toMatchObject({ ...change, ...keep });
});

/** Storage that a server leaves open when it ends. */
function keptStorage(): Storage {
  const storage = openMemoryStorage();
  return Object.assign(Object.create(storage) as Storage, { close: async () => {} });
}

it('tells the truth after a start on another port, and leaves one lease', async () => {
  const storage = keptStorage();
  const port = async (path: string, url: string) => {
    const { body } = await send(url, 'GET', path);
    const [{ ports }] = (body['subsets'] ?? [body]) as [{ ports: [{ port: number }] }];
    return ports[0].port;
  };
  const first = await startTestApiServer({ storage });
  const firstPort = Number(new URL(first.url).port);
  expect(await port(endpoints, first.url)).toBe(firstPort);
  await first.close();
  const second = await startTestApiServer({ storage });
  onTestFinished(() => second.close());
  const secondPort = Number(new URL(second.url).port);
  expect(secondPort).not.toBe(firstPort);
  expect(await port(endpoints, second.url)).toBe(secondPort);
  expect(await port(slice, second.url)).toBe(secondPort);
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  expect((await send(second.url, 'GET', leases)).body.items).toHaveLength(1);
});

it('follows the settings of a start: an address of the other family, a second range', async () => {
  const storage = keptStorage();
  await (await startTestApiServer({ storage })).close();
  const settings = { serviceRange: '10.0.0.0/24,2001:db8::/108', advertiseAddress: '2001:db8:9::1' };
  const second = await startTestApiServer({ storage, ...settings });
  onTestFinished(() => second.close());
  const get = async (path: string) => (await send(second.url, 'GET', path)).body;
  expect(await get(cidr)).toMatchObject({ spec: { cidrs: ['10.0.0.0/24', '2001:db8::/108'] } });
  expect(await get(slice)).toMatchObject({
    addressType: 'IPv6',
    endpoints: [{ addresses: ['2001:db8:9::1'] }],
  });
  expect(await get(endpoints)).toMatchObject({ subsets: [{ addresses: [{ ip: '2001:db8:9::1' }] }] });
  const body = {
    metadata: { name: 'both' },
    spec: { ports: [{ port: 80 }], ipFamilyPolicy: 'RequireDualStack' },
  };
  const made = await send(second.url, 'POST', '/api/v1/namespaces/default/services', { body });
  expect(made.body.spec['clusterIPs']).toEqual([
    expect.stringMatching(/^10\.0\.0\./),
    expect.stringMatching(/^2001:db8::/),
  ]);
});

const rbac = '/apis/rbac.authorization.k8s.io/v1';

it('gives roles and bindings at a start what is missing of them, and takes nothing from them', async () => {
  const storage = keptStorage();
  const first = await startTestApiServer({ storage });
  const patch = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await send(first.url, 'PATCH', path, { body, headers })).status).toBe(200);
  };
  const view = `${rbac}/clusterroles/system:node-proxier`;
  const kept = `${rbac}/clusterroles/system:kube-scheduler`;
  const edit = `${rbac}/clusterroles/edit`;
  const admins = `${rbac}/clusterrolebindings/cluster-admin`;
  const other = `${rbac}/clusterrolebindings/system:basic-user`;
  const gone = `${rbac}/namespaces/kube-system/roles/system:controller:token-cleaner`;
  const before = (await send(first.url, 'GET', view)).body;
  const own = { apiGroups: ['example.com'], resources: ['foos'], verbs: ['get'] };
  const user = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' };
  await patch(view, { metadata: { labels: { 'kubernetes.io/bootstrapping': 'mine' } }, rules: [own] });
  await patch(kept, {
    metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
    rules: [],
  });
  await patch(edit, { aggregationRule: null });
  await patch(admins, { subjects: [user], metadata: { labels: null } });
  const { metadata: oldMetadata, ...binding } = (await send(first.url, 'GET', other)).body;
  expect((await send(first.url, 'DELETE', other)).status).toBe(200);
  expect((await send(first.url, 'DELETE', gone)).status).toBe(200);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  const body = { metadata: { name: oldMetadata.name }, subjects: [user], roleRef };
  expect((await send(first.url, 'POST', `${rbac}/clusterrolebindings`, { body })).status).toBe(201);
  await first.close();

  const second = await startTestApiServer({ storage });
  onTestFinished(() => second.close());
  const get = async (path: string) => (await send(second.url, 'GET', path)).body;
  const rules = (await get(view))['rules'] as object[];
  expect(rules[0]).toEqual(own);
  // of what is missing one rule for each verb of each resource
  const singles = (before['rules'] as Record<string, string[]>[]).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups!.flatMap((group) =>
      resources!.flatMap((resource) =>
        verbs!.map((verb) => ({ apiGroups: [group], resources: [resource], verbs: [verb] })),
      ),
    ),
  );
  expect(rules.slice(1)).toEqual(singles);
  expect((await get(view)).metadata['labels']).toEqual({ 'kubernetes.io/bootstrapping': 'mine' });
  expect((await get(kept))['rules']).toBeNull();
  expect(await get(edit)).toMatchObject({
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } }],
    },
  });
  expect(await get(admins)).toMatchObject({
    metadata: { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    subjects: [user, { kind: 'Group', name: 'system:masters' }],
  });
  const { metadata, ...again } = await get(other);
  expect(again).toEqual(binding);
  expect(metadata['annotations']).toEqual(oldMetadata['annotations']);
  expect((await send(second.url, 'GET', gone)).status).toBe(200);
});

it('leaves roles that nobody changed as they are', async () => {
  const storage = keptStorage();
  const versions = async (url: string) => {
    const lists = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(async (plural) => {
      const { body } = await send(url, 'GET', `${rbac}/${plural}`);
      return body.items.map(
        (item: { metadata: { resourceVersion: string } }) => item.metadata.resourceVersion,
      );
    });
    return (await Promise.all(lists)).flat();
  };
  const first = await startTestApiServer({ storage });
  const before = await versions(first.url);
  await first.close();
  const second = await startTestApiServer({ storage });
  onTestFinished(() => second.close());
  expect(before.length).toBeGreaterThan(100);
  expect(await versions(second.url)).toEqual(before);
});
