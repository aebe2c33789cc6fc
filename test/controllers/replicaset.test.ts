// ReplicaSets and ReplicationControllers against a real API server: counts, adoption, failures, late caches, restarts.
import { afterEach, expect, test } from 'vitest';
import type { ReplicaSet } from '#types/apps_v1';
import type { Pod, ReplicationController, ResourceQuota } from '#types/core_v1';
import { resource } from '../../src/client/resource.ts';
import { events, namespaces, pods, replicaSets, replicationControllers } from '../../src/client/resources.ts';
import type { Transport, TransportResponse } from '../../src/client/transport.ts';
import { replicaSetController } from '../../src/controllers/replicaset/controller.ts';
import { replicationController } from '../../src/controllers/replicationcontroller.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';
import { startKubelet } from '../harness/kubelet.ts';

let plane: ControlPlane;
afterEach(() => plane[Symbol.asyncDispose]());

async function start(options: Parameters<typeof startControlPlane>[0] = {}): Promise<void> {
  plane = await startControlPlane({ disabledAdmission: ['ServiceAccount'], ...options });
}

const resourceQuotas = resource<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas', 'Namespaced');

const namespace = 'default';
const rs = { namespace, name: 'rs' };
const labels = { app: 'rs' };

function replicaSet(spec: Partial<ReplicaSet['spec']> = {}): ReplicaSet {
  return {
    metadata: { ...rs },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i', resources: {} }] } },
      ...spec,
    },
    status: { replicas: 0 },
  };
}

function pod(name: string, more: Partial<Pod['metadata']> = {}): Pod {
  const containers = [{ name: 'c', image: 'i', resources: {} }];
  return { metadata: { namespace, name, labels, ...more }, spec: { containers }, status: {} };
}

const get = (): Promise<ReplicaSet> => plane.client.get(replicaSets, rs);

async function alive(): Promise<Pod[]> {
  const { items } = await plane.client.list(pods, { namespace });
  return items.filter((p) => !p.metadata.deletionTimestamp);
}

function settled(replicas: number): Promise<ReplicaSet> {
  return until(`${replicas} are available`, async () => {
    const found = await get();
    const { status, metadata } = found;
    return (
      status.observedGeneration === metadata.generation &&
      status.replicas === replicas &&
      (status.availableReplicas ?? 0) === replicas &&
      found
    );
  });
}

function scale(replicas: number): Promise<ReplicaSet> {
  return plane.client.patch(replicaSets, rs, { spec: { replicas } }, { type: 'merge' });
}

async function told(): Promise<string[]> {
  const { items } = await plane.client.list(events, { namespace });
  return items.map((e) => `${e.involvedObject.kind} ${e.source.component} ${e.reason}: ${e.message}`).sort();
}

test('pods are created, counted, and deleted again', async () => {
  await start();
  startControllers(plane, replicaSetController);
  startKubelet(plane);
  await plane.client.create(replicaSets, replicaSet());
  const { status, metadata } = await settled(3);
  expect(status).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
    observedGeneration: 1,
  });
  const created = await alive();
  for (const { metadata: own } of created) {
    expect(own).toMatchObject({ generateName: 'rs-', labels });
    expect(own.ownerReferences).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'rs',
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  await scale(1);
  await settled(1);
  await until('all is told', async () => (await told()).length === 5);
  const [kept] = await alive();
  const gone = created.map((p) => p.metadata.name).filter((name) => name !== kept!.metadata.name);
  expect(await told()).toEqual(
    [
      ...created.map((p) => `SuccessfulCreate: Created pod: ${p.metadata.name}`),
      ...gone.map((name) => `SuccessfulDelete: Deleted pod: ${name}`),
    ]
      .map((text) => `ReplicaSet replicaset-controller ${text}`)
      .sort(),
  );
});

test('a pod that is deleted or ends is replaced; one on its way out is counted apart', async () => {
  await start();
  startControllers(plane, replicaSetController);
  let mayEnd = false;
  const kubelet = startKubelet(plane, { ends: () => mayEnd });
  await plane.client.create(replicaSets, replicaSet({ replicas: 2 }));
  await settled(2);
  const [first, second] = await alive();
  await plane.client.delete(pods, first!);
  await until('one is on its way out', async () => (await settled(2)).status.terminatingReplicas === 1);
  mayEnd = true;
  await kubelet.look();
  await until('none is', async () => (await settled(2)).status.terminatingReplicas === 0);
  await plane.client.patch(
    pods,
    second!,
    { status: { phase: 'Failed' } },
    { type: 'merge', subresource: 'status' },
  );
  await until('it is replaced', async () => {
    const active = (await alive()).filter((p) => p.status.phase === 'Running');
    return active.length === 2 && !active.some((p) => p.metadata.uid === second!.metadata.uid);
  });
});

test('orphans that match are adopted, pods that match no more are released', async () => {
  await start();
  await plane.client.create(pods, pod('one'));
  await plane.client.create(pods, pod('other', { labels: { app: 'x' } }));
  startControllers(plane, replicaSetController);
  startKubelet(plane);
  const { metadata } = await plane.client.create(replicaSets, replicaSet({ replicas: 2 }));
  await settled(2);
  const one = await plane.client.get(pods, { namespace, name: 'one' });
  expect(one.metadata.ownerReferences).toEqual([
    expect.objectContaining({ uid: metadata.uid, controller: true }),
  ]);
  const other = await plane.client.get(pods, { namespace, name: 'other' });
  expect(other.metadata.ownerReferences).toBeUndefined();
  expect(await alive()).toHaveLength(3);
  await plane.client.patch(pods, one, { metadata: { labels: { app: 'y' } } }, { type: 'merge' });
  await until('it is released', async () => {
    const found = await plane.client.get(pods, one);
    return found.metadata.ownerReferences === undefined;
  });
  await until('another takes its place', async () => (await alive()).length === 4);
  await settled(2);
});

test('a set that is being deleted adopts nothing and creates nothing', async () => {
  await start();
  const stuck = replicaSet({ replicas: 0 });
  stuck.metadata.finalizers = ['example.com/block'];
  await plane.client.create(replicaSets, stuck);
  await plane.client.delete(replicaSets, rs);
  await plane.client.patch(replicaSets, rs, { spec: { replicas: 2 } }, { type: 'merge' });
  await plane.client.create(pods, pod('one'));
  startControllers(plane, replicaSetController);
  await until('it was looked at', async () => {
    const { status, metadata } = await get();
    return status.observedGeneration === metadata.generation;
  });
  const [one, ...others] = await alive();
  expect(others).toEqual([]);
  expect(one!.metadata.ownerReferences).toBeUndefined();
});

test('what quota refuses is told in a condition and an event, a few times only', async () => {
  let refused = 0;
  await start({
    wrap: (inner) => ({
      async send(request) {
        const response = await inner.send(request);
        if (request.method === 'POST' && request.path.endsWith('/pods') && response.status === 403) refused++;
        return response;
      },
      close: () => inner.close(),
    }),
  });
  const metadata = { namespace, name: 'few' };
  const quota = { metadata, spec: { hard: { pods: '2' } }, status: {} };
  await plane.client.create(resourceQuotas, quota);
  // no controller counts here
  const status = { hard: quota.spec.hard, used: { pods: '0' } };
  await plane.client.patch(resourceQuotas, quota, { status }, { type: 'merge', subresource: 'status' });
  startControllers(plane, replicaSetController);
  await plane.client.create(replicaSets, replicaSet({ replicas: 50 }));
  const found = await until('it is told', async () => {
    const { status } = await get();
    return status.conditions?.[0];
  });
  expect(found).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
  expect(found.message).toMatch(/^pods "rs-[a-z0-9]+" is forbidden: /);
  expect(refused).toBeLessThan(20);
  await scale(2);
  await until('the condition is gone', async () => {
    const { status } = await get();
    return status.replicas === 2 && status.conditions === undefined;
  });
});

test('a namespace that is being deleted is no failure', async () => {
  await start();
  await plane.client.create(namespaces, {
    metadata: { name: 'ending', finalizers: ['example.com/x'] },
  } as never);
  const set = replicaSet();
  set.metadata.namespace = 'ending';
  await plane.client.create(replicaSets, set);
  await plane.client.delete(namespaces, { namespace: '', name: 'ending' });
  startControllers(plane, replicaSetController);
  const { status } = await until('it was looked at', async () => {
    const found = await plane.client.get(replicaSets, { namespace: 'ending', name: 'rs' });
    return found.status.observedGeneration === 1 && found;
  });
  expect(status.conditions).toBeUndefined();
  expect((await plane.client.list(events, { namespace: 'ending' })).items).toEqual([]);
});

test('a pod is available when it was ready long enough', async () => {
  const clock = new TestClock();
  await start({ clock });
  startControllers(plane, replicaSetController);
  startKubelet(plane);
  await plane.client.create(replicaSets, replicaSet({ replicas: 2, minReadySeconds: 30 }));
  await until('both are ready', async () => (await get()).status.readyReplicas === 2, { clock, stepMs: 1 });
  expect((await get()).status.availableReplicas).toBeUndefined();
  const readyAt = clock.now();
  await until('both are available', async () => (await get()).status.availableReplicas === 2, {
    clock,
    stepMs: 500,
  });
  expect(clock.now() - readyAt).toBeGreaterThanOrEqual(28_000);
});

/** Holds back what the watch of pods tells, until it is let go. */
function lateTransport(inner: Transport): { transport: Transport; letGo(): void } {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  async function* late(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of stream) {
      if (chunk.includes('"rs-')) await gate;
      yield chunk;
    }
  }
  const transport: Transport = {
    async send(request): Promise<TransportResponse> {
      const response = await inner.send(request);
      if (!/\/pods\?.*watch=true/.test(request.path)) return response;
      return {
        ...response,
        header: (n) => response.header(n),
        bytes: () => response.bytes(),
        stream: () => late(response.stream()),
      };
    },
    close: () => inner.close(),
  };
  return { transport, letGo };
}

test('a cache that is late makes no pod too many', async () => {
  let letGo = (): void => {};
  await start({
    wrap: (inner) => {
      const late = lateTransport(inner);
      letGo = late.letGo;
      return late.transport;
    },
  });
  startControllers(plane, replicaSetController);
  await plane.client.create(replicaSets, replicaSet({ replicas: 5 }));
  await until('five are created', async () => (await alive()).length === 5);
  // it looks again and again, and sees no pod yet
  for (let replicas = 4; replicas > 0; replicas--) {
    const { metadata } = await scale(replicas + 5);
    await until('it looked', async () => (await get()).status.observedGeneration === metadata.generation);
  }
  expect(await alive()).toHaveLength(5);
  letGo();
  await until('it has as many as it wants', async () => (await alive()).length === 6);
  await until('it counts them', async () => (await get()).status.replicas === 6);
  expect(await alive()).toHaveLength(6);
});

test('a conflict is settled on the fresh object', async () => {
  let fights = 3;
  await start({
    wrap: (inner) => ({
      async send(request) {
        if (request.method === 'PUT' && request.path.endsWith('/replicasets/rs/status') && fights-- > 0)
          await plane.client.patch(
            replicaSets,
            rs,
            { metadata: { annotations: { n: `${fights}` } } },
            { type: 'merge' },
          );
        return inner.send(request);
      },
      close: () => inner.close(),
    }),
  });
  startControllers(plane, replicaSetController);
  startKubelet(plane);
  await plane.client.create(replicaSets, replicaSet());
  await settled(3);
  expect(fights).toBeLessThanOrEqual(0);
  expect(await alive()).toHaveLength(3);
});

test('a ReplicationController does the same', async () => {
  await start();
  startControllers(plane, replicationController, replicaSetController);
  startKubelet(plane);
  const { spec } = replicaSet();
  const controller: ReplicationController = {
    metadata: { namespace, name: 'rc' },
    spec: { replicas: 2, selector: labels, template: spec.template },
    status: { replicas: 0 },
  };
  await plane.client.create(replicationControllers, controller);
  const { status } = await until('it is done', async () => {
    const found = await plane.client.get(replicationControllers, { namespace, name: 'rc' });
    return found.status.availableReplicas === 2 && found;
  });
  expect(status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  for (const { metadata } of await alive())
    expect(metadata.ownerReferences).toEqual([
      expect.objectContaining({ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc' }),
    ]);
  await until('it is told', async () => (await told()).length === 2);
  expect((await told())[0]).toMatch(
    /^ReplicationController replication-controller SuccessfulCreate: Created pod: rc-/,
  );
});
