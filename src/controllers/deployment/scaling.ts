// A Deployment whose size was changed, or that is paused: its sets are scaled, nothing is rolled out.
// Upstream: sync, scale and isScalingEvent in k8s.io/kubernetes/pkg/controller/deployment/sync.go.
import type { Deployment } from '#types/apps_v1';
import { desiredReplicasOf } from './annotations.ts';
import { isRollingUpdate, replicasOf } from './fenceposts.ts';
import { proportionalSizes } from './proportions.ts';
import {
  activeOrLatest,
  activeSets,
  allSets,
  isSaturated,
  type SetsOfDeployment,
  sizeOf,
} from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

/** Whether the size was changed since the sets were scaled: they remember what it was. */
export function isScalingEvent(deployment: Deployment, sets: SetsOfDeployment): boolean {
  return activeSets(allSets(sets)).some((set) => {
    const desired = desiredReplicasOf(set);
    return desired !== undefined && desired !== replicasOf(deployment);
  });
}

/**
 * Scales the sets to the Deployment's size. Where nobody need be scaled, active sets are still made to remember that size: a
 * controller that was killed between two writes may have left them so. Upstream stays at such a Deployment for ever.
 */
export async function scale(writer: DeploymentWriter, sets: SetsOfDeployment): Promise<void> {
  const { deployment } = writer;
  const isResized = isScalingEvent(deployment, sets);
  const single = activeOrLatest(sets);
  if (single) {
    await writer.scaleSet(single, replicasOf(deployment), isResized);
    return;
  }
  if (isSaturated(deployment, sets.newSet)) {
    for (const set of activeSets(sets.oldSets)) await writer.scaleSet(set, 0);
    return;
  }
  if (!isRollingUpdate(deployment)) {
    for (const set of activeSets(allSets(sets))) await writer.scaleSet(set, sizeOf(set), isResized);
    return;
  }
  for (const { set, size } of proportionalSizes(deployment, activeSets(allSets(sets))))
    await writer.scaleSet(set, size, true);
}
