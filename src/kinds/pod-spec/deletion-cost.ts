// The annotation by which a ReplicaSet chooses pods to delete.
// Upstream: GetDeletionCostFromPodAnnotations in k8s.io/kubernetes/pkg/apis/core/helper/helpers.go.

export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** Whether the annotation is there and is no 32-bit integer in its plain form. */
export function isBadDeletionCost(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const value = annotations?.[deletionCostAnnotation];
  if (value === undefined) return false;
  // No leading plus and no leading zeros, except behind a minus.
  if (!/^(-\d+|0|[1-9]\d*)$/.test(value)) return true;
  const cost = Number(value);
  return cost < -2147483648 || cost > 2147483647;
}
