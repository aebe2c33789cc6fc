// Pod statuses as cases: what the runtime says, and what follows.
import { describe, expect, it } from 'vitest';
import type { Container, Pod, PodStatus } from '#types/core_v1';
import type { StartProblem } from './pod-status/container-statuses.ts';
import { finalStatus, podStatus, rejectedStatus } from './pod-status.ts';
import type { RuntimeContainer, RuntimePod } from './runtimes/runtime.ts';

const now = Date.UTC(2026, 0, 1, 0, 0, 30);
const image = { id: 'docker.io/library/nginx@sha256:0', name: 'docker.io/library/nginx:1', sizeBytes: 1 };

function pod(
  spec: Partial<Pod['spec']>,
  status: PodStatus = {},
  metadata: Partial<Pod['metadata']> = {},
): Pod {
  return {
    metadata: { name: 'p', namespace: 'default', uid: 'u', generation: 1, ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx:1', resources: {} }], restartPolicy: 'Always', ...spec },
    status: { phase: 'Pending', qosClass: 'BestEffort', ...status },
  } as Pod;
}

function init(name: string, restartPolicy?: string): Container {
  return { name, image: 'nginx:1', resources: {}, ...(restartPolicy && { restartPolicy }) } as Container;
}

/** `c running`, `c exited 3`, `c created`; the newest of a name first. */
function known(...texts: string[]): RuntimePod {
  const containers = texts.map((text, i): RuntimeContainer => {
    const [name = '', state = '', code = '0'] = text.split(' ');
    return {
      id: `${name}${i}`,
      name,
      attempt: texts.length - 1 - i,
      image,
      state: state as RuntimeContainer['state'],
      createdAt: now - 20_000,
      startedAt: state === 'created' ? undefined : now - 20_000,
      finishedAt: state === 'exited' ? now - 10_000 : undefined,
      exitCode: Number(code),
      reason: state === 'exited' ? (code === '0' ? 'Completed' : 'Error') : '',
      message: '',
    };
  });
  return { uid: 'u', sandbox: { id: 's', isReady: true, ips: ['10.244.0.5'], attempt: 0 }, containers };
}

interface Case {
  readonly pod: Pod;
  readonly runtimePod?: RuntimePod;
  readonly problems?: Record<string, StartProblem>;
  readonly previous?: PodStatus;
  readonly isTerminal?: boolean;
  readonly started?: boolean;
  readonly ready?: boolean;
}

function statusOf({ started = true, ready = true, ...rest }: Case): PodStatus {
  return podStatus({
    pod: rest.pod,
    runtimePod: rest.runtimePod,
    runtimeName: 'simulated',
    problems: new Map(Object.entries(rest.problems ?? {})),
    previous: rest.previous ?? rest.pod.status,
    isTerminal: rest.isTerminal ?? false,
    eviction: undefined,
    hostIP: '172.18.0.2',
    now,
    probe: () => ({ started, ready }),
  });
}

/** `Pending; c waiting ContainerCreating`: the phase and the states. */
function short(status: PodStatus): string {
  const states = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map((s) => {
    const { waiting, running, terminated } = s.state;
    const state = running
      ? `running${s.ready ? ' ready' : ''}`
      : terminated
        ? `terminated ${terminated.exitCode}`
        : `waiting ${waiting?.reason ?? ''}`.trimEnd();
    const last = s.lastState.terminated ? ` after ${s.lastState.terminated.exitCode}` : '';
    return `${s.name} ${state}${last}`;
  });
  return [status.phase, ...states].join('; ');
}

const crash: StartProblem = { reason: 'CrashLoopBackOff', message: 'back-off 10s' };
const pull: StartProblem = { reason: 'ErrImagePull', message: 'not found' };
const sidecar = init('side', 'Always');

describe('phase and container states', () => {
  const cases: [string, Case, string][] = [
    ['new', { pod: pod({}) }, 'Pending; c waiting ContainerCreating'],
    [
      'new with init containers',
      { pod: pod({ initContainers: [init('i')] }) },
      'Pending; i waiting PodInitializing; c waiting PodInitializing',
    ],
    ['created', { pod: pod({}), runtimePod: known('c created') }, 'Pending; c waiting'],
    ['running', { pod: pod({}), runtimePod: known('c running') }, 'Running; c running ready'],
    ['not ready', { pod: pod({}), runtimePod: known('c running'), ready: false }, 'Running; c running'],
    ['not started', { pod: pod({}), runtimePod: known('c running'), started: false }, 'Running; c running'],
    ['Always, ended well', { pod: pod({}), runtimePod: known('c exited 0') }, 'Running; c terminated 0'],
    ['Always, crashed', { pod: pod({}), runtimePod: known('c exited 1') }, 'Running; c terminated 1'],
    [
      'backs off',
      { pod: pod({}), runtimePod: known('c exited 1'), problems: { c: crash } },
      'Running; c waiting CrashLoopBackOff after 1',
    ],
    [
      'restarted',
      { pod: pod({}), runtimePod: known('c running', 'c exited 1') },
      'Running; c running ready after 1',
    ],
    [
      'no image',
      { pod: pod({}), runtimePod: known(), problems: { c: pull } },
      'Pending; c waiting ErrImagePull',
    ],
    [
      'Never, ended well',
      { pod: pod({ restartPolicy: 'Never' }), runtimePod: known('c exited 0') },
      'Succeeded; c terminated 0',
    ],
    [
      'Never, failed',
      { pod: pod({ restartPolicy: 'Never' }), runtimePod: known('c exited 2') },
      'Failed; c terminated 2',
    ],
    [
      'OnFailure, failed',
      { pod: pod({ restartPolicy: 'OnFailure' }), runtimePod: known('c exited 2') },
      'Running; c terminated 2',
    ],
    [
      'OnFailure, ended well',
      { pod: pod({ restartPolicy: 'OnFailure' }), runtimePod: known('c exited 0') },
      'Succeeded; c terminated 0',
    ],
    [
      'stopped for good',
      { pod: pod({}), runtimePod: known('c exited 0'), isTerminal: true },
      'Succeeded; c terminated 0',
    ],
    [
      'killed for good',
      { pod: pod({}), runtimePod: known('c exited 137'), isTerminal: true },
      'Failed; c terminated 137',
    ],
    [
      'init runs',
      { pod: pod({ initContainers: [init('i')] }), runtimePod: known('i running') },
      'Pending; i running; c waiting PodInitializing',
    ],
    [
      'init failed, Never',
      { pod: pod({ restartPolicy: 'Never', initContainers: [init('i')] }), runtimePod: known('i exited 1') },
      'Failed; i terminated 1; c waiting PodInitializing',
    ],
    [
      'init failed, Always',
      { pod: pod({ initContainers: [init('i')] }), runtimePod: known('i exited 1') },
      'Pending; i terminated 1; c waiting PodInitializing',
    ],
    [
      'init backs off',
      { pod: pod({ initContainers: [init('i')] }), runtimePod: known('i exited 1'), problems: { i: crash } },
      'Pending; i waiting CrashLoopBackOff after 1; c waiting PodInitializing',
    ],
    [
      'sidecar runs',
      { pod: pod({ initContainers: [sidecar] }), runtimePod: known('c running', 'side running') },
      'Running; side running ready; c running ready',
    ],
    [
      'sidecar restarts',
      { pod: pod({ initContainers: [sidecar] }), runtimePod: known('c running', 'side exited 1') },
      'Running; side terminated 1; c running ready',
    ],
    [
      'sidecar outlives',
      {
        pod: pod({ restartPolicy: 'Never', initContainers: [sidecar] }),
        runtimePod: known('c exited 0', 'side running'),
      },
      'Running; side running ready; c terminated 0',
    ],
    [
      'own policy Never',
      {
        pod: pod({ containers: [{ ...init('c'), restartPolicy: 'Never' }] }),
        runtimePod: known('c exited 1'),
      },
      'Failed; c terminated 1',
    ],
    [
      'own rule restarts',
      {
        pod: pod({
          restartPolicy: 'Never',
          containers: [
            {
              ...init('c'),
              restartPolicy: 'Never',
              restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
            },
          ],
        }),
        runtimePod: known('c exited 42'),
      },
      'Running; c terminated 42',
    ],
  ];
  it.each(cases)('%s', (_, given, expected) => {
    expect(short(statusOf(given))).toBe(expected);
  });
});

it('what the runtime lost is told as lost, and counted', () => {
  const ran = statusOf({ pod: pod({}), runtimePod: known('c running') });
  const lost = statusOf({ pod: pod({}), previous: ran });
  expect(lost.containerStatuses![0]).toMatchObject({
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
    restartCount: 1,
  });
  expect(lost.phase).toBe('Running');
});

it('a phase that ends a pod stays', () => {
  const previous: PodStatus = { phase: 'Failed', reason: 'Evicted', message: 'because' };
  const status = statusOf({ pod: pod({}, previous), runtimePod: known('c running'), previous });
  expect(status).toMatchObject(previous);
});

describe('conditions', () => {
  function conditionsOf(given: Case): string[] {
    return (statusOf(given).conditions ?? []).map((c) =>
      [c.type, c.status, c.reason, c.message].filter(Boolean).join(' '),
    );
  }

  it('of a pod that starts', () => {
    expect(conditionsOf({ pod: pod({ initContainers: [init('i')] }) })).toEqual([
      'PodReadyToStartContainers False',
      'Initialized False ContainersNotInitialized containers with incomplete status: [i]',
      'Ready False ContainersNotReady containers with unready status: [c]',
      'ContainersReady False ContainersNotReady containers with unready status: [c]',
      'PodScheduled True',
    ]);
  });

  it('of a pod that ended', () => {
    expect(
      conditionsOf({ pod: pod({ restartPolicy: 'Never' }), runtimePod: known('c exited 0') }).slice(1, 4),
    ).toEqual([
      'Initialized True PodCompleted',
      'Ready False PodCompleted',
      'ContainersReady False PodCompleted',
    ]);
  });

  it('keep their times while their status stays; those of others stay in front', () => {
    const old = '2025-12-31T00:00:00Z';
    const conditions = [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: old },
      { type: 'example.com/gate', status: 'False', lastTransitionTime: old },
      { type: 'Ready', status: 'False', lastTransitionTime: old },
    ];
    const status = statusOf({
      pod: pod({ readinessGates: [{ conditionType: 'example.com/gate' }] }, { conditions }),
      runtimePod: known('c running'),
    });
    expect(status.conditions!.map((c) => [c.type, c.lastTransitionTime === old])).toEqual([
      ['example.com/gate', true],
      ['PodReadyToStartContainers', false],
      ['Initialized', false],
      ['Ready', true],
      ['ContainersReady', false],
      ['PodScheduled', true],
    ]);
    expect(status.conditions![3]).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'the status of pod readiness gate "example.com/gate" is not "True", but False',
      observedGeneration: 1,
    });
  });
});

it('resources and mounts are told', () => {
  const containers = [
    {
      ...init('c'),
      resources: { requests: { cpu: '100m', memory: '1Mi' }, limits: { memory: '2Mi' } },
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
    },
  ];
  const status = statusOf({
    pod: pod({ containers }, { qosClass: 'Burstable' }),
    runtimePod: known('c running'),
  });
  expect(status.containerStatuses![0]).toMatchObject({
    allocatedResources: { cpu: '100m', memory: '1Mi' },
    resources: containers[0]!.resources,
    volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly: 'Disabled' }],
  });
  expect(status).toMatchObject({
    qosClass: 'Burstable',
    resources: containers[0]!.resources,
    allocatedResources: { cpu: '100m', memory: '1Mi' },
  });
});

it('the last status leaves nothing waiting, and ends in a final phase', () => {
  const ran = statusOf({ pod: pod({}), runtimePod: known('c running') });
  const final = finalStatus(ran);
  expect(short(final)).toBe('Failed; c terminated 137');
  expect(final.conditions!.find((c) => c.type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'PodFailed',
  });
  // never initialized: the regular containers never were to run
  const initial = statusOf({ pod: pod({ initContainers: [init('i'), init('j')] }) });
  expect(short(finalStatus(initial))).toBe(
    'Failed; i terminated 137; j waiting PodInitializing; c waiting PodInitializing',
  );
});

it('a refused pod', () => {
  expect(rejectedStatus(pod({}), 'OutOfpods', 'too many', now)).toEqual({
    observedGeneration: 1,
    phase: 'Failed',
    reason: 'OutOfpods',
    message: 'Pod was rejected: too many',
    qosClass: 'BestEffort',
    startTime: '2026-01-01T00:00:30Z',
  });
});
