// Scaling in the middle of a rollout: every set grows or shrinks in proportion, so that the risk stays what it was.
// Upstream: scale in k8s.io/kubernetes/pkg/controller/deployment/sync.go, GetReplicaSetProportion in its util.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { maxReplicasOf } from './annotations.ts';
import { maxSurge, replicasOf } from './fenceposts.ts';
import { bySizeNewer, bySizeOlder, sizeOf, wantedPods } from './replica-sets.ts';

/** Go's rounding: half away from zero. */
function round(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
}

/** By how much a set should change to keep its share; negative to shrink. */
export function shareOf(set: ReplicaSet, deployment: Deployment): number {
  const size = sizeOf(set);
  const replicas = replicasOf(deployment);
  if (replicas === 0) return -size;
  // without the annotation the present size must do
  const before = maxReplicasOf(set) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return round((size * (replicas + maxSurge(deployment))) / before) - size;
}

/** A set and the size it shall have. */
export interface Sized {
  readonly set: ReplicaSet;
  readonly size: number;
}

/**
 * The new sizes of the sets that have pods, in the order in which they are changed. The largest comes first and takes what
 * is left over; among equals the younger grows first and the older shrinks first.
 */
export function proportionalSizes(deployment: Deployment, active: readonly ReplicaSet[]): Sized[] {
  const replicas = replicasOf(deployment);
  const allowed = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const toAdd = allowed - wantedPods(active);
  if (toAdd === 0) return active.map((set) => ({ set, size: sizeOf(set) }));
  const sorted = [...active].sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  let added = 0;
  const sized = sorted.map((set) => {
    const left = toAdd - added;
    const share = left === 0 ? 0 : shareOf(set, deployment);
    const change = toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    added += change;
    return { set, size: sizeOf(set) + change };
  });
  const [largest, ...others] = sized;
  if (!largest) return [];
  return [{ set: largest.set, size: Math.max(0, largest.size + toAdd - added) }, ...others];
}
