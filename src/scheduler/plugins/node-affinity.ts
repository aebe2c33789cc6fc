// nodeSelector and node affinity: required ones filter, preferred ones score. Upstream: plugins/nodeaffinity/node_affinity.go.
import type { Node, NodeSelectorTerm } from '#types/core_v1';
import {
  compilePreferences,
  matchesNode,
  type PreferredNodes,
  preferenceOf,
} from '../../kinds/core/node-selector.ts';
import { actions } from '../cluster-events.ts';
import { stateKey } from '../cycle-state.ts';
import type { Plugin } from '../framework.ts';
import { scaleScores } from '../scores.ts';
import { skip, unresolvable } from '../status.ts';

const name = 'NodeAffinity';
const noMatch = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
const conflict = unresolvable(name, 'pod affinity terms conflict');

interface PreScoreState {
  preferences: readonly PreferredNodes[];
}

const preScoreKey = stateKey<PreScoreState>(`PreScore${name}`);

/** The only node names that a term allows; undefined when it names none. */
function namesOfTerm(term: NodeSelectorTerm): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (const { key, operator, values } of term.matchFields ?? []) {
    if (key !== 'metadata.name' || operator !== 'In') continue;
    const named = new Set(values);
    names = names ? new Set([...names].filter((other) => named.has(other))) : named;
  }
  return names;
}

/** The only node names that the terms together allow; undefined when one of them leaves it open. */
function namesOfTerms(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const names = new Set<string>();
  for (const term of terms) {
    const named = namesOfTerm(term);
    if (!named) return undefined;
    for (const nodeName of named) names.add(nodeName);
  }
  return names;
}

export function createNodeAffinity(): Plugin {
  return {
    name,
    events: [
      {
        resource: 'Node',
        action: actions.add | actions.updateNodeLabel,
        hint({ nodeAffinity }, old, object) {
          if (!matchesNode(nodeAffinity, object as Node)) return false;
          return old === undefined || !matchesNode(nodeAffinity, old as Node);
        },
      },
    ],
    preFilter(_state, { pod, nodeAffinity }) {
      if (!nodeAffinity) return skip;
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      const terms = required?.nodeSelectorTerms ?? [];
      const nodeNames = terms.length === 0 ? undefined : namesOfTerms(terms);
      if (!nodeNames) return undefined;
      return nodeNames.size === 0 ? conflict : { nodeNames };
    },
    filter(_state, { nodeAffinity }, { node }) {
      return matchesNode(nodeAffinity, node!) ? undefined : noMatch;
    },
    preScore(state, { pod }) {
      const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      if (!preferred) return skip;
      state.set(preScoreKey, { preferences: compilePreferences(preferred) });
      return undefined;
    },
    score(state, _pod, { node }) {
      return preferenceOf(state.get(preScoreKey)!.preferences, node!);
    },
    normalizeScores(_state, _pod, scores) {
      scaleScores(scores);
    },
  };
}
