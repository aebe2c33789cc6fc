// Deployments against a real API server: rollouts, scaling, history, and what a restart in between leaves behind.
import { afterEach, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { deployments, events, pods, replicaSets } from '../../src/client/resources.ts';
import type { Transport } from '../../src/client/transport.ts';
import { deploymentController } from '../../src/controllers/deployment/controller.ts';
import { replicaSetController } from '../../src/controllers/replicaset/controller.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';
import { startKubelet } from '../harness/kubelet.ts';

let plane: ControlPlane;
afterEach(() => plane[Symbol.asyncDispose]());

const namespace = 'default';
const web = { namespace, name: 'web' };

function deployment(spec: Partial<Deployment['spec']> = {}, image = 'nginx:1.25'): Deployment {
  return {
    metadata: { ...web, labels: { app: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'nginx', image, resources: {} }] },
      },
      strategy: {},
      ...spec,
    },
    status: {},
  };
}

const get = (): Promise<Deployment> => plane.client.get(deployments, web);

async function sets(): Promise<ReplicaSet[]> {
  const { items } = await plane.client.list(replicaSets, { namespace });
  return items.sort((a, b) => revision(a) - revision(b));
}

function revision(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']);
}

function patch(spec: object): Promise<Deployment> {
  return plane.client.patch(deployments, web, { spec }, { type: 'strategic' });
}

function setImage(image: string): Promise<Deployment> {
  return patch({ template: { spec: { containers: [{ name: 'nginx', image }] } } });
}

/** The Deployment when its rollout is complete. */
async function isComplete(): Promise<Deployment | undefined> {
  const found = await get();
  const { status, metadata, spec } = found;
  const progress = status.conditions?.find((c) => c.type === 'Progressing');
  const complete =
    status.observedGeneration === metadata.generation &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    progress?.reason === 'NewReplicaSetAvailable';
  return complete ? found : undefined;
}

function completed(): Promise<Deployment> {
  return until('the rollout is complete', isComplete);
}

async function scalings(): Promise<string[]> {
  const { items } = await plane.client.list(events, { namespace });
  return items
    .filter((e) => e.involvedObject.kind === 'Deployment')
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map((e) => `${e.reason}: ${e.message}`);
}

async function start(options: Parameters<typeof startControlPlane>[0] = {}): Promise<void> {
  plane = await startControlPlane({ disabledAdmission: ['ServiceAccount'], ...options });
}

const hash = '57794f8f99';

test('a Deployment gets a ReplicaSet named by its template, pods, and a status', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  const spec = deployment().spec;
  spec.template.spec.containers![0]!.ports = [{ containerPort: 80 }];
  await plane.client.create(deployments, deployment(spec));
  const { metadata, status } = await completed();
  expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(metadata.generation).toBe(1);
  expect(status).toEqual({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
    conditions: [
      expect.objectContaining({
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }),
      expect.objectContaining({
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "web-${hash}" has successfully progressed.`,
      }),
    ],
  });
  const [set] = await sets();
  const labels = { app: 'web', 'pod-template-hash': hash };
  expect(set!.metadata).toMatchObject({
    name: `web-${hash}`,
    labels,
    annotations: {
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    },
    ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
  });
  expect(set!.spec.selector).toEqual({ matchLabels: labels });
  expect(set!.spec.template.metadata.labels).toEqual(labels);
  const { items } = await plane.client.list(pods, { namespace });
  expect(items.map((pod) => pod.metadata.name)).toEqual(
    Array(3).fill(expect.stringMatching(new RegExp(`^web-${hash}-[a-z0-9]{5}$`))),
  );
  await until('it is told', async () => (await scalings()).length > 0);
  expect(await scalings()).toEqual([`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`]);
});

test('a complete Deployment costs no requests', async () => {
  const written: string[] = [];
  const noting = (inner: Transport): Transport => ({
    send(request) {
      if (request.method !== 'GET') written.push(`${request.method} ${request.path}`);
      return inner.send(request);
    },
    close: () => inner.close(),
  });
  await start({ wrap: noting });
  startKubelet(plane);
  const first = startControllers(plane, deploymentController, replicaSetController);
  await plane.client.create(deployments, deployment());
  await completed();
  await first.stop();
  written.length = 0;
  startControllers(plane, deploymentController, replicaSetController);
  // another that comes later is answered after the first was looked at
  const other = deployment({ replicas: 0, selector: { matchLabels: { app: 'other' } } });
  other.spec.template.metadata.labels = { app: 'other' };
  await plane.client.create(deployments, { ...other, metadata: { namespace, name: 'other' } });
  await until('the other has its set', async () => {
    const { status } = await plane.client.get(deployments, { namespace, name: 'other' });
    return status.conditions?.some((c) => c.reason === 'NewReplicaSetAvailable');
  });
  expect(written.filter((line) => !line.includes('/other'))).toEqual([
    'POST /apis/apps/v1/namespaces/default/replicasets',
  ]);
});

test('a rolling update never leaves its fenceposts', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
  await plane.client.create(deployments, deployment({ replicas: 5, strategy }));
  await completed();
  const informers = plane.informersFor(plane.client);
  let most = 0;
  let least = 5;
  const known = informers.informer(pods);
  const count = (): void => {
    const all = known.lister.list().filter((p) => !p.metadata.deletionTimestamp);
    const ready = all.filter((p) =>
      p.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    most = Math.max(most, all.length);
    if (known.hasSynced) least = Math.min(least, ready.length);
  };
  known.addHandler({ added: count, updated: count, deleted: count });
  informers.start(plane.signal);
  await known.synced();
  await setImage('nginx:1.26');
  await completed();
  expect(most).toBe(6);
  expect(least).toBeGreaterThanOrEqual(4);
  expect(least).toBeLessThanOrEqual(5);
  const all = await sets();
  expect(all.map((set) => set.spec.replicas)).toEqual([0, 5]);
});

test('Recreate ends every old pod before a new one starts', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  let mayEnd = false;
  const kubelet = startKubelet(plane, { ends: () => mayEnd });
  await plane.client.create(deployments, deployment({ replicas: 2, strategy: { type: 'Recreate' } }));
  await completed();
  await setImage('nginx:1.26');
  await until('the old pods are being deleted', async () => {
    const { items } = await plane.client.list(pods, { namespace });
    return items.length === 2 && items.every((pod) => pod.metadata.deletionTimestamp);
  });
  const waiting = await until('the old set counts no pods', async () => {
    const [old] = await sets();
    return old!.status.replicas === 0 && old!.status.terminatingReplicas === 2 && (await sets());
  });
  expect(waiting).toHaveLength(1);
  mayEnd = true;
  await kubelet.look();
  await completed();
  expect(await sets()).toHaveLength(2);
  expect((await scalings()).map((text) => text.replace(/web-[a-z0-9]+/, 'web-X'))).toEqual([
    'ScalingReplicaSet: Scaled up replica set web-X from 0 to 2',
    'ScalingReplicaSet: Scaled down replica set web-X from 2 to 0',
    'ScalingReplicaSet: Scaled up replica set web-X from 0 to 2',
  ]);
});

test('a stuck rollout is scaled in proportion', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane, { isReady: (pod) => pod.spec.containers![0]!.image !== 'nginx:bad' });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  await plane.client.create(deployments, deployment({ replicas: 10, strategy }));
  await completed();
  await setImage('nginx:bad');
  const sizes = async (): Promise<string> => (await sets()).map((set) => set.spec.replicas).join('/');
  await until('it is stuck', async () => (await sizes()) === '8/5');
  await patch({ replicas: 15 });
  await until('it has grown', async () => (await sizes()) === '11/7');
  await patch({ replicas: 5 });
  await until('it has shrunk', async () => (await sizes()) === '3/5');
  const names = (await sets()).map((set) => set.metadata.name!);
  await until('all is told', async () => (await scalings()).some((text) => text.endsWith('from 5 to 3')));
  const told = (await scalings()).map((text) =>
    text.replace(names[0]!, 'OLD').replace(names[1]!, 'NEW').replace('ScalingReplicaSet: Scaled ', ''),
  );
  // what is told a second time (NEW from 3 to 5) is counted on its event, which then moves to the end
  expect([...told].sort()).toEqual(
    [
      'up replica set OLD from 0 to 10',
      'up replica set NEW from 0 to 3',
      'down replica set OLD from 10 to 8',
      'up replica set NEW from 3 to 5',
      'up replica set OLD from 8 to 11',
      'up replica set NEW from 5 to 7',
      'down replica set OLD from 11 to 5',
      'down replica set NEW from 7 to 3',
      'down replica set OLD from 5 to 3',
    ].sort(),
  );
});

test('a rollout back to an earlier template takes its set again and notes the revisions', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  await plane.client.create(deployments, deployment({ replicas: 1 }));
  await completed();
  await setImage('nginx:1.26');
  await completed();
  await setImage('nginx:1.25');
  const { metadata } = await completed();
  expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  const all = await sets();
  expect(all.map((set) => [revision(set), set.spec.replicas])).toEqual([
    [2, 0],
    [3, 1],
  ]);
  expect(all[1]!.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
});

test('old sets above the limit are deleted', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  await plane.client.create(deployments, deployment({ replicas: 1, revisionHistoryLimit: 1 }));
  await completed();
  for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
    await setImage(image);
    await completed();
  }
  await until('two sets are left', async () => (await sets()).length === 2);
  expect((await sets()).map(revision)).toEqual([3, 4]);
});

test('a paused Deployment is scaled but not rolled out', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  await plane.client.create(deployments, deployment({ replicas: 1 }));
  await completed();
  await patch({ paused: true, replicas: 2 });
  await setImage('nginx:1.26');
  await until('it is scaled', async () => {
    const { status, metadata } = await get();
    return status.availableReplicas === 2 && status.observedGeneration === metadata.generation;
  });
  expect(await sets()).toHaveLength(1);
  const progress = (await get()).status.conditions!.find((c) => c.type === 'Progressing');
  expect(progress).toMatchObject({
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  });
  await patch({ paused: false });
  await completed();
  expect(await sets()).toHaveLength(2);
});

test('a rollout that does not move is told after its deadline', async () => {
  const clock = new TestClock();
  await start({ clock });
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane, { isReady: () => false });
  await plane.client.create(deployments, deployment({ replicas: 1, progressDeadlineSeconds: 30 }));
  const condition = await until(
    'the deadline is over',
    async () => {
      const { status } = await get();
      return status.conditions?.find((c) => c.reason === 'ProgressDeadlineExceeded');
    },
    { clock, stepMs: 1000 },
  );
  expect(condition).toMatchObject({ type: 'Progressing', status: 'False' });
  expect(condition.message).toMatch(/^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/);
});

test('a set of the name with another template makes the hash change', async () => {
  await start();
  const wanted = deployment();
  wanted.spec.template.spec.containers![0]!.ports = [{ containerPort: 80 }];
  const labels = { other: 'x' };
  await plane.client.create(replicaSets, {
    metadata: { namespace, name: `web-${hash}` },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c', resources: {} }] } },
    },
    status: { replicas: 0 },
  });
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  await plane.client.create(deployments, wanted);
  const { status } = await completed();
  expect(status.collisionCount).toBe(1);
  const own = (await sets()).find((set) => set.metadata.ownerReferences);
  expect(own!.metadata.name).not.toBe(`web-${hash}`);
});

test.each(['RollingUpdate', 'Recreate'])(
  'a killed controller left sets of the wanted size that remember another: %s goes on',
  async (type) => {
    await start();
    startKubelet(plane);
    const first = startControllers(plane, deploymentController, replicaSetController);
    await plane.client.create(deployments, deployment());
    await completed();
    await setImage('nginx:1.26');
    await completed();
    await first.stop();
    const [old, current] = await sets();
    const annotations = { 'deployment.kubernetes.io/desired-replicas': '5' };
    // of Recreate there are two, which a change of the strategy leaves
    const size = type === 'Recreate' ? 3 : 0;
    await plane.client.patch(
      replicaSets,
      old!,
      { metadata: { annotations }, spec: { replicas: size } },
      { type: 'merge' },
    );
    await plane.client.patch(replicaSets, current!, { metadata: { annotations } }, { type: 'merge' });
    await patch({ strategy: { type, rollingUpdate: null } });
    await setImage('nginx:1.27');
    startControllers(plane, deploymentController, replicaSetController);
    await completed();
    const found = await sets();
    expect(found.map(({ spec }) => spec.replicas)).toEqual([0, 0, 3]);
  },
);

test('an orphaned set that matches is adopted', async () => {
  await start();
  startKubelet(plane);
  const first = startControllers(plane, deploymentController, replicaSetController);
  await plane.client.create(deployments, deployment());
  await completed();
  await first.stop();
  const [set] = await sets();
  await plane.client.delete(deployments, web);
  await plane.client.patch(replicaSets, set!, { metadata: { ownerReferences: null } }, { type: 'merge' });
  startControllers(plane, deploymentController, replicaSetController);
  const { metadata } = await plane.client.create(deployments, deployment());
  await completed();
  const [adopted, ...others] = await sets();
  expect(others).toEqual([]);
  expect(adopted!.metadata.uid).toBe(set!.metadata.uid);
  expect(adopted!.metadata.ownerReferences).toEqual([
    expect.objectContaining({ uid: metadata.uid, controller: true }),
  ]);
});

test('a rollback asked for by the old annotation', async () => {
  await start();
  startControllers(plane, deploymentController, replicaSetController);
  startKubelet(plane);
  await plane.client.create(deployments, deployment({ replicas: 1 }));
  await completed();
  await setImage('nginx:1.26');
  await completed();
  const annotations = { 'deprecated.deployment.rollback.to': '1' };
  await plane.client.patch(deployments, web, { metadata: { annotations } }, { type: 'merge' });
  const back = await until('it is rolled back', async () => {
    const found = await get();
    return found.spec.template.spec.containers![0]!.image === 'nginx:1.25' && found;
  });
  expect(back.metadata.annotations).not.toHaveProperty('deprecated.deployment.rollback.to');
  await completed();
  await until('it is told', async () =>
    (await scalings()).includes('DeploymentRollback: Rolled back deployment "web" to revision 1'),
  );
});
