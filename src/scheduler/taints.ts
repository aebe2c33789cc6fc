// Taints and tolerations. Upstream: k8s.io/api/core/v1/toleration.go, component-helpers/scheduling/corev1/helpers.go.
import type { Taint, Toleration } from '#types/core_v1';

type Tolerations = readonly Toleration[] | undefined;

/** Whether one toleration covers the taint. Lt and Gt are behind a feature gate upstream and cover nothing. */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? '') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}

/** Whether any toleration covers the taint. */
export function anyTolerates(tolerations: Tolerations, taint: Taint): boolean {
  return tolerations?.some((toleration) => toleratesTaint(toleration, taint)) ?? false;
}

/** Whether a taint keeps the pod away from the node: NoSchedule or NoExecute, and not tolerated. */
export function hasUntoleratedTaint(taints: readonly Taint[] | undefined, tolerations: Tolerations): boolean {
  if (!taints) return false;
  return taints.some(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !anyTolerates(tolerations, taint),
  );
}
