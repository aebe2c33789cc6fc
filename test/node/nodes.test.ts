// Nodes: registration, taking over, heartbeats.
import { expect, test } from 'vitest';
import { leases, nodes } from '../../src/client/resources.ts';
import { until } from '../harness/control-plane.ts';
import { container, startNodeSession } from './node-session.ts';

const reason = (events: string[]): string[] => events.map((e) => e.split(' ')[1]!);

test('a node is registered, and its pods can be scheduled', async () => {
  await using session = await startNodeSession({
    labels: () => ({ 'topology.kubernetes.io/zone': 'a' }),
    capacity: { cpu: '2', pods: '20' },
  });
  const node = await until('the taint is gone', async () => {
    const found = await session.node('n1');
    return !found.spec.taints?.length && found;
  });
  expect(node.metadata.labels).toMatchObject({
    'kubernetes.io/hostname': 'n1',
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/zone': 'a',
  });
  expect(node.spec).toMatchObject({ podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] });
  expect(node.status).toMatchObject({
    addresses: [
      { type: 'InternalIP', address: '172.18.0.2' },
      { type: 'Hostname', address: 'n1' },
    ],
    capacity: { cpu: '2', memory: '8Gi', pods: '20' },
    allocatable: { cpu: '2', memory: '8Gi', pods: '20' },
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: { containerRuntimeVersion: 'simulated://1.0', kubeletVersion: 'v1.36.3+kubeskiff' },
  });
  expect(node.status.conditions!.map((c) => `${c.type} ${c.status} ${c.reason}`)).toEqual([
    'MemoryPressure False KubeletHasSufficientMemory',
    'DiskPressure False KubeletHasNoDiskPressure',
    'PIDPressure False KubeletHasSufficientPID',
    'Ready True KubeletReady',
  ]);
  expect(reason(session.eventsOf('n1'))).toEqual([
    'Starting',
    'NodeHasSufficientMemory',
    'NodeHasNoDiskPressure',
    'NodeHasSufficientPID',
    'NodeAllocatableEnforced',
    'NodeReady',
  ]);
});

test('a node that is there is taken over', async () => {
  await using session = await startNodeSession();
  const { client } = session.plane;
  const before = await session.node('n1');
  await client.patch(
    nodes,
    before,
    { metadata: { labels: { own: 'x' } }, spec: { unschedulable: true } },
    { type: 'merge' },
  );
  await session.restart({ capacity: { cpu: '8' } });
  const after = await until('its capacity is the new one', async () => {
    const node = await session.node('n1');
    return node.status.capacity?.['cpu'] === '8' && node;
  });
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.metadata.labels).toMatchObject({ own: 'x', 'kubernetes.io/hostname': 'n1' });
  expect(after.spec).toMatchObject({ unschedulable: true, podCIDR: before.spec.podCIDR });
  expect(after.status.conditions![3]!.lastTransitionTime).toBe(
    before.status.conditions![3]!.lastTransitionTime,
  );
});

test('the lease is renewed, also after somebody else changed it; the status only now and then', async () => {
  await using session = await startNodeSession();
  const { client } = session.plane;
  const lease = () => client.get(leases, { namespace: 'kube-node-lease', name: 'n1' });
  const first = await until('the lease is there', lease);
  const node = await session.node('n1');
  expect(first.spec).toMatchObject({ holderIdentity: 'n1', leaseDurationSeconds: 40 });
  expect(first.metadata.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: node.metadata.uid },
  ]);
  const renewedAfter = (time: string | null | undefined) =>
    until(
      'the lease is renewed',
      async () => {
        const found = await lease();
        return (found.spec?.renewTime ?? '') > (time ?? '') && found;
      },
      { clock: session.clock, stepMs: 1000 },
    );
  const second = await renewedAfter(first.spec?.renewTime);
  await client.patch(leases, second, { metadata: { labels: { touched: 'yes' } } }, { type: 'merge' });
  const third = await renewedAfter(second.spec?.renewTime);
  expect(third.metadata.labels).toEqual({ touched: 'yes' });
  await client.delete(leases, third);
  await renewedAfter(third.spec?.renewTime);

  await session.run('web', { containers: [container('c', 'nginx:1.25')] });
  const told = await until(
    'the image is told',
    async () => {
      const found = await session.node('n1');
      return found.status.images?.length === 1 && found;
    },
    { clock: session.clock, stepMs: 1000 },
  );
  expect(told.status.images![0]!.names![1]).toBe('docker.io/library/nginx:1.25');
  const version = told.metadata.resourceVersion;
  const until60 = session.clock.now() + 60_000;
  await until('a minute passed', () => session.clock.now() >= until60, {
    clock: session.clock,
    stepMs: 2000,
  });
  expect((await session.node('n1')).metadata.resourceVersion).toBe(version);
  const beat = await until(
    'the status is told again',
    async () => {
      const found = await session.node('n1');
      return found.metadata.resourceVersion !== version && found;
    },
    { clock: session.clock, stepMs: 10_000 },
  );
  const [old, now] = [told, beat].map((n) => n.status.conditions![3]!);
  expect(now!.lastHeartbeatTime).not.toBe(old!.lastHeartbeatTime);
  expect(now!.lastTransitionTime).toBe(old!.lastTransitionTime);
});

test('cordoning is told', async () => {
  await using session = await startNodeSession();
  const cordon = async (unschedulable: boolean): Promise<void> => {
    const node = await session.node('n1');
    await session.plane.client.patch(nodes, node, { spec: { unschedulable } }, { type: 'merge' });
  };
  await session.run('web', { containers: [container('c')] });
  await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  await cordon(true);
  await cordon(false);
  await until('both are told', () => session.eventsOf('n1').length === 8);
  expect(session.eventsOf('n1').slice(6)).toEqual([
    'Normal NodeNotSchedulable Node n1 status is now: NodeNotSchedulable',
    'Normal NodeSchedulable Node n1 status is now: NodeSchedulable',
  ]);
});

test('one agent serves many nodes, each with its own range', async () => {
  const nodeNames = ['n1', 'n2', 'n3'];
  await using session = await startNodeSession({ nodeNames });
  await session.run('far', { nodeName: 'n3', containers: [container('c')] });
  const pod = await session.podUntil('far', 'runs', (p) => p.status.phase === 'Running');
  expect(pod.status).toMatchObject({ hostIP: '172.18.0.4', podIP: '10.244.2.2' });
  await session.run('other', { nodeName: 'elsewhere', containers: [container('c')] });
  await session.run('near', { containers: [container('c')] });
  await session.podUntil('near', 'runs', (p) => p.status.phase === 'Running');
  expect((await session.pod('other')).status.containerStatuses).toBeUndefined();
});
