// The scheduler against a real API server. The messages are those of a real control plane, as 1.36 prints them.
import { expect, test } from 'vitest';
import { eventsV1, nodes, pods } from '../../src/client/resources.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { faultyTransport, until } from '../harness/control-plane.ts';
import { startWorld } from './world.ts';

const notHelpful = 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

async function patchNode(world: Awaited<ReturnType<typeof startWorld>>, name: string, patch: unknown) {
  await world.plane.client.patch(nodes, { namespace: '', name }, patch, { type: 'merge' });
}

test('a pod is bound, with a condition and an event', async () => {
  await using world = await startWorld();
  await world.addNode('node-1');
  await world.addPod('web', { requests: { cpu: '1' } });
  expect(await world.nodeOf('web')).toBe('node-1');
  const pod = await world.getPod('web');
  expect(pod.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  const event = await until('the event is there', async () => {
    const { items } = await world.plane.client.list(eventsV1, { namespace: 'default' });
    return items[0];
  });
  expect(event).toMatchObject({
    reason: 'Scheduled',
    action: 'Binding',
    note: 'Successfully assigned default/web to node-1',
    type: 'Normal',
    reportingController: 'default-scheduler',
    regarding: { kind: 'Pod', name: 'web', apiVersion: 'v1', uid: pod.metadata.uid },
  });
});

test('without nodes a pod is tried again until there is one', async () => {
  await using world = await startWorld({ clock: new TestClock() });
  await world.addPod('web');
  expect(await world.messageOf('web')).toBe('no nodes available to schedule pods');
  await world.addNode('node-1');
  expect(await world.nodeOf('web')).toBe('node-1');
});

test('taints keep pods away until they go', async () => {
  await using world = await startWorld();
  const taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
  for (const name of ['node-1', 'node-2', 'node-3']) await world.addNode(name, { spec: { taints: [taint] } });
  await world.addPod('plain');
  expect(await world.messageOf('plain')).toBe(
    `0/3 nodes are available: 3 node(s) had untolerated taint(s). ${notHelpful}`,
  );
  expect(await world.notesOf('plain', 'FailedScheduling')).toEqual([await world.messageOf('plain')]);
  await world.addPod('tolerant', { tolerations: [{ key: 'k', operator: 'Equal', value: 'v' }] });
  await world.nodeOf('tolerant');
  await patchNode(world, 'node-2', { spec: { taints: null } });
  expect(await world.nodeOf('plain')).toBe('node-2');
});

test('cordoned nodes take no pods until they are uncordoned', async () => {
  await using world = await startWorld();
  for (const name of ['node-1', 'node-2', 'node-3'])
    await world.addNode(name, { spec: { unschedulable: true } });
  await world.addPod('late');
  expect(await world.messageOf('late')).toBe(
    `0/3 nodes are available: 3 node(s) were unschedulable. ${notHelpful}`,
  );
  await patchNode(world, 'node-1', { spec: { unschedulable: null } });
  // uncordoning takes away the flag; the taint that goes with it is the node controller's
  expect(await world.nodeOf('late')).toBe('node-1');
});

test('a node selector waits for a label', async () => {
  await using world = await startWorld();
  for (const name of ['node-1', 'node-2', 'node-3']) await world.addNode(name);
  await world.addPod('sel', { nodeSelector: { disk: 'nvme' } });
  expect(await world.messageOf('sel')).toBe(
    `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${notHelpful}`,
  );
  await world.addPod('one', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } });
  expect(await world.nodeOf('one')).toBe('node-2');
  await patchNode(world, 'node-1', { metadata: { labels: { disk: 'nvme' } } });
  expect(await world.nodeOf('sel')).toBe('node-1');
});

test('pods of other schedulers, bound pods and gated pods are left alone', async () => {
  await using world = await startWorld();
  await world.addNode('node-1');
  await world.addPod('other', { schedulerName: 'other' });
  await world.addPod('ghost', { nodeName: 'node-9' });
  await world.addPod('gated', { schedulingGates: [{ name: 'example.com/a' }, { name: 'example.com/b' }] });
  await world.addPod('last');
  await world.nodeOf('last');
  expect((await world.getPod('other')).status.conditions).toBeUndefined();
  expect((await world.getPod('other')).spec.nodeName).toBeUndefined();
  expect((await world.getPod('gated')).spec.nodeName).toBeUndefined();
  expect(await world.notesOf('gated', 'FailedScheduling')).toEqual([]);
  const remove = [{ op: 'remove', path: '/spec/schedulingGates' }];
  await world.plane.client.patch(pods, { namespace: 'default', name: 'gated' }, remove, { type: 'json' });
  expect(await world.nodeOf('gated')).toBe('node-1');
});

test('a pod that ends or goes makes room', async () => {
  await using world = await startWorld();
  await world.addNode('node-1');
  for (const name of ['a', 'b', 'c']) await world.addPod(name, { requests: { cpu: '2' } });
  await until('one pod waits', async () => {
    const list = await world.plane.client.list(pods, { namespace: 'default' });
    return list.items.some((pod) => pod.status.conditions?.some((c) => c.reason === 'Unschedulable'));
  });
  const { items } = await world.plane.client.list(pods, { namespace: 'default' });
  const waiting = items.find((pod) => !pod.spec.nodeName)!;
  const [done, gone] = items.filter((pod) => pod.spec.nodeName);
  expect(await world.messageOf(waiting.metadata.name!)).toBe(
    '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  );
  const ended = { status: { phase: 'Succeeded' } };
  await world.plane.client.patch(pods, done!, ended, { type: 'merge', subresource: 'status' });
  await world.nodeOf(waiting.metadata.name!);
  await world.addPod('d', { requests: { cpu: '2' } });
  await world.messageOf('d');
  await world.plane.client.delete(pods, gone!, { gracePeriodSeconds: 0 });
  expect(await world.nodeOf('d')).toBe('node-1');
});

test('anti-affinity keeps pods apart, and others away', async () => {
  await using world = await startWorld();
  for (const name of ['node-1', 'node-2', 'node-3']) await world.addNode(name);
  const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const web = { labels: { app: 'web' }, affinity };
  const chosen: string[] = [];
  for (const name of ['web-1', 'web-2', 'web-3']) {
    await world.addPod(name, web);
    chosen.push(await world.nodeOf(name));
  }
  expect(chosen.sort()).toEqual(['node-1', 'node-2', 'node-3']);
  const noVictims = 'preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
  await world.addPod('web-4', web);
  expect(await world.messageOf('web-4')).toBe(
    `0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${noVictims}`,
  );
  await world.addPod('intruder', { labels: { app: 'web' } });
  expect(await world.messageOf('intruder')).toBe(
    `0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. ${noVictims}`,
  );
  const first = await world.getPod('web-1');
  await world.plane.client.delete(pods, first, { gracePeriodSeconds: 0 });
  const next = await until('one of them has the place', async () => {
    const both = await Promise.all([world.getPod('web-4'), world.getPod('intruder')]);
    return both.find((pod) => pod.spec.nodeName)?.spec.nodeName;
  });
  expect(next).toBe(first.spec.nodeName);
});

test('a claim that is missing or not bound holds the pod', async () => {
  await using world = await startWorld();
  await world.addNode('node-1');
  const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }];
  await world.addPod('db', { volumes });
  const end = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  expect(await world.messageOf('db')).toBe(
    `0/1 nodes are available: persistentvolumeclaim "data" not found. ${end}`,
  );
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await world.plane.client.request('POST', '/api/v1/namespaces/default/persistentvolumeclaims', {
    metadata: { name: 'data' },
    spec,
  });
  await until('the message tells of the claim', async () =>
    (await world.messageOf('db')).includes('unbound immediate'),
  );
  expect(await world.messageOf('db')).toBe(
    `0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. ${end}`,
  );
});

test('a binding that fails is tried again', async () => {
  let failures = 2;
  await using world = await startWorld({
    clock: new TestClock(),
    wrap: (transport) =>
      faultyTransport(transport, {
        fault: (_n, _method, path) => (path.endsWith('/binding') && failures-- > 0 ? 'before' : undefined),
      }),
  });
  await world.addNode('node-1', { allocatable: { pods: '1' } });
  await world.addPod('web');
  expect(await world.nodeOf('web')).toBe('node-1');
  expect(await world.notesOf('web', 'FailedScheduling')).toContain(
    'running Bind plugin "DefaultBinder": the request was lost',
  );
});

test('a binding whose answer is lost is not tried again', async () => {
  let bindings = 0;
  await using world = await startWorld({
    wrap: (transport) =>
      faultyTransport(transport, {
        fault: (_n, _method, path) => (path.endsWith('/binding') && ++bindings ? 'after' : undefined),
      }),
  });
  await world.addNode('node-1', { allocatable: { cpu: '1' } });
  await world.addPod('web', { requests: { cpu: '1' } });
  await world.nodeOf('web');
  await world.addPod('next', { requests: { cpu: '1' } });
  await world.messageOf('next');
  expect(bindings).toBe(1);
});
