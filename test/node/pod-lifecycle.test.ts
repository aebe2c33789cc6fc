// The life of pods under the node agent, with the simulated runtime, against a real API server.
import { expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '#types/core_v1';
import { configMaps, pods, secrets } from '../../src/client/resources.ts';
import { until } from '../harness/control-plane.ts';
import { container, shell, startNodeSession } from './node-session.ts';

function only(pod: Pod): ContainerStatus {
  return pod.status.containerStatuses![0]!;
}

function conditionsOf(pod: Pod): Record<string, string> {
  return Object.fromEntries(
    (pod.status.conditions ?? []).map((c) => [c.type, c.reason ? `${c.status} ${c.reason}` : c.status]),
  );
}

test('a pod comes up, is deleted gracefully, and is gone', async () => {
  await using session = await startNodeSession();
  const made = await session.run('web', { containers: [container('web')] });
  const pod = await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  expect(only(pod)).toMatchObject({
    image: 'docker.io/library/nginx:1.25',
    containerID: expect.stringMatching(/^simulated:\/\/[0-9a-f]{64}$/),
    ready: true,
    started: true,
    restartCount: 0,
    lastState: {},
    resources: {},
  });
  expect(pod.status).toMatchObject({
    hostIP: '172.18.0.2',
    podIP: expect.stringMatching(/^10\.244\.0\./),
    qosClass: 'BestEffort',
    observedGeneration: 1,
  });
  expect(Object.keys(conditionsOf(pod))).toEqual([
    'PodReadyToStartContainers',
    'Initialized',
    'Ready',
    'ContainersReady',
    'PodScheduled',
  ]);
  await session.plane.client.delete(pods, made);
  await session.gone('web');
  expect(session.eventsOf('web')).toEqual([
    'Normal Pulling Pulling image "nginx:1.25"',
    expect.stringMatching(
      /^Normal Pulled Successfully pulled image "nginx:1.25" in 0s \(0s including waiting\)\. Image size: \d+ bytes\.$/,
    ),
    'Normal Created Container created',
    'Normal Started Container started',
    'Normal Killing Stopping container web',
  ]);
  await until('the runtime forgot it', async () => (await session.runtime.listPods()).length === 0);
});

test('an image that is there is not pulled again, unless the policy is Always', async () => {
  await using session = await startNodeSession();
  for (const [name, imagePullPolicy] of [['one'], ['two'], ['three', 'Always']] as const) {
    await session.run(name, { containers: [container('web', 'nginx:1.25', { imagePullPolicy })] });
    await session.podUntil(name, 'runs', (p) => p.status.phase === 'Running');
  }
  expect(session.eventsOf('two')[0]).toBe(
    'Normal Pulled Container image "nginx:1.25" already present on machine and can be accessed by the pod',
  );
  expect(session.eventsOf('three')[0]).toBe('Normal Pulling Pulling image "nginx:1.25"');
});

test.each([
  ['Never', 'exit 0', 'Succeeded', 'True PodCompleted', 'Completed'],
  ['Never', 'exit 3', 'Failed', 'True', 'Error'],
  ['OnFailure', 'sleep 1; exit 0', 'Succeeded', 'True PodCompleted', 'Completed'],
])('restartPolicy %s: `%s` ends as %s', async (restartPolicy, script, phase, initialized, reason) => {
  await using session = await startNodeSession();
  await session.run('job', { restartPolicy, containers: [shell('c', script)] });
  const pod = await session.podUntil('job', 'ends', (p) => p.status.phase === phase, 100);
  expect(only(pod).state.terminated).toMatchObject({ reason, exitCode: script.endsWith('3') ? 3 : 0 });
  expect(conditionsOf(pod)).toMatchObject({
    Initialized: initialized,
    Ready: phase === 'Failed' ? 'False PodFailed' : 'False PodCompleted',
    PodReadyToStartContainers: 'False',
  });
  expect(only(pod).restartCount).toBe(0);
  expect(session.eventsOf('job').filter((e) => e.includes('Killing'))).toEqual([]);
});

test('a container that keeps failing is started again after growing waits', async () => {
  await using session = await startNodeSession();
  await session.run('loop', { containers: [shell('c', 'exit 1')] });
  const backsOff = (wait: string) => (p: Pod) =>
    only(p)?.state.waiting?.message?.startsWith(`back-off ${wait} restarting`) === true;
  const first = await session.podUntil('loop', 'backs off 10s', backsOff('10s'), 10);
  const { uid } = first.metadata;
  expect(first.status.phase).toBe('Running');
  expect(only(first)).toMatchObject({
    restartCount: 1,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 10s restarting failed container=c pod=loop_default(${uid})`,
      },
    },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  });
  expect(conditionsOf(first)).toMatchObject({
    Ready: 'False ContainersNotReady',
    ContainersReady: 'False ContainersNotReady',
    Initialized: 'True',
  });
  const began = session.clock.now();
  const second = await session.podUntil('loop', 'backs off 20s', backsOff('20s'), 500);
  expect(session.clock.now() - began).toBeGreaterThanOrEqual(9_000);
  expect(only(second).restartCount).toBe(2);
  await session.podUntil('loop', 'backs off 40s', backsOff('40s'), 2000);
  await session.podUntil('loop', 'backs off 5m0s', backsOff('5m0s'), 20_000);
  const text = `Warning BackOff Back-off restarting failed container c in pod loop_default(${uid})`;
  expect(session.eventsOf('loop').filter((e) => e === text).length).toBeGreaterThanOrEqual(5);
});

test('OnFailure restarts until it succeeds', async () => {
  await using session = await startNodeSession();
  await session.run('c', { restartPolicy: 'OnFailure', containers: [shell('c', 'sleep 1; exit 1')] });
  const pod = await session.podUntil('c', 'was restarted', (p) => only(p)?.restartCount === 1, 200);
  expect(pod.status.phase).toBe('Running');
});

test('init containers run in order, then the others', async () => {
  await using session = await startNodeSession();
  await session.run('init', {
    initContainers: [shell('first', 'sleep 2'), shell('second', 'sleep 2')],
    containers: [container('main')],
  });
  const waits = await session.podUntil(
    'init',
    'is at its first init container',
    (p) => p.status.initContainerStatuses?.[0]?.state.running !== undefined,
  );
  expect(waits.status.phase).toBe('Pending');
  expect(waits.status.initContainerStatuses![1]!.state).toEqual({ waiting: { reason: 'PodInitializing' } });
  expect(only(waits).state).toEqual({ waiting: { reason: 'PodInitializing' } });
  expect(waits.status.conditions!.find((c) => c.type === 'Initialized')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: 'containers with incomplete status: [first second]',
  });
  const pod = await session.podUntil('init', 'runs', (p) => p.status.phase === 'Running', 200);
  expect(pod.status.initContainerStatuses!.map((s) => [s.name, s.ready, s.started])).toEqual([
    ['first', true, false],
    ['second', true, false],
  ]);
});

test('an init container that fails for good fails the pod', async () => {
  await using session = await startNodeSession();
  await session.run('init', {
    restartPolicy: 'Never',
    initContainers: [shell('setup', 'exit 4')],
    containers: [container('main')],
  });
  const pod = await session.podUntil('init', 'failed', (p) => p.status.phase === 'Failed', 50);
  expect(pod.status.initContainerStatuses![0]!.state.terminated).toMatchObject({ exitCode: 4 });
  expect(only(pod).state).toEqual({ waiting: { reason: 'PodInitializing' } });
});

test('a sidecar starts before the others, and ends after them', async () => {
  await using session = await startNodeSession();
  await session.run('job', {
    restartPolicy: 'Never',
    initContainers: [container('side', 'envoy', { restartPolicy: 'Always' }), shell('setup', 'true')],
    containers: [shell('main', 'sleep 5; exit 0')],
  });
  const runs = await session.podUntil('job', 'runs', (p) => p.status.phase === 'Running', 50);
  expect(runs.status.initContainerStatuses![0]).toMatchObject({ name: 'side', started: true, ready: true });
  const pod = await session.podUntil('job', 'ends', (p) => p.status.phase === 'Succeeded', 500);
  expect(pod.status.initContainerStatuses![0]!.state.terminated).toBeDefined();
  expect(session.eventsOf('job').at(-1)).toBe('Normal Killing Stopping container side');
});

test('an image that does not exist: ErrImagePull, then ImagePullBackOff', async () => {
  await using session = await startNodeSession();
  await session.run('img', { containers: [container('c', 'nginx:bad')] });
  const cause =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:bad": failed to resolve reference "docker.io/library/nginx:bad": docker.io/library/nginx:bad: not found';
  const failed = await session.podUntil(
    'img',
    'failed',
    (p) => only(p)?.state.waiting?.reason === 'ErrImagePull',
  );
  expect(failed.status.phase).toBe('Pending');
  expect(only(failed).state.waiting!.message).toBe(cause);
  const waits = await session.podUntil(
    'img',
    'backs off',
    (p) => only(p).state.waiting?.reason === 'ImagePullBackOff',
    100,
  );
  expect(only(waits).state.waiting!.message).toBe(
    `Back-off pulling image "nginx:bad": ErrImagePull: ${cause}`,
  );
  expect(session.eventsOf('img')).toEqual([
    'Normal Pulling Pulling image "nginx:bad"',
    `Warning Failed Failed to pull image "nginx:bad": ${cause}`,
    'Warning Failed Error: ErrImagePull',
    'Normal BackOff Back-off pulling image "nginx:bad"',
    'Warning Failed Error: ImagePullBackOff',
  ]);
  await session.plane.client.delete(pods, waits);
  await session.gone('img');
});

test('readiness: probes with a delay, annotations, readiness gates', async () => {
  await using session = await startNodeSession();
  const readinessProbe = { tcpSocket: { port: 80 }, initialDelaySeconds: 5 };
  await session.run('probed', { containers: [container('c', 'nginx', { readinessProbe })] });
  await session.run('unready', { containers: [container('c')] }, { annotations: { 'sim/unready': '1' } });
  await session.run('gated', {
    containers: [container('c')],
    readinessGates: [{ conditionType: 'example.com/gate' }],
  });
  const ready = (p: Pod): string => conditionsOf(p)['Ready'] ?? '';
  const runs = (p: Pod): boolean => p.status.phase === 'Running';
  expect(ready(await session.podUntil('probed', 'runs', runs))).toBe('False ContainersNotReady');
  const began = session.clock.now();
  await session.podUntil('probed', 'is ready', (p) => ready(p) === 'True', 500);
  expect(session.clock.now() - began).toBeGreaterThanOrEqual(5000);

  const unready = await session.podUntil('unready', 'runs', runs);
  expect(only(unready)).toMatchObject({ started: true, ready: false });
  const annotations = { 'sim/unready': null };
  await session.plane.client.patch(pods, unready, { metadata: { annotations } }, { type: 'merge' });
  await session.podUntil('unready', 'is ready', (p) => ready(p) === 'True');

  const gated = await session.podUntil('gated', 'runs', runs);
  expect(gated.status.conditions!.find((c) => c.type === 'Ready')!.message).toBe(
    'corresponding condition of pod readiness gate "example.com/gate" does not exist.',
  );
  const conditions = [{ type: 'example.com/gate', status: 'True' }];
  await session.plane.client.patch(
    pods,
    gated,
    { status: { conditions } },
    { type: 'strategic', subresource: 'status' },
  );
  const opened = await session.podUntil('gated', 'is ready', (p) => ready(p) === 'True');
  expect(opened.status.conditions![0]!.type).toBe('example.com/gate');
});

test('a liveness probe that fails has its container restarted', async () => {
  await using session = await startNodeSession();
  const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 1 };
  const annotations = { 'sim.kubeskiff.io/fail-liveness-after': '3s' };
  await session.run('sick', { containers: [container('c', 'nginx', { livenessProbe })] }, { annotations });
  await session.podUntil('sick', 'was restarted', (p) => only(p)?.restartCount === 1, 500);
  expect(session.eventsOf('sick')).toContain(
    'Normal Killing Container c failed liveness probe, will be restarted',
  );
});

test('activeDeadlineSeconds ends a pod', async () => {
  await using session = await startNodeSession();
  await session.run('late', {
    restartPolicy: 'Never',
    activeDeadlineSeconds: 5,
    containers: [container('c')],
  });
  const pod = await session.podUntil('late', 'failed', (p) => p.status.phase === 'Failed', 500);
  expect(pod.status).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
  expect(only(pod).state.terminated).toMatchObject({ exitCode: 143 });
});

test('a pod that does not fit is refused', async () => {
  await using session = await startNodeSession();
  const asks = (cpu: string) => ({ resources: { requests: { cpu } } });
  await session.run('big', { containers: [container('c', 'nginx', asks('3'))] });
  await session.podUntil('big', 'runs', (p) => p.status.phase === 'Running');
  await session.run('more', { containers: [container('c', 'nginx', asks('2'))] });
  const pod = await session.podUntil('more', 'failed', (p) => p.status.phase === 'Failed');
  const text = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000";
  expect(pod.status).toMatchObject({ reason: 'OutOfcpu', message: `Pod was rejected: ${text}` });
  expect(session.eventsOf('more')).toEqual([`Warning OutOfcpu ${text}`]);
  await session.run('elsewhere', { nodeSelector: { zone: 'a' }, containers: [container('c')] });
  const other = await session.podUntil('elsewhere', 'failed', (p) => p.status.phase === 'Failed');
  expect(other.status.message).toBe(
    "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  );
  // what ended leaves its room
  await session.plane.client.delete(pods, { namespace: 'default', name: 'big' });
  await session.gone('big');
  await session.run('again', { containers: [container('c', 'nginx', asks('2'))] });
  await session.podUntil('again', 'runs', (p) => p.status.phase === 'Running');
  await session.plane.client.delete(pods, other);
  await session.gone('elsewhere');
});

test('what a container or volume refers to must be there', async () => {
  await using session = await startNodeSession();
  const { client } = session.plane;
  await session.run('env', {
    containers: [container('c', 'nginx', { envFrom: [{ configMapRef: { name: 'cfg' } }] })],
  });
  const waits = await session.podUntil(
    'env',
    'lacks its config',
    (p) => only(p)?.state.waiting?.reason === 'CreateContainerConfigError',
  );
  expect(only(waits).state.waiting!.message).toBe('configmap "cfg" not found');
  expect(session.eventsOf('env')).toContain('Warning Failed Error: configmap "cfg" not found');
  await session.run('vol', {
    containers: [container('c')],
    volumes: [{ name: 'v', secret: { secretName: 'key' } }],
  });
  await until(
    'the mount failed',
    () =>
      session
        .eventsOf('vol')
        .includes('Warning FailedMount MountVolume.SetUp failed for volume "v" : secret "key" not found'),
    { clock: session.clock, stepMs: 50 },
  );
  expect(only(await session.pod('vol')).state).toEqual({ waiting: { reason: 'ContainerCreating' } });
  await client.create(configMaps, { metadata: { name: 'cfg', namespace: 'default' }, data: { A: '1' } });
  await client.create(secrets, { metadata: { name: 'key', namespace: 'default' } } as never);
  await session.podUntil('env', 'runs', (p) => p.status.phase === 'Running');
  await session.podUntil('vol', 'runs', (p) => p.status.phase === 'Running');
});

test('a pod on the host network has its node’s address; a forced deletion ends it too', async () => {
  await using session = await startNodeSession();
  const made = await session.run('host', { hostNetwork: true, containers: [container('c')] });
  const pod = await session.podUntil('host', 'runs', (p) => p.status.phase === 'Running');
  expect(pod.status.podIP).toBe('172.18.0.2');
  await session.plane.client.delete(pods, made, { gracePeriodSeconds: 0 });
  await until('the runtime forgot it', async () => (await session.runtime.listPods()).length === 0);
});

test('a container that takes its time to stop is waited for, and a shorter grace period shortens that', async () => {
  await using session = await startNodeSession();
  const annotations = { 'sim.kubeskiff.io/stop-delay': '20s' };
  const made = await session.run('slow', { containers: [container('c')] }, { annotations });
  await session.podUntil('slow', 'runs', (p) => p.status.phase === 'Running');
  await session.plane.client.delete(pods, made);
  await until('it is told to stop', () => session.eventsOf('slow').some((e) => e.includes('Killing')));
  session.clock.advance(5000);
  expect((await session.pod('slow')).status.phase).toBe('Running');
  await session.plane.client.delete(pods, made, { gracePeriodSeconds: 3 });
  await until('it is gone', async () => (await session.plane.client.list(pods)).items.length === 0, {
    clock: session.clock,
    stepMs: 100,
  });
  expect(session.clock.now() - Date.UTC(2026, 0, 1)).toBeLessThan(15_000);
});

test('after a restart of the agent pods go on as they were', async () => {
  await using session = await startNodeSession();
  await session.run('web', { containers: [container('web')] });
  await session.run('job', { restartPolicy: 'Never', containers: [shell('c', 'sleep 60; exit 0')] });
  const runs = (p: Pod): boolean => p.status.phase === 'Running';
  const before = await session.podUntil('web', 'runs', runs);
  await session.podUntil('job', 'runs', runs);
  await session.agent.flush();
  await session.restart();
  await session.run('later', { containers: [container('c')] });
  const later = await session.podUntil('later', 'runs', runs);
  expect(later.status.podIP).not.toBe(before.status.podIP);
  const after = await session.pod('web');
  expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  const ended = await session.podUntil('job', 'ends', (p) => p.status.phase === 'Succeeded', 1000);
  expect(only(ended).restartCount).toBe(0);
  await session.plane.client.delete(pods, after);
  await session.gone('web');
});

test('what others change in a status that is the agent’s is put right', async () => {
  await using session = await startNodeSession();
  await session.run('web', { containers: [container('web')] });
  const pod = await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  const status = { podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }] };
  await session.plane.client.patch(pods, pod, { status }, { type: 'merge', subresource: 'status' });
  await session.podUntil('web', 'has its address again', (p) => p.status.podIP === pod.status.podIP);
});

test('a container whose image is changed is started anew with it', async () => {
  await using session = await startNodeSession();
  await session.run('web', { containers: [container('c', 'nginx:1.25')] });
  const pod = await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  const spec = { containers: [{ name: 'c', image: 'nginx:1.26' }] };
  await session.plane.client.patch(pods, pod, { spec }, { type: 'strategic' });
  const changed = await session.podUntil('web', 'has the other image', (p) => only(p).restartCount === 1);
  expect(only(changed).image).toBe('docker.io/library/nginx:1.26');
  expect(session.eventsOf('web')).toContain(
    'Normal Killing Container c definition changed, will be restarted',
  );
});

test('an ephemeral container is started in a pod that runs, and never again', async () => {
  await using session = await startNodeSession();
  await session.run('web', { containers: [container('c')] });
  const pod = await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  const ephemeral = { name: 'debug', image: 'busybox', command: ['sh', '-c', 'sleep 1; exit 5'] };
  await session.plane.client.patch(
    pods,
    pod,
    { spec: { ephemeralContainers: [ephemeral] } },
    { type: 'strategic', subresource: 'ephemeralcontainers' },
  );
  const state = (p: Pod) => p.status.ephemeralContainerStatuses?.[0]?.state;
  await session.podUntil('web', 'is debugged', (p) => state(p)?.running !== undefined);
  const ended = await session.podUntil(
    'web',
    'was debugged',
    (p) => state(p)?.terminated?.exitCode === 5,
    200,
  );
  expect(ended.status.phase).toBe('Running');
  session.clock.advance(60_000);
  await session.agent.flush();
  expect(state(await session.pod('web'))?.terminated?.exitCode).toBe(5);
  expect(session.eventsOf('web').filter((e) => e === 'Normal Started Container started')).toHaveLength(2);
});
