// The node agent: registers nodes, runs the pods that are bound to them, tells how they are. Our kubelet. One agent serves
// any number of nodes. Upstream: k8s.io/kubernetes/pkg/kubelet/kubelet.go.
//
// A node has 4 CPUs, 8Gi of memory, 100Gi of ephemeral storage and room for 110 pods unless told otherwise, and nothing of it
// is reserved. The range of its pods' addresses is a /24 of 10.244.0.0/16, which upstream's node IPAM controller would give.
import type { Logger } from 'pino';
import type { Node, Pod } from '#types/core_v1';
import type { Clock, Random } from '../api/clock.ts';
import { goQuote } from '../api/go-text.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import { nodes, pods } from '../client/resources.ts';
import { ConfigSource } from './config-source.ts';
import { LogError, type LogOptions, logBytes, logContainerId } from './container-logs.ts';
import {
  type KubeletServer,
  type KubeletServerOptions,
  startKubeletServer,
} from './http-server/kubelet-server.ts';
import { ImageManager } from './image-manager.ts';
import { KeyedBackoff } from './keyed-backoff.ts';
import { heartbeat, renewMs } from './node-heartbeat.ts';
import { addressOf, goArchitecture, type NodeCapacity, type NodeFacts, podCidrOf } from './node-object.ts';
import { registerNode } from './node-registration.ts';
import { NodeUsage } from './pod-admission.ts';
import { adoptPod } from './pod-adoption.ts';
import { rejectedStatus } from './pod-status.ts';
import { PodWorker } from './pod-worker.ts';
import type { Prober } from './probes/prober.ts';
import { simulatedProber } from './probes/simulated-prober.ts';
import { type Runtime, RuntimeError } from './runtimes/runtime.ts';
import { StatusWriter } from './status-writer.ts';
import { podEvent, type WorkerContext } from './worker-context.ts';

/** What an agent needs. */
export interface NodeAgentOptions {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The recorder of a node's events: core/v1, component `kubelet`, host the node's name. */
  readonly events: (nodeName: string) => EventRecorder;
  readonly nodeNames: readonly string[];
  /**
   * Whether `informers` also serve parts that follow every pod and node: then these are used here too, so that what comes is
   * read once. Otherwise the agent follows only pods that are bound. Default false.
   */
  readonly sharesInformers?: boolean;
  readonly runtime: Runtime;
  /** Default: probes succeed after their initial delay. */
  readonly prober?: Prober;
  readonly capacity?: NodeCapacity;
  /** Labels beside those that every node has: zones. */
  readonly labels?: (nodeName: string, index: number) => Readonly<Record<string, string>>;
  /** The InternalIP; default: 172.18.0.2 and following. */
  readonly address?: (nodeName: string, index: number) => string;
  /** The range of a new node's pods; default: a /24 of 10.244.0.0/16 and following. */
  readonly podCidr?: (nodeName: string, index: number) => string;
  /** For status.daemonEndpoints where no server is started; default 10250. */
  readonly kubeletPort?: number;
  /** Where to answer the API server; absent: nowhere. */
  readonly server?: KubeletServerOptions;
  /**
   * Whether to take the taint node.kubernetes.io/not-ready off new nodes. Default true; false where a node lifecycle
   * controller does it.
   */
  readonly clearNotReadyTaint?: boolean;
}

interface AgentNode {
  readonly node: Node;
  readonly usage: NodeUsage;
  readonly context: WorkerContext;
}

const finalPhases = new Set(['Succeeded', 'Failed']);
const registrationsAtOnce = 16;

/** A node agent. */
export class NodeAgent {
  private readonly options: NodeAgentOptions;
  private readonly podInformer: Informer<Pod>;
  private readonly nodeInformer: Informer<Node>;
  private readonly workers = new Map<string, PodWorker>();
  private readonly nodes = new Map<string, AgentNode>();
  private statuses: StatusWriter | undefined;

  constructor(options: NodeAgentOptions) {
    this.options = options;
    const { informers, nodeNames, sharesInformers } = options;
    const only = nodeNames.length === 1 && !sharesInformers ? nodeNames[0] : undefined;
    const bound = only === undefined ? 'spec.nodeName!=' : `spec.nodeName=${only}`;
    this.podInformer = informers.informer(pods, sharesInformers ? {} : { fieldSelector: bound });
    this.nodeInformer = informers.informer(nodes, only ? { fieldSelector: `metadata.name=${only}` } : {});
  }

  /** Registers the nodes and looks after their pods until `signal` aborts. Containers go on then. */
  async run(signal: AbortSignal): Promise<void> {
    const { options } = this;
    const { runtime, clock, log, informers, client } = options;
    const server = options.server && (await startKubeletServer(options.server, this, log));
    const statuses = new StatusWriter({ client, clock, log, signal });
    this.statuses = statuses;
    const config = new ConfigSource(informers);
    const shared = {
      runtime,
      clock,
      log,
      statuses,
      config,
      prober: options.prober ?? simulatedProber(clock),
      images: new ImageManager(runtime, clock),
      crashes: new KeyedBackoff(clock),
      dropped: (uid: string) => void this.workers.delete(uid),
    };
    const forget = runtime.onChange((uid) => this.workers.get(uid)?.wake());
    try {
      await Promise.all([config.synced(signal), this.podInformer.synced(signal)]);
      const beats = await this.registerAll(shared, server, signal);
      if (!signal.aborted) this.followPods(signal);
      await aborted(signal);
      await Promise.all(beats);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      forget();
      for (const worker of this.workers.values()) worker.close();
      this.workers.clear();
      await server?.close();
    }
  }

  /** The pods of the agent's nodes. */
  pods(): readonly Pod[] {
    return [...this.workers.values()].map((worker) => worker.object);
  }

  findPod(namespace: string, name: string): Pod | undefined {
    const found = this.podInformer.lister.get(`${namespace}/${name}`);
    return found && this.nodes.has(found.spec.nodeName ?? '') ? found : undefined;
  }

  /** Resolves when every status that was set so far is written. */
  async flush(): Promise<void> {
    await this.statuses?.flush();
  }

  /** Opens the log of a container. Rejects with a LogError or a RuntimeError when it can't be read. */
  async openLog(
    namespace: string,
    name: string,
    container: string,
    options: LogOptions,
    signal?: AbortSignal,
  ): Promise<AsyncIterable<Buffer>> {
    const pod = this.findPod(namespace, name);
    if (!pod) throw new LogError(404, `pod ${JSON.stringify(name)} does not exist`);
    const { runtime, clock } = this.options;
    const uid = pod.metadata.uid ?? '';
    const status = this.statuses?.get(uid) ?? pod.status;
    const fullId = logContainerId(pod, status, container, options.previous === true);
    const id = fullId.slice(fullId.indexOf('://') + 3);
    // one that had ended before the agent was started
    if (!(await runtime.podStatus(uid))) {
      await adoptPod(this.nodes.get(pod.spec.nodeName ?? '')!.context, pod);
      const sandbox = (await runtime.podStatus(uid))?.sandbox;
      if (sandbox) await runtime.stopSandbox(sandbox.id);
    }
    const known = await runtime.podStatus(uid);
    if (!known?.containers.some((c) => c.id === id))
      throw new RuntimeError('NotFound', `container ${goQuote(id)} is not there any more`);
    return logBytes(runtime, id, options, clock, signal);
  }

  /** The log of a container; fails where `openLog` does. */
  async *containerLogs(
    namespace: string,
    name: string,
    container: string,
    options: LogOptions,
    signal?: AbortSignal,
  ): AsyncIterable<Buffer> {
    yield* await this.openLog(namespace, name, container, options, signal);
  }

  private factsOf(server: KubeletServer | undefined): NodeFacts[] {
    const { options } = this;
    const { runtime, random, nodeNames } = options;
    return nodeNames.map((name, i) => ({
      name,
      address: options.address?.(name, i) ?? addressOf(i),
      podCidr: options.podCidr?.(name, i) ?? podCidrOf(i, nodeNames.length),
      labels: options.labels?.(name, i) ?? {},
      capacity: options.capacity ?? {},
      kubeletPort: server?.port ?? options.kubeletPort ?? 10_250,
      runtimeVersion: `${runtime.name}://${runtime.version}`,
      bootId: random.uuid(),
      architecture: goArchitecture(),
    }));
  }

  /** Registers every node, some at a time; returns the heartbeats, which end with the signal. */
  private async registerAll(
    shared: Omit<WorkerContext, 'node' | 'ended'>,
    server: KubeletServer | undefined,
    signal: AbortSignal,
  ): Promise<Promise<void>[]> {
    const { client, clock, random, log, runtime, events, clearNotReadyTaint = true } = this.options;
    const facts = this.factsOf(server);
    const beats: Promise<void>[] = [];
    let next = 0;
    const register = async (): Promise<void> => {
      for (let i = next++; i < facts.length && !signal.aborted; i = next++) {
        const own = facts[i]!;
        const recorder = events(own.name);
        const common = { client, clock, log, runtime, facts: own, signal };
        const node = await registerNode({ ...common, events: recorder, clearNotReadyTaint });
        if (!node) return;
        this.nodes.set(own.name, this.agentNode(shared, own, node, recorder));
        const phaseMs = renewMs * ((i + 1) / facts.length);
        beats.push(heartbeat({ ...common, random, node, phaseMs }));
      }
    };
    await Promise.all(Array.from({ length: registrationsAtOnce }, register));
    return beats;
  }

  private agentNode(
    shared: Omit<WorkerContext, 'node' | 'ended'>,
    { name, address, podCidr }: NodeFacts,
    node: Node,
    events: EventRecorder,
  ): AgentNode {
    const allocatable = node.status.allocatable ?? {};
    const usage = new NodeUsage(allocatable);
    const host = { name, address, podCidr: node.spec.podCIDR ?? podCidr, allocatable, events };
    const context: WorkerContext = { ...shared, node: host, ended: (pod) => usage.remove(pod) };
    return { node, usage, context };
  }

  private followPods(signal: AbortSignal): void {
    // those that are there are taken in the order of their making, so that the oldest keep their places
    const known = this.podInformer.lister.list();
    const age = (pod: Pod): string => pod.metadata.creationTimestamp ?? '';
    for (const pod of known.sort((a, b) => (age(a) < age(b) ? -1 : 1))) this.put(pod);
    const unlessAborted =
      (act: (pod: Pod) => void) =>
      (pod: Pod): void => {
        if (!signal.aborted) act(pod);
      };
    const put = unlessAborted((pod) => this.put(pod));
    this.nodeInformer.addHandler({
      updated: (old, node) => {
        const wasOff = old.spec.unschedulable === true;
        const isOff = node.spec.unschedulable === true;
        if (!signal.aborted && wasOff !== isOff) this.tellSchedulable(node, !isOff);
      },
    });
    this.podInformer.addHandler({
      added: put,
      updated: (_, pod) => put(pod),
      deleted: unlessAborted((pod) => this.workers.get(pod.metadata.uid ?? '')?.remove()),
    });
  }

  private tellSchedulable(node: Node, isSchedulable: boolean): void {
    const { name = '' } = node.metadata;
    const subject = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
    const reason = isSchedulable ? 'NodeSchedulable' : 'NodeNotSchedulable';
    const events = this.nodes.get(name)?.context.node.events;
    events?.event(subject, 'Normal', reason, `Node ${name} status is now: ${reason}`);
  }

  /** A pod is there, or changed. */
  private put(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.workers.get(uid);
    if (worker) {
      worker.update(pod);
      return;
    }
    const agentNode = this.nodes.get(pod.spec.nodeName ?? '');
    if (!agentNode) return;
    const { context } = agentNode;
    const isOver = finalPhases.has(pod.status.phase ?? '') || this.isRejected(agentNode, pod);
    if (finalPhases.has(pod.status.phase ?? '')) context.statuses.set(pod, pod.status, true);
    const made = new PodWorker(context, pod, isOver);
    this.workers.set(uid, made);
    if (!isOver) made.wake();
  }

  /** Refuses a pod that does not fit. What ran before the agent was started stays. */
  private isRejected({ usage, node, context }: AgentNode, pod: Pod): boolean {
    const isNew = !pod.status.startTime && !pod.metadata.deletionTimestamp;
    const current = this.nodeInformer.lister.get(node.metadata.name ?? '') ?? node;
    const rejection = isNew ? usage.rejection(pod, current) : undefined;
    if (!rejection) {
      usage.add(pod);
      return false;
    }
    const { reason, message } = rejection;
    podEvent(context, pod, 'Warning', reason, message);
    context.statuses.set(pod, rejectedStatus(pod, reason, message, context.clock.now()), true);
    return true;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Runs an agent until `signal` aborts. */
export async function runNodeAgent(options: NodeAgentOptions, signal: AbortSignal): Promise<void> {
  await new NodeAgent(options).run(signal);
}
