// Conditions of a Deployment. One that changes moves to the end of the list, as upstream does.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
import type { DeploymentCondition } from '#types/apps_v1';
import { formatTime } from '../../api/time.ts';

export type Conditions = readonly DeploymentCondition[];

/** A condition as of `now`, milliseconds since 1970. */
export function newCondition(
  type: 'Available' | 'Progressing',
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

export function findCondition(
  conditions: Conditions | undefined,
  type: string,
): DeploymentCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The conditions without those of a type. */
export function withoutCondition(conditions: Conditions, type: string): Conditions {
  return conditions.some((c) => c.type === type) ? conditions.filter((c) => c.type !== type) : conditions;
}

/**
 * The conditions with this one. They stay the same when it has the same status and reason; the time of its transition is
 * kept when its status is the same.
 */
export function withCondition(conditions: Conditions, condition: DeploymentCondition): Conditions {
  const current = findCondition(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions;
  const kept =
    current?.status === condition.status
      ? { ...condition, lastTransitionTime: current.lastTransitionTime }
      : condition;
  return [...withoutCondition(conditions, condition.type), kept];
}
