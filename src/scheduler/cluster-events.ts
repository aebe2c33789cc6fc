// Changes of the cluster that may make a pod schedulable. Plugins say which of them concern the pods they turn away.
// Upstream: pkg/scheduler/framework/events.go, ActionType in k8s.io/kube-scheduler/framework/types.go.
import type { Node, Pod } from '#types/core_v1';
import type { KubeObject } from '../api/object.ts';
import { semanticEqual } from '../kinds/semantic-equal.ts';
import { sameLabels } from './pod-info.ts';
import { podRequests } from './resource-amounts.ts';

/** What changed. AssignedPod and UnscheduledPod are both Pod to those who ask for Pod. */
export type EventResource =
  | 'Pod'
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass';

/** How it changed: bits, so that an interest can name several. */
export const actions = {
  add: 1 << 0,
  delete: 1 << 1,
  updateNodeAllocatable: 1 << 2,
  updateNodeLabel: 1 << 3,
  updateNodeTaint: 1 << 4,
  updateNodeCondition: 1 << 5,
  updateNodeAnnotation: 1 << 6,
  updatePodLabel: 1 << 7,
  updatePodScaleDown: 1 << 8,
  updatePodToleration: 1 << 9,
  updatePodSchedulingGatesEliminated: 1 << 10,
  /** Any update; as an event: one that is none of the above. */
  update: (1 << 11) - (1 << 2),
} as const;

/** One change. */
export interface ClusterEvent {
  /** `*`: whatever it was, look at every pod again. */
  readonly resource: EventResource | '*';
  readonly action: number;
}

/** A change with the objects that changed. */
export interface ClusterChange {
  readonly event: ClusterEvent;
  /** Undefined for an addition. */
  readonly old: KubeObject | undefined;
  /** Undefined for a deletion. */
  readonly object: KubeObject | undefined;
}

/** Look at every pod again. */
export const anyChange: ClusterEvent = { resource: '*', action: -1 };
export const assignedPodAdd: ClusterEvent = { resource: 'AssignedPod', action: actions.add };
export const assignedPodDelete: ClusterEvent = { resource: 'AssignedPod', action: actions.delete };

/** Whether an event is what an interest names, or more specific. */
export function isOfInterest(interest: ClusterEvent, event: ClusterEvent): boolean {
  const isResource =
    interest.resource === event.resource ||
    (interest.resource === 'Pod' &&
      (event.resource === 'AssignedPod' || event.resource === 'UnscheduledPod'));
  // an update of no special kind concerns only those who ask for any update
  return isResource && (interest.action & event.action) === event.action;
}

function isScaledDown(old: Pod, pod: Pod): boolean {
  if (old.spec === pod.spec) return false;
  const before = podRequests(old);
  const now = podRequests(pod);
  for (const [name, amount] of before) if (amount > (now.get(name) ?? -1)) return true;
  return false;
}

/** What an update of a pod means; one event at least. */
export function podEvents(old: Pod, pod: Pod): ClusterEvent[] {
  const resource = pod.spec.nodeName ? 'AssignedPod' : 'UnscheduledPod';
  const found: number[] = [];
  if (!sameLabels(old.metadata.labels, pod.metadata.labels)) found.push(actions.updatePodLabel);
  if (isScaledDown(old, pod)) found.push(actions.updatePodScaleDown);
  if (old.spec.schedulingGates?.length && !pod.spec.schedulingGates?.length)
    found.push(actions.updatePodSchedulingGatesEliminated);
  if ((old.spec.tolerations?.length ?? 0) !== (pod.spec.tolerations?.length ?? 0))
    found.push(actions.updatePodToleration);
  if (found.length === 0) found.push(actions.update);
  return found.map((action) => ({ resource, action }));
}

function conditionsChanged(old: Node, node: Node): boolean {
  const before = old.status?.conditions ?? [];
  const now = node.status?.conditions ?? [];
  if (before.length !== now.length) return true;
  const statuses = new Map(before.map(({ type, status }) => [type, status]));
  return now.some(({ type, status }) => statuses.get(type) !== status);
}

/** What an update of a node means; none when scheduling does not care. */
export function nodeEvents(old: Node, node: Node): ClusterEvent[] {
  const found: number[] = [];
  // uncordoning counts as a taint that went away
  if (old.spec?.unschedulable && !node.spec?.unschedulable) found.push(actions.updateNodeTaint);
  if (!semanticEqual(old.status?.allocatable, node.status?.allocatable, 'allocatable'))
    found.push(actions.updateNodeAllocatable);
  if (!sameLabels(old.metadata.labels, node.metadata.labels)) found.push(actions.updateNodeLabel);
  if (!semanticEqual(old.spec?.taints, node.spec?.taints, 'taints')) found.push(actions.updateNodeTaint);
  if (conditionsChanged(old, node)) found.push(actions.updateNodeCondition);
  if (!sameLabels(old.metadata.annotations, node.metadata.annotations))
    found.push(actions.updateNodeAnnotation);
  return found.map((action) => ({ resource: 'Node', action }));
}
