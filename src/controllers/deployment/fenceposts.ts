// How far a rolling update may go above and below the wanted size.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
import type { Deployment } from '#types/apps_v1';
import { type IntOrString, scaledValue } from '../../api/int-or-string.ts';

const maxInt32 = 2 ** 31 - 1;

/** The wanted size; the server sets the default. */
export function replicasOf({ spec }: Deployment): number {
  return spec.replicas ?? 1;
}

export function isRollingUpdate({ spec }: Deployment): boolean {
  return spec.strategy?.type === 'RollingUpdate';
}

/** Pods above and below the wanted size that are allowed. Never both 0, lest nothing moves. */
export function resolveFenceposts(
  surge: IntOrString | undefined,
  unavailable: IntOrString | undefined,
  desired: number,
): { surge: number; unavailable: number } {
  const above = scaledValue(surge ?? 0, desired, true);
  const below = scaledValue(unavailable ?? 0, desired, false);
  return { surge: above, unavailable: above === 0 && below === 0 ? 1 : below };
}

function fencepostsOf(deployment: Deployment): { surge: number; unavailable: number } {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy.rollingUpdate ?? {};
  return resolveFenceposts(maxSurge, maxUnavailable, replicasOf(deployment));
}

/** How many pods above the wanted size there may be; 0 but for rolling updates. */
export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fencepostsOf(deployment).surge : 0;
}

/** How many of the wanted pods may be missing; 0 but for rolling updates. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fencepostsOf(deployment).unavailable, replicas);
}

/** The size that the new ReplicaSet may have now. `total`: pods wanted of all sets, this one's `current` among them. */
export function newSetSize(deployment: Deployment, total: number, current: number): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return replicas;
  const surge = scaledValue(deployment.spec.strategy.rollingUpdate?.maxSurge ?? 0, replicas, true);
  const room = replicas + surge - total;
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

/** Whether lack of progress is told. */
export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== maxInt32;
}

/** How many old ReplicaSets are kept; undefined: all. */
export function historyLimit({ spec }: Deployment): number | undefined {
  return spec.revisionHistoryLimit === maxInt32 ? undefined : spec.revisionHistoryLimit;
}
