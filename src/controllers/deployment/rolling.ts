// Rolling updates: the new set grows as far as the surge allows, the old ones shrink as far as enough pods stay available.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/rolling.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { maxUnavailable, newSetSize, replicasOf } from './fenceposts.ts';
import {
  activeSets,
  allSets,
  availablePods,
  byCreation,
  type SetsOfDeployment,
  sizeOf,
  wantedPods,
} from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

type WithNewSet = SetsOfDeployment & { readonly newSet: ReplicaSet };

/** A set and the size it shall have. */
interface Step {
  readonly set: ReplicaSet;
  readonly size: number;
}

/** The size of the new set, next. */
export function nextNewSize(deployment: Deployment, { newSet, oldSets }: WithNewSet): number {
  const size = sizeOf(newSet);
  const replicas = replicasOf(deployment);
  if (size >= replicas) return replicas;
  return newSetSize(deployment, wantedPods(oldSets) + size, size);
}

/**
 * The next sizes of old sets, in the order in which they are written: first unhealthy pods go, then as many as need not be
 * available. A set may come twice.
 */
export function nextOldSizes(deployment: Deployment, sets: WithNewSet): Step[] {
  const { newSet } = sets;
  const old = activeSets(sets.oldSets).sort(byCreation);
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]));
  const steps: Step[] = [];
  const shrink = (set: ReplicaSet, by: number): void => {
    const size = sizes.get(set)! - by;
    sizes.set(set, size);
    steps.push({ set, size });
  };
  let unhealthy = wantedPods(allSets({ newSet, oldSets: old })) - minAvailable - newUnavailable;
  if (old.length === 0 || unhealthy <= 0) return [];
  for (const set of old) {
    const missing = sizeOf(set) - (set.status?.availableReplicas ?? 0);
    if (unhealthy <= 0 || missing === 0) continue;
    // more are available than wanted: its last scaling is still under way
    if (missing < 0) return steps;
    const less = Math.min(unhealthy, missing);
    shrink(set, less);
    unhealthy -= less;
  }
  let spare = availablePods(allSets({ newSet, oldSets: old })) - minAvailable;
  for (const set of old) {
    const less = Math.min(sizes.get(set)!, spare);
    if (less <= 0) continue;
    shrink(set, less);
    spare -= less;
  }
  return steps;
}

/** Goes one step. Resolves with whether anything was scaled. */
export async function rollOne(writer: DeploymentWriter, sets: WithNewSet): Promise<boolean> {
  const { deployment } = writer;
  const { newSet } = sets;
  const size = nextNewSize(deployment, sets);
  if (size !== sizeOf(newSet)) {
    await writer.scaleSet(newSet, size);
    return true;
  }
  const steps = nextOldSizes(deployment, sets);
  const scaled = new Map<ReplicaSet, ReplicaSet>();
  for (const step of steps)
    scaled.set(step.set, await writer.scaleSet(scaled.get(step.set) ?? step.set, step.size));
  return steps.length > 0;
}
