// The status of a ReplicaSet or ReplicationController: counts of pods, and the condition that tells of a failure.
// Upstream: k8s.io/kubernetes/pkg/controller/replicaset/replica_set_utils.go.
import type { ReplicaSetCondition, ReplicaSetStatus } from '#types/apps_v1';
import type { Pod } from '#types/core_v1';
import { formatTime } from '../../api/time.ts';
import { isPodAvailable, isPodReady } from '../pod-state.ts';
import { isFullyLabeled, type ReplicaOwner, wantedReplicas } from './replica-kind.ts';

/** What a status is computed from. */
export interface StatusInput {
  /** The active pods of the owner. */
  readonly active: readonly Pod[];
  /** How many are on their way out; undefined where that is not counted. */
  readonly terminating: number | undefined;
  /** What creating or deleting pods failed with. */
  readonly failure: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const failureType = 'ReplicaFailure';

function conditionsOf(owner: ReplicaOwner, { active, failure, now }: StatusInput): ReplicaSetCondition[] {
  const conditions = owner.status?.conditions ?? [];
  const failed = conditions.some((condition) => condition.type === failureType);
  if (failure === undefined) return failed ? conditions.filter((c) => c.type !== failureType) : conditions;
  // the first failure stands until it is over
  if (failed) return conditions;
  const difference = active.length - wantedReplicas(owner);
  const reason = difference === 0 ? undefined : difference < 0 ? 'FailedCreate' : 'FailedDelete';
  const message = failure instanceof Error ? failure.message : String(failure);
  const lastTransitionTime = formatTime(now);
  return [...conditions, { type: failureType, status: 'True', lastTransitionTime, reason, message }];
}

/** The owner's new status, without zeros that the API does not print. */
export function replicaStatus(owner: ReplicaOwner, input: StatusInput): ReplicaSetStatus {
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  let labeled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of input.active) {
    if (isFullyLabeled(owner, pod)) labeled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, minReadySeconds, input.now)) available++;
  }
  const conditions = conditionsOf(owner, input);
  return {
    replicas: input.active.length,
    fullyLabeledReplicas: labeled || undefined,
    readyReplicas: ready || undefined,
    availableReplicas: available || undefined,
    terminatingReplicas: input.terminating,
    observedGeneration: owner.metadata.generation,
    conditions: conditions.length > 0 ? conditions : undefined,
  };
}

const counts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const;

/** Whether nothing would change by writing `status`. */
export function isSameStatus(owner: ReplicaOwner, status: ReplicaSetStatus): boolean {
  const old = owner.status as ReplicaSetStatus | undefined;
  return (
    counts.every((count) => (old?.[count] ?? 0) === (status[count] ?? 0)) &&
    old?.terminatingReplicas === status.terminatingReplicas &&
    JSON.stringify(old?.conditions ?? []) === JSON.stringify(status.conditions ?? [])
  );
}
