// One look at a Deployment: its sets are claimed, then one thing is done: status, scaling, rollback, or a step of the rollout.
// Upstream: syncDeployment in k8s.io/kubernetes/pkg/controller/deployment/deployment_controller.go.
import type { ReplicaSet } from '#types/apps_v1';
import type { Pod } from '#types/core_v1';
import { findCondition, newCondition } from './conditions.ts';
import { hasProgressDeadline } from './fenceposts.ts';
import { trimHistory } from './history.ts';
import { ensureNewSet, syncNewSet } from './new-replica-set.ts';
import { recreateOne } from './recreate.ts';
import { type SetsOfDeployment, sortSets } from './replica-sets.ts';
import { rollBack, rollbackTarget } from './rollback.ts';
import { rollOne } from './rolling.ts';
import { isScalingEvent, scale } from './scaling.ts';
import { countedStatus, isComplete, isSameStatus, rolloutStatus } from './status.ts';
import type { DeploymentWriter } from './writer.ts';

/** What a look found out. */
export interface Look {
  /** Nothing changed in the midst of a rollout: whether it is stuck must be asked again some time. */
  readonly mayBeStuck: boolean;
}

const done: Look = { mayBeStuck: false };

/** Looks at a Deployment with the sets that it owns. `podsOf` gives the pods of a set by its uid. */
export async function lookAtDeployment(
  writer: DeploymentWriter,
  owned: readonly ReplicaSet[],
  podsOf: (uid: string) => readonly Pod[],
): Promise<Look> {
  const sorted = sortSets(writer.deployment, owned);
  if (writer.deployment.metadata.deletionTimestamp)
    return writeCounts(writer, await syncNewSet(writer, sorted));
  await notePause(writer);
  const { spec } = writer.deployment;
  const isRollback = rollbackTarget(writer.deployment) !== undefined;
  const sets = await syncNewSet(writer, sorted);
  if (spec.paused) {
    await scale(writer, sets);
    if (!isRollback) await trimHistory(writer, sets.oldSets);
    return writeCounts(writer, sets);
  }
  if (isRollback) {
    await rollBack(writer, await ensureNewSet(writer, sets));
    return done;
  }
  if (isScalingEvent(writer.deployment, sets)) {
    await scale(writer, sets);
    return writeCounts(writer, sets);
  }
  const strategy = spec.strategy?.type;
  if (strategy === 'RollingUpdate') return roll(writer, sets);
  if (strategy === 'Recreate') return recreate(writer, sets, podsOf);
  throw new Error(`unexpected deployment strategy type: ${strategy}`);
}

/** Lack of progress is not held against a Deployment that was paused: the condition says when it was, and when no more. */
async function notePause(writer: DeploymentWriter): Promise<void> {
  const { deployment } = writer;
  if (!hasProgressDeadline(deployment)) return;
  const reason = findCondition(deployment.status?.conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  const isNoted = reason === 'DeploymentPaused';
  if (Boolean(deployment.spec.paused) === isNoted) return;
  const [newReason, message] = isNoted
    ? ['DeploymentResumed', 'Deployment is resumed']
    : ['DeploymentPaused', 'Deployment is paused'];
  await writer.writeCondition(newCondition('Progressing', 'Unknown', newReason!, message!, writer.now()));
}

async function roll(writer: DeploymentWriter, sets: SetsOfDeployment): Promise<Look> {
  const ensured = await ensureNewSet(writer, sets);
  const scaled = await rollOne(writer, ensured);
  if (!scaled) await trimWhenComplete(writer, ensured);
  return writeRollout(writer, ensured);
}

async function recreate(
  writer: DeploymentWriter,
  sets: SetsOfDeployment,
  podsOf: (uid: string) => readonly Pod[],
): Promise<Look> {
  const ensured = await recreateOne(writer, sets, podsOf);
  if (ensured) await trimWhenComplete(writer, ensured);
  return writeRollout(writer, ensured ?? sets);
}

async function trimWhenComplete(writer: DeploymentWriter, { oldSets }: SetsOfDeployment): Promise<void> {
  const { deployment } = writer;
  if (isComplete(deployment, deployment.status)) await trimHistory(writer, oldSets);
}

async function writeCounts(writer: DeploymentWriter, sets: SetsOfDeployment): Promise<Look> {
  const status = countedStatus(writer.deployment, sets, writer.now());
  if (!isSameStatus(writer.deployment.status, status)) await writer.writeStatus(status);
  return done;
}

async function writeRollout(writer: DeploymentWriter, sets: SetsOfDeployment): Promise<Look> {
  const status = rolloutStatus(writer.deployment, sets, writer.now());
  if (isSameStatus(writer.deployment.status, status)) return { mayBeStuck: true };
  await writer.writeStatus(status);
  return done;
}
