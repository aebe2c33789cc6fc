// A control plane with a scheduler, for its tests.
import type { Node, Pod, PodSpec } from '#types/core_v1';
import { eventsV1, nodes, pods } from '../../src/client/resources.ts';
import { createSeriesEventRecorder } from '../../src/client/series-events.ts';
import type { SchedulerProfile } from '../../src/scheduler/profile.ts';
import { runScheduler } from '../../src/scheduler/scheduler.ts';
import { TestClock } from '../../src/testing/clock.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
  until,
} from '../harness/control-plane.ts';

/** What a node has; default: 4 cpu, 8Gi, 110 pods. */
export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly allocatable?: Record<string, string>;
  readonly spec?: Node['spec'];
}

/** A pod's spec but for its container. */
export type PodOptions = Partial<PodSpec> & {
  readonly labels?: Record<string, string>;
  readonly requests?: Record<string, string>;
};

/** The cluster of a test. */
export interface World extends AsyncDisposable {
  readonly plane: ControlPlane;
  addNode(name: string, options?: NodeOptions): Promise<void>;
  addPod(name: string, options?: PodOptions): Promise<Pod>;
  getPod(name: string): Promise<Pod>;
  /** Waits until the pod is on a node and resolves with the node's name. */
  nodeOf(name: string): Promise<string>;
  /** Waits until the pod is told to be unschedulable and resolves with the message. */
  messageOf(name: string): Promise<string>;
  /** Notes of the pod's events of a reason. */
  notesOf(name: string, reason: string): Promise<string[]>;
}

/** Starts a control plane and a scheduler in it. */
export async function startWorld(
  options: ControlPlaneOptions & { profile?: Partial<SchedulerProfile> } = {},
): Promise<World> {
  const plane = await startControlPlane({ disabledAdmission: ['ServiceAccount'], ...options });
  const client = plane.clientFor('kube-scheduler');
  const informers = plane.informersFor(client);
  const { clock, random, log, signal } = plane;
  const events = createSeriesEventRecorder({
    client,
    clock,
    random,
    log,
    signal,
    reportingController: 'default-scheduler',
  });
  const stop = new AbortController();
  const running = runScheduler(
    { client, informers, clock, random, log, events, profile: options.profile },
    stop.signal,
  );
  informers.start(stop.signal);
  const drive = options.clock instanceof TestClock ? { clock: options.clock, stepMs: 500 } : undefined;
  const key = (name: string) => ({ namespace: 'default', name });
  const world: World = {
    plane,
    async addNode(name, { labels, allocatable, spec } = {}) {
      const status = { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } };
      const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
      await plane.client.create(nodes, { metadata, spec, status } as unknown as Node);
      // new nodes are tainted until they are ready
      const taints = spec?.taints ?? null;
      await plane.client.patch(nodes, { namespace: '', name }, { spec: { taints } }, { type: 'merge' });
    },
    addPod(name, { labels, requests, ...spec } = {}) {
      const container = { name: 'c', image: 'nginx', resources: { requests } };
      const metadata = { namespace: 'default', name, labels };
      const pod = { metadata, spec: { containers: [container], ...spec } };
      return plane.client.create(pods, pod as unknown as Pod);
    },
    getPod: (name) => plane.client.get(pods, key(name)),
    nodeOf: (name) =>
      until(`${name} is on a node`, async () => (await world.getPod(name)).spec.nodeName || undefined, drive),
    messageOf: (name) =>
      until(`${name} is unschedulable`, async () => {
        const { status } = await world.getPod(name);
        return status.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False')?.message;
      }),
    async notesOf(name, reason) {
      await events.flush();
      const { items } = await plane.client.list(eventsV1, { namespace: 'default' });
      return items
        .filter((event) => event.regarding?.name === name && event.reason === reason)
        .map((event) => event.note ?? '');
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await plane[Symbol.asyncDispose]();
    },
  };
  return world;
}
