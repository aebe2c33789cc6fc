// Registers a node, or takes over the one that is there.
// Upstream: registerWithAPIServer in k8s.io/kubernetes/pkg/kubelet/kubelet_node_status.go.
import type { Logger } from 'pino';
import type { Node } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import { isAlreadyExists } from '../client/api-errors.ts';
import { wait } from '../client/backoff.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { nodes } from '../client/resources.ts';
import { type NodeFacts, newNode, nodeAnnotations, nodeLabels, nodeStatus } from './node-object.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** What a registration needs. */
export interface RegistrationOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly runtime: Runtime;
  readonly facts: NodeFacts;
  readonly events: EventRecorder;
  /**
   * Takes the taint node.kubernetes.io/not-ready off, which admission gives to new nodes. Upstream's node lifecycle
   * controller does that; without one, no pod would ever be scheduled.
   */
  readonly clearNotReadyTaint: boolean;
  readonly signal: AbortSignal;
}

const firstWaitMs = 100;
const longestWaitMs = 7000;
const notReady = 'node.kubernetes.io/not-ready';

/** Resolves with the registered node. Tries until it is, or until the signal aborts: then undefined. */
export async function registerNode(options: RegistrationOptions): Promise<Node | undefined> {
  const { facts, clock, log, signal, events } = options;
  const subject = { apiVersion: 'v1', kind: 'Node', metadata: { name: facts.name } };
  events.event(subject, 'Normal', 'Starting', 'Starting kubelet.');
  for (let pause = firstWaitMs; !signal.aborted; pause = Math.min(pause * 2, longestWaitMs)) {
    try {
      const { node, wasReady } = await createOrTakeOver(options);
      for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
        events.event(subject, 'Normal', reason, `Node ${facts.name} status is now: ${reason}`);
      events.event(
        subject,
        'Normal',
        'NodeAllocatableEnforced',
        'Updated Node Allocatable limit across pods',
      );
      if (!wasReady)
        events.event(subject, 'Normal', 'NodeReady', `Node ${facts.name} status is now: NodeReady`);
      return options.clearNotReadyTaint ? await withoutTaint(options, node) : node;
    } catch (error) {
      if (signal.aborted) break;
      log.info({ err: error, node: facts.name }, 'registering a node failed, trying again');
      await wait(clock, pause, signal);
    }
  }
  return undefined;
}

async function createOrTakeOver(options: RegistrationOptions): Promise<{ node: Node; wasReady: boolean }> {
  const { client, facts, clock, runtime, signal } = options;
  try {
    return { node: await client.create(nodes, newNode(facts, clock.now()), { signal }), wasReady: false };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const old = await client.get(nodes, { namespace: '', name: facts.name }, { signal });
  const wasReady = old.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
  const labels = nodeLabels(facts);
  const isLabelled =
    Object.entries(labels).every(([key, value]) => old.metadata.labels?.[key] === value) &&
    Object.entries(nodeAnnotations).every(([key, value]) => old.metadata.annotations?.[key] === value);
  if (!isLabelled)
    await client.patch(
      nodes,
      old,
      { metadata: { labels, annotations: nodeAnnotations } },
      { type: 'strategic', signal },
    );
  if (!old.spec.podCIDR)
    await client.patch(
      nodes,
      old,
      { spec: { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] } },
      { type: 'strategic', signal },
    );
  const { images, ...rest } = nodeStatus(
    facts,
    old.status,
    await runtime.listImages(facts.name),
    clock.now(),
  );
  // a runtime that remembers nothing learns its images with the pods that it takes up
  const status = images?.length ? { ...rest, images } : rest;
  const node = await client.patch(
    nodes,
    old,
    { status },
    { type: 'strategic', subresource: 'status', signal },
  );
  return { node, wasReady };
}

async function withoutTaint({ client, signal }: RegistrationOptions, node: Node): Promise<Node> {
  const taints = node.spec.taints ?? [];
  const kept = taints.filter((t) => t.key !== notReady);
  if (kept.length === taints.length) return node;
  // the version guards against losing a taint that somebody adds meanwhile
  const patch = {
    metadata: { resourceVersion: node.metadata.resourceVersion },
    spec: { taints: kept.length > 0 ? kept : null },
  };
  return client.patch(nodes, node, patch, { type: 'merge', signal });
}
