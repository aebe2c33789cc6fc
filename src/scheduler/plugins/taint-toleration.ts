// Taints keep pods away that do not tolerate them, or make nodes less liked (PreferNoSchedule).
// Upstream: plugins/tainttoleration/taint_toleration.go.
import type { Node, Toleration } from '#types/core_v1';
import { actions } from '../cluster-events.ts';
import { stateKey } from '../cycle-state.ts';
import type { Plugin } from '../framework.ts';
import { scaleScores } from '../scores.ts';
import { unresolvable } from '../status.ts';
import { anyTolerates, hasUntoleratedTaint } from '../taints.ts';

const name = 'TaintToleration';
const untolerated = unresolvable(name, 'node(s) had untolerated taint(s)');
const preferred = 'PreferNoSchedule';

interface PreScoreState {
  /** Tolerations that may cover a preference. */
  tolerations: readonly Toleration[];
}

const preScoreKey = stateKey<PreScoreState>(`PreScore${name}`);

export function createTaintToleration(): Plugin {
  return {
    name,
    events: [
      {
        resource: 'Node',
        action: actions.add | actions.updateNodeTaint,
        hint({ pod }, old, object) {
          const { tolerations } = pod.spec;
          const was = old === undefined || hasUntoleratedTaint((old as Node).spec?.taints, tolerations);
          return was && !hasUntoleratedTaint((object as Node).spec?.taints, tolerations);
        },
      },
      {
        resource: 'Pod',
        action: actions.updatePodToleration,
        hint: (pod, _old, object) => object?.metadata.uid === pod.uid,
      },
    ],
    filter(_state, { pod }, { node }) {
      return hasUntoleratedTaint(node!.spec?.taints, pod.spec.tolerations) ? untolerated : undefined;
    },
    preScore(state, { pod }) {
      const tolerations = (pod.spec.tolerations ?? []).filter((t) => !t.effect || t.effect === preferred);
      state.set(preScoreKey, { tolerations });
      return undefined;
    },
    score(state, _pod, { node }) {
      const taints = node!.spec?.taints;
      if (!taints) return 0;
      const { tolerations } = state.get(preScoreKey)!;
      return taints.filter((taint) => taint.effect === preferred && !anyTolerates(tolerations, taint)).length;
    },
    normalizeScores(_state, _pod, scores) {
      scaleScores(scores, true);
    },
  };
}
