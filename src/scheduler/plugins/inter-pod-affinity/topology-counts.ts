// How often terms match in each domain. Upstream: topologyToMatchedTermCount in plugins/interpodaffinity/filtering.go.
import type { Node, Pod } from '#types/core_v1';
import type { Labels } from '../../../api/label-selector.ts';
import { type AffinityTerm, matchesAllTerms, termMatches } from '../../affinity-term.ts';

/** Counts by topology key and value; domains with none are left out. */
export class TopologyCounts {
  private readonly counts: Map<string, number>;

  constructor(counts: ReadonlyMap<string, number> = new Map()) {
    this.counts = new Map(counts);
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  copy(): TopologyCounts {
    return new TopologyCounts(this.counts);
  }

  has(topologyKey: string, value: string): boolean {
    return (this.counts.get(`${topologyKey}\n${value}`) ?? 0) > 0;
  }

  /** Counts a pod on the node when it matches all terms, once per term. */
  addWhenAll(terms: readonly AffinityTerm[], pod: Pod, node: Node, change: number): void {
    if (!matchesAllTerms(terms, pod)) return;
    for (const { topologyKey } of terms) this.add(node, topologyKey, change);
  }

  /** Counts each term that the pod matches. */
  addEach(
    terms: readonly AffinityTerm[],
    pod: Pod,
    namespaceLabels: Labels | null,
    node: Node,
    change: number,
  ): void {
    for (const term of terms)
      if (termMatches(term, pod, namespaceLabels)) this.add(node, term.topologyKey, change);
  }

  /** Counts in the domain of the node, if it has one. */
  add(node: Node, topologyKey: string, change: number): void {
    const value = node.metadata.labels?.[topologyKey];
    if (value === undefined) return;
    const key = `${topologyKey}\n${value}`;
    const count = (this.counts.get(key) ?? 0) + change;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }
}
