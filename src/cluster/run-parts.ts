// The parts of a cluster that are only clients of its API server, run together in one thread: controllers, scheduler, nodes.
// They share informers, so that what the server tells is parsed and kept once; each writes with an identity of its own.
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Node } from '#types/core_v1';
import type { Clock, Random } from '../api/clock.ts';
import type { Client } from '../client/client.ts';
import { createCoreEventRecorder, nodeEventLimits } from '../client/core-events.ts';
import { EventGate } from '../client/event-gate.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { nodes, serviceAccounts } from '../client/resources.ts';
import { createSeriesEventRecorder } from '../client/series-events.ts';
import { controllers } from '../controllers/controllers.ts';
import { runControllers } from '../controllers/manager.ts';
import { NodeAgent, type NodeAgentOptions } from '../node/agent.ts';
import { runScheduler } from '../scheduler/scheduler.ts';

/** How the nodes of a cluster are. */
export type NodeSettings = Pick<NodeAgentOptions, 'nodeNames' | 'runtime' | 'server' | 'labels'>;

/** What the parts need. */
export interface PartsOptions {
  /** A client for each part, with its identity. */
  readonly clients: { readonly controllerManager: Client; readonly scheduler: Client; readonly node: Client };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** PEM of the authority that signed the API server's certificate. */
  readonly rootCertificateAuthority: string;
  readonly nodes: NodeSettings;
}

/** Parts that run. */
export interface RunningParts {
  /** Resolves when the nodes are Ready and pods may be made in `default`; rejects when the parts end before. */
  readonly ready: Promise<void>;
  readonly agent: NodeAgent;
  /** Resolves when all have ended, after the signal aborted. */
  readonly ended: Promise<void>;
}

const eventsAtOnce = 2;

/** Starts the parts; they run until `signal` aborts. */
export function runParts(options: PartsOptions, signal: AbortSignal): RunningParts {
  const { clients, clock, random, log } = options;
  setMaxListeners(0, signal);
  const informers = new InformerFactory({ client: clients.controllerManager, clock, random, log });
  const common = { informers, clock, random, log };
  // in a burst of pods the events of all nodes would outnumber the work by far
  const gate = new EventGate(eventsAtOnce, clock);
  const nodeEvents = (host: string): EventRecorder =>
    createCoreEventRecorder({
      client: clients.node,
      component: 'kubelet',
      host,
      clock,
      random,
      log,
      signal,
      ...nodeEventLimits,
      gate,
    });
  const agent = new NodeAgent({
    ...common,
    ...options.nodes,
    client: clients.node,
    events: nodeEvents,
    sharesInformers: true,
  });
  const events = createSeriesEventRecorder({
    client: clients.scheduler,
    reportingController: 'default-scheduler',
    clock,
    random,
    log,
    signal,
    gate,
    // one recorder tells of the pods of all nodes
    maxQueued: 20_000,
  });
  const scheduling = runScheduler({ ...common, client: clients.scheduler, events }, signal);
  const { rootCertificateAuthority } = options;
  const controlling = runControllers(
    controllers,
    { ...common, client: clients.controllerManager, rootCertificateAuthority },
    signal,
  );
  const ready = untilReady(informers, options.nodes.nodeNames, signal);
  const serving = agent.run(signal);
  informers.start(signal);
  const ended = Promise.all([serving, scheduling, controlling]).then(() => {});
  return { ready, agent, ended };
}

/** Resolves when all nodes are Ready and the service account `default` is there. */
function untilReady(
  informers: InformerFactory,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = new Set([...names.map((n) => `node ${n}`), 'account']);
    const done = (what: string): void => {
      if (waiting.delete(what) && waiting.size === 0) resolve();
    };
    const node = ({ metadata, spec, status }: Node): void => {
      const isReady = status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
      const isOpen = !spec.taints?.some((t) => t.key === 'node.kubernetes.io/not-ready');
      if (isReady && isOpen) done(`node ${metadata.name}`);
    };
    informers.informer(nodes).addHandler({ added: node, updated: (_old, object) => node(object) });
    informers.informer(serviceAccounts).addHandler({
      added({ metadata }) {
        if (metadata.namespace === 'default' && metadata.name === 'default') done('account');
      },
    });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
