// Scores nodes by how evenly pods spread, for constraints that are wishes.
// Upstream: plugins/podtopologyspread/scoring.go.
import { maxNodeScore } from '../../framework.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import {
  hasTopologies,
  hostnameLabel,
  isCounted,
  matchingPods,
  type SpreadConstraint,
} from './constraints.ts';

/** Counts of the domains of the nodes that fit. */
export class SpreadScores {
  private readonly constraints: readonly SpreadConstraint[];
  /** Nodes without the labels; they get nothing. */
  private readonly ignored = new Set<string>();
  /** By domain, for each constraint; none for hostnames, which are counted per node. */
  private readonly domains: Map<string, number>[];
  private readonly weights: number[];

  /** `needsAll`: nodes that lack a label of any constraint do not count. */
  constructor(
    constraints: readonly SpreadConstraint[],
    pod: PodInfo,
    feasible: readonly NodeInfo[],
    all: readonly NodeInfo[],
    needsAll: boolean,
  ) {
    this.constraints = constraints;
    this.domains = constraints.map(() => new Map());
    this.findDomains(feasible, needsAll);
    this.weights = constraints.map(({ topologyKey }, i) => {
      const size =
        topologyKey === hostnameLabel ? feasible.length - this.ignored.size : this.domains[i]!.size;
      // few domains hold many pods each; the weight evens that out
      return Math.log(size + 2);
    });
    for (const info of all) {
      if (!needsAll || hasTopologies(info.node!, constraints)) this.count(pod, info);
    }
  }

  /** The fewer matching pods, the lower. */
  score(info: NodeInfo): number {
    if (this.ignored.has(info.name)) return 0;
    const { labels } = info.node!.metadata;
    let score = 0;
    for (let i = 0; i < this.constraints.length; i++) {
      const constraint = this.constraints[i]!;
      const domain = labels?.[constraint.topologyKey];
      if (domain === undefined) continue;
      const isHost = constraint.topologyKey === hostnameLabel;
      const count = isHost ? matchingPods(constraint, info) : (this.domains[i]!.get(domain) ?? 0);
      score += count * this.weights[i]! + (constraint.maxSkew - 1);
    }
    return Math.round(score);
  }

  /** Turns the scores around: the fewest pods become 100. In place. */
  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    const counting = scores.filter((_, i) => !this.ignored.has(nodes[i]!.name));
    const least = Math.min(...counting);
    const most = Math.max(0, ...counting);
    for (let i = 0; i < scores.length; i++) {
      if (this.ignored.has(nodes[i]!.name)) scores[i] = 0;
      else if (most === 0) scores[i] = maxNodeScore;
      else scores[i] = Math.trunc((maxNodeScore * (most + least - scores[i]!)) / most);
    }
  }

  private findDomains(feasible: readonly NodeInfo[], needsAll: boolean): void {
    for (const { node, name } of feasible) {
      if (needsAll && !hasTopologies(node!, this.constraints)) {
        this.ignored.add(name);
        continue;
      }
      for (let i = 0; i < this.constraints.length; i++) {
        const { topologyKey } = this.constraints[i]!;
        // without all labels needed, nodes without this one are a domain of their own
        if (topologyKey !== hostnameLabel)
          this.domains[i]!.set(node!.metadata.labels?.[topologyKey] ?? '', 0);
      }
    }
  }

  private count(pod: PodInfo, info: NodeInfo): void {
    for (let i = 0; i < this.constraints.length; i++) {
      const constraint = this.constraints[i]!;
      const domain = info.node!.metadata.labels?.[constraint.topologyKey] ?? '';
      const known = this.domains[i]!.get(domain);
      if (known === undefined || !isCounted(constraint, pod, info.node!)) continue;
      this.domains[i]!.set(domain, known + matchingPods(constraint, info));
    }
  }
}
