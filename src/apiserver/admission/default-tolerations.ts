// Pods stay on a node that is not ready or unreachable for five minutes unless they say otherwise.
// Upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go in kubernetes/kubernetes.
import type { Toleration } from '#types/core_v1';
import type { AdmissionStep } from './admission.ts';
import { podOf } from './pod-creation.ts';

const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;
const seconds = 300;

function covers(toleration: Toleration, key: string): boolean {
  return (
    (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect)
  );
}

export const defaultTolerations: AdmissionStep = {
  name: 'DefaultTolerationSeconds',
  admit(request) {
    const pod = podOf(request, 'CREATE') ?? podOf(request, 'UPDATE');
    if (!pod) return;
    const tolerations = pod.spec.tolerations ?? [];
    const added = keys.filter((key) => !tolerations.some((t) => covers(t, key)));
    if (added.length === 0) return;
    pod.spec.tolerations = [
      ...tolerations,
      ...added.map(
        (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }),
      ),
    ];
  },
};
