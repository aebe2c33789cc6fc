// Brings pods near to other pods, or keeps them apart. Upstream: plugins/interpodaffinity.
import type { Node, Pod } from '#types/core_v1';
import { namespaces } from '../../../client/resources.ts';
import { actions } from '../../cluster-events.ts';
import { stateKey } from '../../cycle-state.ts';
import type { Plugin, PluginContext } from '../../framework.ts';
import { skip, unresolvable, unschedulable } from '../../status.ts';
import { AffinityFilter } from './affinity-filter.ts';
import { AffinityScores, spreadOut } from './affinity-scores.ts';
import { nodeMayHelp, podMayHelp } from './hints.ts';
import { namespaceLabels, withNamespaces } from './namespaces.ts';

const name = 'InterPodAffinity';
const noAffinity = unresolvable(name, "node(s) didn't match pod affinity rules");
const hasAntiAffinity = unschedulable(name, "node(s) didn't match pod anti-affinity rules");
const existingAntiAffinity = unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");
const filterKey = stateKey<AffinityFilter>(`PreFilter${name}`);
const scoresKey = stateKey<AffinityScores>(`PreScore${name}`);

export function createInterPodAffinity({
  informer,
  snapshot,
}: Pick<PluginContext, 'informer' | 'snapshot'>): Plugin {
  const { lister } = informer(namespaces);
  return {
    name,
    events: [
      {
        resource: 'Pod',
        action: actions.add | actions.updatePodLabel | actions.delete,
        hint: (pod, old, now) => podMayHelp(pod, old as Pod | undefined, now as Pod | undefined),
      },
      {
        resource: 'Node',
        action: actions.add | actions.updateNodeLabel,
        hint: (pod, old, now) => nodeMayHelp(pod, old as Node | undefined, now as Node),
      },
    ],
    preFilter(state, pod, nodes) {
      if (pod.affinityError !== undefined) return unresolvable(name, `parsing pod: ${pod.affinityError}`);
      const filter = new AffinityFilter(pod, {
        affinity: withNamespaces(pod.affinity.required, lister),
        antiAffinity: withNamespaces(pod.antiAffinity.required, lister),
        namespaceLabels: namespaceLabels(lister, pod.namespace),
      });
      filter.count(nodes, snapshot.nodesWithRequiredAntiAffinity);
      if (filter.isIdle) return skip;
      state.set(filterKey, filter);
      return undefined;
    },
    addPod(state, _pod, added, { node }) {
      state.get(filterKey)!.update(added, node!, 1);
    },
    removePod(state, _pod, removed, { node }) {
      state.get(filterKey)!.update(removed, node!, -1);
    },
    filter(state, _pod, { node }) {
      const filter = state.get(filterKey)!;
      if (!filter.satisfiesAffinity(node!)) return noAffinity;
      if (!filter.satisfiesAntiAffinity(node!)) return hasAntiAffinity;
      return filter.satisfiesExisting(node!) ? undefined : existingAntiAffinity;
    },
    preScore(state, pod) {
      const hasPreferences = pod.affinity.preferred.length > 0 || pod.antiAffinity.preferred.length > 0;
      const nodes = hasPreferences ? snapshot.nodes : snapshot.nodesWithAffinity;
      if (nodes.length === 0) return skip;
      const terms = {
        affinity: withNamespaces(pod.affinity.preferred, lister),
        antiAffinity: withNamespaces(pod.antiAffinity.preferred, lister),
        namespaceLabels: namespaceLabels(lister, pod.namespace),
      };
      const scores = new AffinityScores();
      for (const node of nodes) scores.add(pod.pod, terms, node);
      if (scores.isEmpty) return skip;
      state.set(scoresKey, scores);
      return undefined;
    },
    score(state, _pod, node) {
      return state.get(scoresKey)!.scoreOf(node);
    },
    normalizeScores(_state, _pod, scores) {
      spreadOut(scores);
    },
  };
}
