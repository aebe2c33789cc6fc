// Keeps cache and queue up to date with what the informers tell. Upstream: pkg/scheduler/eventhandlers.go.
import type { Node, Pod } from '#types/core_v1';
import type { KubeObject } from '../api/object.ts';
import type { InformerHandler } from '../client/informer.ts';
import type { Cache } from './cache.ts';
import {
  actions,
  assignedPodAdd,
  assignedPodDelete,
  type EventResource,
  nodeEvents,
  podEvents,
} from './cluster-events.ts';
import { priorityOf } from './pod-info.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

/** What the handlers keep up to date. */
export interface EventHandlerOptions {
  readonly cache: Cache;
  readonly queue: SchedulingQueue;
  readonly schedulerName: string;
  /** Aborted: handlers do nothing any more. */
  readonly signal: AbortSignal;
}

/** Pods that ended take no resources: upstream does not even watch them. */
function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function isUpToPriority(priority: number): (pod: Pod) => boolean {
  return (pod) => priorityOf(pod) <= priority;
}

/** Of pods. */
export function podHandler({
  cache,
  queue,
  schedulerName,
  signal,
}: EventHandlerOptions): InformerHandler<Pod> {
  const isOurs = (pod: Pod): boolean => pod.spec.schedulerName === schedulerName;

  function assigned(pod: Pod): void {
    cache.setPod(pod);
    queue.moveFor({ event: assignedPodAdd, old: undefined, object: pod });
  }

  /** A pod that was assumed gives its place back at once; its binding will fail. */
  function assumedDeleted(pod: Pod): void {
    const assumed = cache.podOf(pod.metadata.uid!);
    cache.forget(pod.metadata.uid!);
    queue.moveFor({ event: assignedPodDelete, old: assumed ?? pod, object: undefined });
  }

  function nominationGone(pod: Pod): void {
    const change = { event: assignedPodDelete, old: pod, object: undefined };
    queue.moveFor(change, isUpToPriority(priorityOf(pod)));
  }

  function waitingUpdated(old: Pod, pod: Pod): void {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    if (cache.isAssumed(pod.metadata.uid!)) {
      if (pod.metadata.deletionTimestamp && !old.metadata.deletionTimestamp) assumedDeleted(pod);
      return;
    }
    queue.update(old, pod);
    const nominated = old.status?.nominatedNodeName;
    if (nominated && nominated !== pod.status?.nominatedNodeName) nominationGone(old);
  }

  function deleted(pod: Pod): void {
    const uid = pod.metadata.uid!;
    queue.delete(uid);
    if (cache.isAssumed(uid)) assumedDeleted(pod);
    else if (cache.has(uid)) {
      cache.removePod(uid);
      queue.moveFor({ event: assignedPodDelete, old: pod, object: undefined });
    } else if (pod.status?.nominatedNodeName && !pod.spec.nodeName) nominationGone(pod);
  }

  function added(pod: Pod): void {
    if (pod.spec.nodeName) assigned(pod);
    else if (isOurs(pod)) queue.add(pod);
  }

  function updated(old: Pod, pod: Pod): void {
    if (old.spec.nodeName) {
      cache.setPod(pod);
      if (!queue.isWaiting) return;
      for (const event of podEvents(old, pod)) queue.moveFor({ event, old, object: pod });
    } else if (pod.spec.nodeName) {
      assigned(pod);
      queue.delete(pod.metadata.uid!);
    } else if (isOurs(pod)) waitingUpdated(old, pod);
  }

  return {
    added(pod) {
      if (!signal.aborted && !hasEnded(pod)) added(pod);
    },
    updated(old, pod) {
      if (signal.aborted) return;
      if (hasEnded(pod)) {
        if (!hasEnded(old)) deleted(old);
      } else if (hasEnded(old)) added(pod);
      else updated(old, pod);
    },
    deleted(pod) {
      if (!signal.aborted) deleted(pod);
    },
  };
}

/** Of nodes. */
export function nodeHandler({ cache, queue, signal }: EventHandlerOptions): InformerHandler<Node> {
  return {
    added(node) {
      if (signal.aborted) return;
      cache.setNode(node);
      queue.moveFor({ event: { resource: 'Node', action: actions.add }, old: undefined, object: node });
    },
    updated(old, node) {
      if (signal.aborted) return;
      cache.setNode(node);
      if (!queue.isWaiting) return;
      for (const event of nodeEvents(old, node)) queue.moveFor({ event, old, object: node });
    },
    deleted(node) {
      if (signal.aborted) return;
      cache.removeNode(node.metadata.name!);
      queue.moveFor({ event: { resource: 'Node', action: actions.delete }, old: node, object: undefined });
    },
  };
}

/** Of a resource that only matters for another try. */
export function changeHandler(
  { queue, signal }: EventHandlerOptions,
  resource: EventResource,
): InformerHandler<KubeObject> {
  const move = (action: number, old: KubeObject | undefined, object: KubeObject | undefined): void => {
    if (!signal.aborted) queue.moveFor({ event: { resource, action }, old, object });
  };
  return {
    added: (object) => move(actions.add, undefined, object),
    updated: (old, object) => move(actions.update, old, object),
    deleted: (object) => move(actions.delete, object, undefined),
  };
}
