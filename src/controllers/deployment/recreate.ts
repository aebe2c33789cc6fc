// The strategy Recreate: every old pod ends before the first new one starts.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/recreate.go.
import type { Pod } from '#types/core_v1';
import { isPodTerminal } from '../pod-state.ts';
import { replicasOf } from './fenceposts.ts';
import { ensureNewSet } from './new-replica-set.ts';
import { activeSets, actualPods, type SetsOfDeployment } from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

/** Whether a pod of an old set may still run. `podsOf` gives the pods of a set by its uid. */
export function oldPodsRun({ oldSets }: SetsOfDeployment, podsOf: (uid: string) => readonly Pod[]): boolean {
  if (actualPods(oldSets) > 0) return true;
  return oldSets.some((set) => podsOf(set.metadata.uid!).some((pod) => !isPodTerminal(pod)));
}

/** Goes one step. Resolves with the sets when old pods are gone and the new set has its size, else with undefined. */
export async function recreateOne(
  writer: DeploymentWriter,
  sets: SetsOfDeployment,
  podsOf: (uid: string) => readonly Pod[],
): Promise<SetsOfDeployment | undefined> {
  const old = activeSets(sets.oldSets);
  for (const set of old) await writer.scaleSet(set, 0);
  if (old.length > 0 || oldPodsRun(sets, podsOf)) return undefined;
  const ensured = await ensureNewSet(writer, sets);
  await writer.scaleSet(ensured.newSet, replicasOf(writer.deployment));
  return ensured;
}
