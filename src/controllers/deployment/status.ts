// The status of a Deployment: counts of its sets' pods, whether enough are available, and whether the rollout moves.
// Upstream: calculateStatus in k8s.io/kubernetes/pkg/controller/deployment/sync.go, and progress.go beside it.
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#types/apps_v1';
import { goQuote } from '../../api/go-text.ts';
import { parseTime } from '../../api/time.ts';
import {
  type Conditions,
  findCondition,
  newCondition,
  withCondition,
  withoutCondition,
} from './conditions.ts';
import { hasProgressDeadline, maxUnavailable, replicasOf } from './fenceposts.ts';
import {
  actualPods,
  allSets,
  availablePods,
  readyPods,
  type SetsOfDeployment,
  terminatingPods,
  wantedPods,
} from './replica-sets.ts';

function conditionsOf(status: DeploymentStatus | undefined): Conditions {
  return status?.conditions ?? [];
}

function withConditions(status: DeploymentStatus, conditions: Conditions): DeploymentStatus {
  return { ...status, conditions: conditions.length > 0 ? [...conditions] : undefined };
}

/** The status by the sets' counts, without a word on progress. `now` in milliseconds since 1970. */
export function countedStatus(deployment: Deployment, sets: SetsOfDeployment, now: number): DeploymentStatus {
  const all = allSets(sets);
  const available = availablePods(all);
  const counts: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation,
    replicas: actualPods(all) || undefined,
    updatedReplicas: actualPods(sets.newSet ? [sets.newSet] : []) || undefined,
    readyReplicas: readyPods(all) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, wantedPods(all) - available) || undefined,
    terminatingReplicas: terminatingPods(all),
    collisionCount: deployment.status?.collisionCount,
  };
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? newCondition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        now,
      )
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return withConditions(counts, withCondition(conditionsOf(deployment.status), condition));
}

/** All pods are of the new template and available, and no others are left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const replicas = replicasOf(deployment);
  return (
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.replicas ?? 0) === replicas &&
    (status?.availableReplicas ?? 0) === replicas &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** Something moved: more new pods, fewer old ones, more that are ready or available. */
export function hasProgressed(old: DeploymentStatus | undefined, status: DeploymentStatus): boolean {
  const oldPods = (s: DeploymentStatus | undefined): number => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (old?.updatedReplicas ?? 0) ||
    oldPods(status) < oldPods(old) ||
    (status.readyReplicas ?? 0) > (old?.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old?.availableReplicas ?? 0)
  );
}

/** Nothing moved for longer than the deadline. */
export function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const condition = findCondition(status.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || !condition) return false;
  // a rollout that ended has no deadline
  if (condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const since = condition.lastUpdateTime ? parseTime(condition.lastUpdateTime) : 0;
  return since + deployment.spec.progressDeadlineSeconds! * 1000 < now;
}

/** A failure to create or delete pods, of the new set first. */
function replicaFailure({ newSet, oldSets }: SetsOfDeployment): DeploymentCondition | undefined {
  const ofSet = (set: ReplicaSet | undefined) =>
    set?.status?.conditions?.find((c) => c.type === 'ReplicaFailure');
  let found = ofSet(newSet);
  for (const set of oldSets) found ??= ofSet(set);
  if (!found) return undefined;
  const { type, status, lastTransitionTime, reason, message } = found;
  return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message };
}

function progressConditions(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  status: DeploymentStatus,
  now: number,
): Conditions {
  const conditions = conditionsOf(status);
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  const ended =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (ended) return conditions;
  const who = newSet
    ? `ReplicaSet ${goQuote(newSet.metadata.name!)}`
    : `Deployment ${goQuote(deployment.metadata.name!)}`;
  if (isComplete(deployment, status)) {
    const message = `${who} has successfully progressed.`;
    return withCondition(
      conditions,
      newCondition('Progressing', 'True', 'NewReplicaSetAvailable', message, now),
    );
  }
  if (hasProgressed(deployment.status, status)) {
    const message = `${who} is progressing.`;
    const condition = newCondition('Progressing', 'True', 'ReplicaSetUpdated', message, now);
    if (!current) return withCondition(conditions, condition);
    // every step renews the time of update, also where status and reason stay
    if (current.status === 'True') condition.lastTransitionTime = current.lastTransitionTime;
    return [...withoutCondition(conditions, 'Progressing'), condition];
  }
  if (hasTimedOut(deployment, status, now)) {
    const message = `${who} has timed out progressing.`;
    return withCondition(
      conditions,
      newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', message, now),
    );
  }
  return conditions;
}

/** The status during a rollout: counts, progress, and failures of the sets. `now` in milliseconds since 1970. */
export function rolloutStatus(deployment: Deployment, sets: SetsOfDeployment, now: number): DeploymentStatus {
  const status = countedStatus(deployment, sets, now);
  const progress = progressConditions(deployment, sets.newSet, status, now);
  const failure = replicaFailure(sets);
  return withConditions(
    status,
    failure ? withCondition(progress, failure) : withoutCondition(progress, 'ReplicaFailure'),
  );
}

const counts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
] as const;

/** Whether nothing would change by writing `status`. */
export function isSameStatus(old: DeploymentStatus | undefined, status: DeploymentStatus): boolean {
  return (
    counts.every((count) => (old?.[count] ?? 0) === (status[count] ?? 0)) &&
    old?.terminatingReplicas === status.terminatingReplicas &&
    old?.collisionCount === status.collisionCount &&
    JSON.stringify(conditionsOf(old)) === JSON.stringify(conditionsOf(status))
  );
}
