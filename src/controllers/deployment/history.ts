// Old ReplicaSets that are kept for rollbacks, and those that are too many.
// Upstream: cleanupDeployment in k8s.io/kubernetes/pkg/controller/deployment/sync.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { historyLimit } from './fenceposts.ts';
import { byRevision, sizeOf } from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

/** The sets above the limit that have no pods and want none, the lowest revisions first. */
export function setsToDelete(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = historyLimit(deployment);
  if (limit === undefined) return [];
  const alive = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  const surplus = Math.max(0, alive.length - limit);
  return alive
    .sort(byRevision)
    .slice(0, surplus)
    .filter(
      ({ metadata, status, ...set }) =>
        (status?.replicas ?? 0) === 0 &&
        sizeOf({ metadata, status, ...set }) === 0 &&
        (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0),
    );
}

/** Deletes sets above the limit. */
export async function trimHistory(writer: DeploymentWriter, oldSets: readonly ReplicaSet[]): Promise<void> {
  for (const set of setsToDelete(writer.deployment, oldSets)) await writer.deleteSet(set);
}
