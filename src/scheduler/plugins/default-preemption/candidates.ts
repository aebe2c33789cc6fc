// Which node to make room on: the one where it costs the least.
// Upstream: pickOneNodeForPreemption in pkg/scheduler/framework/preemption/preemption.go.
import type { Pod } from '#types/core_v1';
import { type PodInfo, priorityOf } from '../../pod-info.ts';

/** A node and the pods that would have to go. */
export interface Candidate {
  readonly nodeName: string;
  /** The most important first; one at least. */
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

/** When the pod started, in milliseconds; `now` when it did not. */
export function startedAt(pod: Pod, now: number): number {
  const started = pod.status?.startTime;
  return started ? Date.parse(started) : now;
}

/** Orders the more important first: by priority, then who runs longer. */
export function byImportance(now: number): (a: PodInfo, b: PodInfo) => number {
  return (a, b) =>
    a.priority === b.priority ? startedAt(a.pod, now) - startedAt(b.pod, now) : b.priority - a.priority;
}

/** When the first of the victims with the highest priority started. */
function earliestStart({ victims }: Candidate, now: number): number {
  const highest = Math.max(...victims.map(({ pod }) => priorityOf(pod)));
  const starts = victims.filter(({ priority }) => priority === highest).map(({ pod }) => startedAt(pod, now));
  return Math.min(...starts);
}

/** The best candidate: each rule decides among those that the rules before left; undefined when there is none. */
export function pickCandidate(candidates: readonly Candidate[], now: number): Candidate | undefined {
  const rules: ((candidate: Candidate) => number)[] = [
    ({ violations }) => violations,
    ({ victims }) => victims[0]!.priority,
    // the offset lets a pod more weigh more than any priorities, which may be negative
    ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
    ({ victims }) => victims.length,
    (candidate) => -earliestStart(candidate, now),
  ];
  let left = candidates;
  for (const cost of rules) {
    if (left.length <= 1) break;
    const costs = left.map(cost);
    const least = Math.min(...costs);
    left = left.filter((_, i) => costs[i] === least);
  }
  return left[0];
}
