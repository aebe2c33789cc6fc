// Pods whose deletion was begun and which no kubelet ends.
import { expect, test } from 'vitest';
import type { Pod } from '#types/core_v1';
import { pods } from '../../src/client/resources.ts';
import { podGarbageCollector } from '../../src/controllers/pod-garbage-collector.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

const namespace = 'default';

// a finalizer keeps a pod in the state in which a killed API server left it
function pod(name: string, nodeName?: string): Pod {
  return {
    metadata: { name, namespace, finalizers: ['example.com/keep'] },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...(nodeName && { nodeName }) },
  } as Pod;
}

test('a pod that was never bound is failed and deleted after a while, a bound one is left to its kubelet', async () => {
  const clock = new TestClock();
  await using plane = await startControlPlane({ clock, disabledAdmission: ['ServiceAccount'] });
  const { client } = plane;
  startControllers(plane, podGarbageCollector);
  for (const each of [pod('unbound'), pod('bound', 'node-1')]) {
    await client.create(pods, each);
    await client.delete(pods, each);
  }
  const phaseOf = async (name: string): Promise<string | undefined> =>
    (await client.get(pods, { namespace, name })).status.phase;
  expect(await phaseOf('unbound')).toBe('Pending');
  await until('it is failed', async () => (await phaseOf('unbound')) === 'Failed', { clock, stepMs: 1000 });
  expect(await phaseOf('bound')).toBe('Pending');
  const release = { metadata: { finalizers: null } };
  await client.patch(pods, { namespace, name: 'unbound' }, release, { type: 'merge' });
  const { items } = await client.list(pods, { namespace });
  expect(items.map((p) => p.metadata.name)).toEqual(['bound']);
});
