// Preferred affinity and anti-affinity between pods. Upstream: plugins/interpodaffinity/scoring.go.
import type { Node, Pod } from '#types/core_v1';
import type { Labels } from '../../../api/label-selector.ts';
import { termMatches, type WeightedAffinityTerm } from '../../affinity-term.ts';
import { maxNodeScore } from '../../framework.ts';
import type { NodeInfo } from '../../node-info.ts';
import { podsMeant, wishes } from './node-terms.ts';

/** The preferences of the pod, and the labels of its namespace. */
export interface PreferredTerms {
  readonly affinity: readonly WeightedAffinityTerm[];
  readonly antiAffinity: readonly WeightedAffinityTerm[];
  readonly namespaceLabels: Labels;
}

/** Scores by topology key and value. */
export class AffinityScores {
  private readonly scores = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.scores.size === 0;
  }

  /** Counts what the pod and the pods of a node want of one another. */
  add(pod: Pod, { affinity, antiAffinity, namespaceLabels }: PreferredTerms, info: NodeInfo): void {
    const node = info.node!;
    for (const term of affinity) this.addTo(node, term.topologyKey, term.weight * podsMeant(term, info));
    for (const term of antiAffinity) this.addTo(node, term.topologyKey, -term.weight * podsMeant(term, info));
    for (const { term, weight } of wishes(info))
      if (termMatches(term, pod, namespaceLabels)) this.addTo(node, term.topologyKey, weight);
  }

  scoreOf({ node }: NodeInfo): number {
    let score = 0;
    for (const [topologyKey, values] of this.scores) {
      const value = node!.metadata.labels?.[topologyKey];
      if (value !== undefined) score += values.get(value) ?? 0;
    }
    return score;
  }

  private addTo(node: Node, topologyKey: string, weight: number): void {
    const value = node.metadata.labels?.[topologyKey];
    if (value === undefined || weight === 0) return;
    const values = this.scores.get(topologyKey);
    if (values) values.set(value, (values.get(value) ?? 0) + weight);
    else this.scores.set(topologyKey, new Map([[value, weight]]));
  }
}

/** Brings scores, which may be negative, to the range from 0 to 100. In place. */
export function spreadOut(scores: number[]): void {
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  for (let i = 0; i < scores.length; i++)
    scores[i] = range === 0 ? 0 : Math.trunc(maxNodeScore * ((scores[i]! - least) / range));
}
