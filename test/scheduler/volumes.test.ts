// Claims that wait for a pod, against a real API server. The volume controller is played by the test.
import { expect, test } from 'vitest';
import { persistentVolumeClaims, persistentVolumes } from '../../src/client/resources.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { until } from '../harness/control-plane.ts';
import { startWorld, type World } from './world.ts';

const key = { namespace: 'default', name: 'data' };
const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }];

async function addClaim(world: World, provisioner: string): Promise<void> {
  const { client } = world.plane;
  await client.request('POST', '/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: 'wait' },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  await client.request('POST', '/api/v1/namespaces/default/persistentvolumeclaims', {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'wait',
      resources: { requests: { storage: '1Gi' } },
    },
  });
}

async function addVolume(world: World, name: string, nodeName: string): Promise<void> {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] };
  const { client } = world.plane;
  await client.request('POST', '/api/v1/persistentvolumes', {
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'wait',
      local: { path: '/data' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  });
  const status = { phase: 'Available' };
  const named = { namespace: '', name };
  await client.patch(persistentVolumes, named, { status }, { type: 'merge', subresource: 'status' });
}

/** What the volume controller does when it sees that they are for each other. */
async function completeBinding(world: World, volumeName: string): Promise<void> {
  const metadata = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
  const patch = { metadata, spec: { volumeName } };
  await world.plane.client.patch(persistentVolumeClaims, key, patch, { type: 'merge' });
}

test('a claim that waits is bound to a volume of the node, then the pod to the node', async () => {
  await using world = await startWorld({ clock: new TestClock() });
  for (const name of ['node-1', 'node-2']) await world.addNode(name);
  await addClaim(world, 'kubernetes.io/no-provisioner');
  await world.addPod('db', { volumes });
  expect(await world.messageOf('db')).toBe(
    "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
  );
  await addVolume(world, 'v', 'node-2');
  const volume = await until('the volume is for the claim', async () => {
    const found = await world.plane.client.get(persistentVolumes, { namespace: '', name: 'v' });
    return found.spec.claimRef ? found : undefined;
  });
  expect(volume.spec.claimRef).toMatchObject({
    kind: 'PersistentVolumeClaim',
    namespace: 'default',
    name: 'data',
  });
  expect(volume.metadata.annotations).toMatchObject({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
  expect((await world.getPod('db')).spec.nodeName).toBeUndefined();
  await completeBinding(world, 'v');
  expect(await world.nodeOf('db')).toBe('node-2');
});

test('a claim whose volume is to be made gets the name of the node', async () => {
  await using world = await startWorld({ clock: new TestClock() });
  await world.addNode('node-1');
  await addClaim(world, 'example.com/provisioner');
  await world.addPod('db', { volumes });
  const claim = await until('the claim has a node', async () => {
    const found = await world.plane.client.get(persistentVolumeClaims, key);
    return found.metadata.annotations?.['volume.kubernetes.io/selected-node'] ? found : undefined;
  });
  expect(claim.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe('node-1');
  await addVolume(world, 'made', 'node-1');
  await completeBinding(world, 'made');
  expect(await world.nodeOf('db')).toBe('node-1');
});
