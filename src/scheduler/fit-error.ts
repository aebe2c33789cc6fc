// Why a pod fits no node, as people read it. Upstream: FitError in pkg/scheduler/framework/types.go.
import type { NodeStatuses } from './framework.ts';
import { type Status, unresolvable } from './status.ts';

/** What was found out about a pod that fits no node. */
export interface Diagnosis {
  /** Answers by node name. */
  readonly byNode: Map<string, Status>;
  /** The answer for nodes that are not in `byNode`. */
  absent: Status;
  /** Plugins that turned the pod away. */
  readonly unschedulablePlugins: Set<string>;
  readonly pendingPlugins: Set<string>;
  /** What PreFilter said, when it turned the pod away. */
  preFilterMessage: string;
  postFilterMessage: string;
}

export function newDiagnosis(): Diagnosis {
  return {
    byNode: new Map(),
    absent: unresolvable(''),
    unschedulablePlugins: new Set(),
    pendingPlugins: new Set(),
    preFilterMessage: '',
    postFilterMessage: '',
  };
}

/** Notes which plugin turned the pod away. */
export function notePlugin(diagnosis: Diagnosis, status: Status): void {
  if (status.plugin === '') return;
  diagnosis.unschedulablePlugins.add(status.plugin);
  if (status.code === 'Pending') diagnosis.pendingPlugins.add(status.plugin);
}

/** `2 Insufficient cpu, 1 node(s) were unschedulable`, sorted as texts. */
function histogram(statuses: NodeStatuses, nodeCount: number): string {
  const counts = new Map<string, number>();
  const count = (status: Status, nodes: number): void => {
    for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  };
  for (const status of statuses.byNode.values()) count(status, 1);
  if (statuses.byNode.size < nodeCount) count(statuses.absent, nodeCount - statuses.byNode.size);
  return [...counts]
    .map(([reason, nodes]) => `${nodes} ${reason}`)
    .sort()
    .join(', ');
}

/** `0/3 nodes are available: 3 Insufficient cpu.` */
export function nodesMessage(statuses: NodeStatuses, nodeCount: number): string {
  const reasons = histogram(statuses, nodeCount);
  return `0/${nodeCount} nodes are available:${reasons === '' ? '' : ` ${reasons}.`}`;
}

/** The message of a pod that fits no node, as its condition and its event have it. */
export function fitMessage(diagnosis: Diagnosis, nodeCount: number): string {
  const { preFilterMessage, postFilterMessage } = diagnosis;
  const message =
    preFilterMessage === ''
      ? nodesMessage(diagnosis, nodeCount)
      : `0/${nodeCount} nodes are available: ${preFilterMessage}.`;
  return postFilterMessage === '' ? message : `${message} ${postFilterMessage}`;
}
