// A new node is not ready until somebody says it is.
// Upstream: plugin/pkg/admission/nodetaint/admission.go in kubernetes/kubernetes.
import type { Node } from '#types/core_v1';
import type { AdmissionStep } from './admission.ts';

const key = 'node.kubernetes.io/not-ready';

export const taintNodes: AdmissionStep = {
  name: 'TaintNodesByCondition',
  admit(request) {
    const { group, resource } = request.resource.groupResource;
    if (request.operation !== 'CREATE' || request.subresource !== '' || group !== '' || resource !== 'nodes')
      return;
    const node = request.object as unknown as Node;
    const taints = node.spec.taints ?? [];
    if (taints.some((t) => t.key === key && t.effect === 'NoSchedule')) return;
    node.spec.taints = [...taints, { key, effect: 'NoSchedule' }];
  },
};
