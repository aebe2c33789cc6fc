// Cordoned nodes take no pods but those that tolerate it. Upstream: plugins/nodeunschedulable/node_unschedulable.go.
import type { Node, Pod, Taint } from '#types/core_v1';
import { actions } from '../cluster-events.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from '../status.ts';
import { anyTolerates } from '../taints.ts';

const name = 'NodeUnschedulable';
const cordoned = unresolvable(name, 'node(s) were unschedulable');
const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export function createNodeUnschedulable(): Plugin {
  return {
    name,
    events: [
      {
        resource: 'Node',
        action: actions.add | actions.updateNodeTaint,
        hint(_pod, old, object) {
          if ((object as Node).spec?.unschedulable) return false;
          return old === undefined || (old as Node).spec?.unschedulable === true;
        },
      },
      {
        resource: 'Pod',
        action: actions.updatePodToleration,
        hint: (pod, _old, object) =>
          object?.metadata.uid === pod.uid && anyTolerates((object as Pod).spec.tolerations, taint),
      },
    ],
    filter(_state, { pod }, { node }) {
      return node!.spec?.unschedulable && !anyTolerates(pod.spec.tolerations, taint) ? cordoned : undefined;
    },
  };
}
