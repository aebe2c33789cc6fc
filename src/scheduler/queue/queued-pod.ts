// A pod in the scheduling queue. Upstream: QueuedPodInfo in pkg/scheduler/framework/types.go.

import type { Pod } from '#types/core_v1';
import { type PodInfo, podInfoOf } from '../pod-info.ts';

/** A pod that waits to be scheduled, with its history. Times are milliseconds since the epoch. */
export interface QueuedPod {
  info: PodInfo;
  /** When it came into the queue, last. */
  timestamp: number;
  /** Orders pods of the same millisecond. */
  sequence: number;
  /** How often scheduling it was tried. */
  attempts: number;
  /** How often it was turned away: what its backoff grows with. */
  unschedulableCount: number;
  /** Errors in a row, such as failed bindings: then the backoff grows with these. */
  consecutiveErrors: number;
  /** When its backoff ends; undefined: not computed. */
  backoffEnds: number | undefined;
  /** Plugins that turned it away last: their hints say which changes may help. */
  unschedulablePlugins: Set<string>;
  /** Plugins that started something for it: their hints let it skip the backoff. */
  pendingPlugins: Set<string>;
  /** The plugin whose PreEnqueue keeps it out of the queue; '' when none does. */
  gatedBy: string;
}

let lastSequence = 0;

/** A number above all before. */
export function nextSequence(): number {
  return ++lastSequence;
}

/** A pod that is new to the queue. */
export function queuedPodOf(pod: Pod, now: number): QueuedPod {
  return {
    info: podInfoOf(pod),
    timestamp: now,
    sequence: nextSequence(),
    attempts: 0,
    unschedulableCount: 0,
    consecutiveErrors: 0,
    backoffEnds: undefined,
    unschedulablePlugins: new Set(),
    pendingPlugins: new Set(),
    gatedBy: '',
  };
}

/** Whether it came back for an error, not because a plugin turned it away. */
export function isWithoutRejector(queued: QueuedPod): boolean {
  return queued.unschedulablePlugins.size === 0 && queued.pendingPlugins.size === 0;
}
