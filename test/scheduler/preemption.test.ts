// Preemption against a real API server: as the recording scheduler-preemption, with the texts of 1.36.
import { expect, test } from 'vitest';
import { eventsV1, pods } from '../../src/client/resources.ts';
import { until } from '../harness/control-plane.ts';
import { startWorld, type World } from './world.ts';

async function addPriority(
  world: World,
  name: string,
  value: number,
  preemptionPolicy?: string,
): Promise<void> {
  const body = { metadata: { name }, value, preemptionPolicy };
  await world.plane.client.request('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', body);
}

async function fill(world: World): Promise<void> {
  await addPriority(world, 'low', 100);
  await addPriority(world, 'high', 10_000);
  await addPriority(world, 'never', 20_000, 'Never');
  for (const i of [1, 2, 3]) await world.addNode(`node-${i}`);
  for (const i of [1, 2, 3])
    await world.addPod(`low-${i}`, { priorityClassName: 'low', requests: { cpu: '3' } });
  for (const i of [1, 2, 3]) await world.nodeOf(`low-${i}`);
}

test('a pod that never preempts waits', async () => {
  await using world = await startWorld();
  await fill(world);
  await world.addPod('never', { priorityClassName: 'never', requests: { cpu: '3' } });
  expect(await world.messageOf('never')).toBe(
    '0/3 nodes are available: 3 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
  );
});

test('a pod of higher priority takes the place of one of lower', async () => {
  await using world = await startWorld();
  await fill(world);
  await world.addPod('high', { priorityClassName: 'high', requests: { cpu: '3' } });
  expect(await world.messageOf('high')).toBe('0/3 nodes are available: 3 Insufficient cpu.');
  const victim = await until('a victim is being deleted', async () => {
    const { items } = await world.plane.client.list(pods, { namespace: 'default' });
    return items.find((pod) => pod.metadata.deletionTimestamp);
  });
  const high = await until('the pod is nominated', async () => {
    const pod = await world.getPod('high');
    return pod.status.nominatedNodeName ? pod : undefined;
  });
  expect(high.status.nominatedNodeName).toBe(victim.spec.nodeName);
  expect(victim.status.conditions).toContainEqual(
    expect.objectContaining({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    }),
  );
  // the place is kept for it
  await world.addPod('other', { priorityClassName: 'low', requests: { cpu: '3' } });
  await world.messageOf('other');
  await world.plane.client.delete(pods, victim, { gracePeriodSeconds: 0 });
  expect(await world.nodeOf('high')).toBe(victim.spec.nodeName);
  expect((await world.getPod('other')).spec.nodeName).toBeUndefined();
  await world.notesOf('high', 'Scheduled');
  const { items } = await world.plane.client.list(eventsV1, { namespace: 'default' });
  expect(items.find((event) => event.reason === 'Preempted')).toMatchObject({
    action: 'Preempting',
    note: `Preempted by pod ${high.metadata.uid} on node ${victim.spec.nodeName}`,
    regarding: { name: victim.metadata.name },
    related: { name: 'high' },
  });
});

test('the pod without a disruption budget goes first', async () => {
  await using world = await startWorld();
  await addPriority(world, 'high', 10_000);
  await world.addNode('node-1');
  await world.addPod('kept', { labels: { app: 'kept' }, requests: { cpu: '2' } });
  await world.addPod('free', { requests: { cpu: '2' } });
  await world.nodeOf('kept');
  await world.nodeOf('free');
  await world.plane.client.request('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
    metadata: { name: 'kept' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
  });
  await world.addPod('high', { priorityClassName: 'high', requests: { cpu: '2' } });
  const victim = await until('a victim is being deleted', async () => {
    const { items } = await world.plane.client.list(pods, { namespace: 'default' });
    return items.find((pod) => pod.metadata.deletionTimestamp);
  });
  expect(victim.metadata.name).toBe('free');
});
