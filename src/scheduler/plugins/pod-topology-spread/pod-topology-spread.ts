// Spreads pods over zones, nodes and other domains. Upstream: plugins/podtopologyspread.
import type { Node, Pod } from '#types/core_v1';
import { actions } from '../../cluster-events.ts';
import { stateKey } from '../../cycle-state.ts';
import type { Plugin, PluginContext } from '../../framework.ts';
import { skip, unresolvable, unschedulable } from '../../status.ts';
import { constraintsOf } from './constraints.ts';
import { nodeMayHelp, podMayHelp } from './hints.ts';
import { ownerListers } from './owner-selector.ts';
import { SpreadCounts } from './spread-counts.ts';
import { SpreadScores } from './spread-scores.ts';

const name = 'PodTopologySpread';
const reason = "node(s) didn't match pod topology spread constraints";
const tooSkewed = unschedulable(name, reason);
const noLabel = unresolvable(name, `${reason} (missing required label)`);
const countsKey = stateKey<SpreadCounts>(`PreFilter${name}`);
const scoresKey = stateKey<SpreadScores>(`PreScore${name}`);

export function createPodTopologySpread(context: Pick<PluginContext, 'informer' | 'snapshot'>): Plugin {
  const owners = ownerListers(context);
  const { snapshot } = context;
  return {
    name,
    events: [
      {
        resource: 'Pod',
        action: actions.add | actions.updatePodLabel | actions.updatePodToleration | actions.delete,
        hint: (pod, old, now) =>
          podMayHelp(
            constraintsOf(pod.pod, 'DoNotSchedule', owners),
            pod,
            old as Pod | undefined,
            now as Pod | undefined,
          ),
      },
      {
        resource: 'Node',
        action: actions.add | actions.delete | actions.updateNodeLabel | actions.updateNodeTaint,
        hint: (pod, old, now) =>
          nodeMayHelp(
            constraintsOf(pod.pod, 'DoNotSchedule', owners),
            old as Node | undefined,
            now as Node | undefined,
          ),
      },
    ],
    preFilter(state, pod, nodes) {
      const constraints = constraintsOf(pod.pod, 'DoNotSchedule', owners);
      if (constraints.length === 0) return skip;
      state.set(countsKey, SpreadCounts.of(constraints, pod, nodes));
      return undefined;
    },
    addPod(state, pod, added, { node }) {
      state.get(countsKey)!.update(pod, added.pod, node!, 1);
    },
    removePod(state, pod, removed, { node }) {
      state.get(countsKey)!.update(pod, removed.pod, node!, -1);
    },
    filter(state, { pod }, { node }) {
      const counts = state.get(countsKey)!;
      for (const [i, { topologyKey }] of counts.constraints.entries()) {
        const domain = node!.metadata.labels?.[topologyKey];
        if (domain === undefined) return noLabel;
        if (counts.exceeds(i, pod, domain)) return tooSkewed;
      }
      return undefined;
    },
    preScore(state, pod, feasible) {
      const constraints = constraintsOf(pod.pod, 'ScheduleAnyway', owners);
      if (constraints.length === 0) return skip;
      const needsAll = (pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
      state.set(scoresKey, new SpreadScores(constraints, pod, feasible, snapshot.nodes, needsAll));
      return undefined;
    },
    score(state, _pod, node) {
      return state.get(scoresKey)!.score(node);
    },
    normalizeScores(state, _pod, scores, nodes) {
      state.get(scoresKey)!.normalize(scores, nodes);
    },
  };
}
