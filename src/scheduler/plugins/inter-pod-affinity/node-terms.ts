// What the pods of a node match and want, summed up per node: pods of one owner have the same terms.
import { type AffinityTerm, matchesAllTerms, termMatches } from '../../affinity-term.ts';
import type { NodeInfo } from '../../node-info.ts';

/** A term and its weight, over all pods of the node that have it. */
export interface TermSum {
  readonly term: AffinityTerm;
  weight: number;
}

/** What a pod's required affinity counts for pods that it means. */
const hardAffinityWeight = 1;

/** How many pods of the node the term means. Its namespaces must be known by name. */
export function podsMeant(term: AffinityTerm, node: NodeInfo): number {
  return node.remember(term.key, () => node.pods.filter(({ pod }) => termMatches(term, pod, null)).length);
}

/** Names terms together. */
export function keyOfAll(terms: readonly AffinityTerm[]): string {
  return `all\n${terms.map((term) => term.key).join('\n\n')}`;
}

/** How many pods of the node every term means. `key`: from `keyOfAll`. */
export function podsMeantByAll(terms: readonly AffinityTerm[], key: string, node: NodeInfo): number {
  return node.remember(key, () => node.pods.filter(({ pod }) => matchesAllTerms(terms, pod)).length);
}

function addTo(sums: Map<string, TermSum>, term: AffinityTerm, weight: number): void {
  const sum = sums.get(term.key);
  if (sum) sum.weight += weight;
  else sums.set(term.key, { term, weight });
}

/** The required anti-affinity of the node's pods; weights are numbers of pods. */
export function requiredAntiAffinity(node: NodeInfo): readonly TermSum[] {
  return node.remember('required anti-affinity', () => {
    const sums = new Map<string, TermSum>();
    for (const { antiAffinity } of node.podsWithRequiredAntiAffinity)
      for (const term of antiAffinity.required) addTo(sums, term, 1);
    return [...sums.values()];
  });
}

/** What the node's pods wish of other pods; below zero: to be apart. */
export function wishes(node: NodeInfo): readonly TermSum[] {
  return node.remember('wishes', () => {
    const sums = new Map<string, TermSum>();
    for (const { affinity, antiAffinity } of node.podsWithAffinity) {
      for (const term of affinity.required) addTo(sums, term, hardAffinityWeight);
      for (const term of affinity.preferred) addTo(sums, term, term.weight);
      for (const term of antiAffinity.preferred) addTo(sums, term, -term.weight);
    }
    return [...sums.values()];
  });
}
