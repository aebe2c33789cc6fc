// A node agent against an API server in the test's process, on a clock that the test moves.
import type { Node, Pod } from '#types/core_v1';
import type { KubeObject } from '../../src/api/object.ts';
import { nodes, pods } from '../../src/client/resources.ts';
import { NodeAgent, type NodeAgentOptions } from '../../src/node/agent.ts';
import type { Runtime } from '../../src/node/runtimes/runtime.ts';
import { SimulatedRuntime } from '../../src/node/runtimes/simulated.ts';
import { TestClock } from '../../src/testing/clock.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
  until,
} from '../harness/control-plane.ts';

/** A running agent. */
export interface NodeSession extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly clock: TestClock;
  readonly agent: NodeAgent;
  readonly runtime: Runtime;
  /** Creates a pod that is bound already; fields of the spec and the metadata as given. */
  run(name: string, spec: Partial<Pod['spec']>, metadata?: Partial<Pod['metadata']>): Promise<Pod>;
  pod(name: string): Promise<Pod>;
  /** Waits until the pod meets the test, moving the clock. */
  podUntil(name: string, what: string, test: (pod: Pod) => boolean, stepMs?: number): Promise<Pod>;
  gone(name: string): Promise<void>;
  node(name: string): Promise<Node>;
  /** `Normal Started Container started`, for one object, in order of first appearance. */
  eventsOf(name: string): string[];
  /** Ends the agent and starts another. */
  restart(options?: Partial<NodeAgentOptions>): Promise<void>;
}

interface EventLog {
  name: string;
  text: string;
}

/** The spec of a container. */
export function container(
  name: string,
  image = 'nginx:1.25',
  rest: Record<string, unknown> = {},
): NonNullable<Pod['spec']['containers']>[number] {
  return { name, image, resources: {}, ...rest };
}

/** A container that runs a script. */
export function shell(name: string, script: string, rest: Record<string, unknown> = {}) {
  return container(name, 'busybox:1.36', { command: ['sh', '-c', script], ...rest });
}

/** Starts a server and an agent with one node, `n1`. */
export async function startNodeSession(
  options: Partial<NodeAgentOptions> = {},
  planeOptions: ControlPlaneOptions = {},
): Promise<NodeSession> {
  const clock = new TestClock();
  const plane = await startControlPlane({ clock, disabledAdmission: ['ServiceAccount'], ...planeOptions });
  const recorded: EventLog[] = [];
  let runtime: Runtime = new SimulatedRuntime({ clock, random: plane.random });
  let stop = new AbortController();
  let running: Promise<void>;
  let agent: NodeAgent;
  const start = (changed: Partial<NodeAgentOptions>): void => {
    stop = new AbortController();
    const client = plane.clientFor('kubelet');
    const informers = plane.informersFor(client);
    informers.start(stop.signal);
    runtime = changed.runtime ?? options.runtime ?? new SimulatedRuntime({ clock, random: plane.random });
    agent = new NodeAgent({
      client,
      informers,
      clock,
      random: plane.random,
      log: plane.log,
      events: () => ({
        event: (subject, type, reason, message) => {
          recorded.push({ name: subject.metadata.name ?? '', text: `${type} ${reason} ${message}` });
        },
        flush: async () => {},
      }),
      nodeNames: ['n1'],
      ...options,
      ...changed,
      runtime,
    });
    running = agent.run(stop.signal);
  };
  start({});
  const { client } = plane;
  const named = (name: string) => ({ namespace: 'default', name });
  const drive = (stepMs: number) => ({ clock, stepMs });
  const session: NodeSession = {
    plane,
    clock,
    get agent() {
      return agent;
    },
    get runtime() {
      return runtime;
    },
    run: (name, spec, metadata = {}) =>
      client.create(pods, {
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName: 'n1', ...spec },
        status: {},
      } as Pod & KubeObject),
    pod: (name) => client.get(pods, named(name)),
    podUntil: (name, what, test, stepMs = 0) =>
      until(
        `pod ${name} ${what}`,
        async () => {
          const pod = await client.get(pods, named(name));
          return test(pod) && pod;
        },
        drive(stepMs),
      ),
    gone: async (name) => {
      await until(
        `pod ${name} is gone`,
        async () => !(await client.list(pods)).items.some((p) => p.metadata.name === name),
        drive(0),
      );
    },
    node: (name) => client.get(nodes, { namespace: '', name }),
    eventsOf: (name) => recorded.filter((e) => e.name === name).map((e) => e.text),
    restart: async (changed = {}) => {
      stop.abort();
      await running;
      start(changed);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await plane[Symbol.asyncDispose]();
    },
  };
  await until('the node is there', () => session.node('n1'), drive(0));
  return session;
}
