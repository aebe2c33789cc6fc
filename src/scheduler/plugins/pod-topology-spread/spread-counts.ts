// How many matching pods each domain has, for constraints that must be kept.
// Upstream: preFilterState in plugins/podtopologyspread/filtering.go.
import type { Node, Pod } from '#types/core_v1';
import type { ChangingData } from '../../cycle-state.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import { hasTopologies, isCounted, matchingPods, type SpreadConstraint } from './constraints.ts';

/** Counts by domain, for each constraint. */
export class SpreadCounts implements ChangingData {
  readonly constraints: readonly SpreadConstraint[];
  private readonly domains: Map<string, number>[];
  /** The smallest counts, where they are computed. */
  private readonly least: (number | undefined)[] = [];

  private constructor(constraints: readonly SpreadConstraint[], domains: Map<string, number>[]) {
    this.constraints = constraints;
    this.domains = domains;
  }

  /** Counts over all nodes. */
  static of(
    constraints: readonly SpreadConstraint[],
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): SpreadCounts {
    const counts = new SpreadCounts(
      constraints,
      constraints.map(() => new Map()),
    );
    for (const info of nodes) {
      if (!hasTopologies(info.node!, constraints)) continue;
      constraints.forEach((constraint, i) => {
        if (!isCounted(constraint, pod, info.node!)) return;
        counts.add(i, info.node!, matchingPods(constraint, info));
      });
    }
    return counts;
  }

  copy(): SpreadCounts {
    return new SpreadCounts(
      this.constraints,
      this.domains.map((domain) => new Map(domain)),
    );
  }

  /** Another pod comes to the node (1) or leaves it (-1). */
  update(pod: PodInfo, other: Pod, node: Node, change: 1 | -1): void {
    if (other.metadata.namespace !== pod.namespace || !hasTopologies(node, this.constraints)) return;
    this.constraints.forEach((constraint, i) => {
      if (constraint.selector.matches(other.metadata.labels) && isCounted(constraint, pod, node))
        this.add(i, node, change);
    });
  }

  /** Whether the domain of the node would have too many more matching pods than the emptiest. */
  exceeds(i: number, pod: Pod, domain: string): boolean {
    const { selector, maxSkew, minDomains } = this.constraints[i]!;
    const counts = this.domains[i]!;
    const least = counts.size < minDomains ? 0 : this.leastOf(i);
    const own = selector.matches(pod.metadata.labels) ? 1 : 0;
    return (counts.get(domain) ?? 0) + own - least > maxSkew;
  }

  private leastOf(i: number): number {
    let least = this.least[i];
    if (least === undefined) {
      least = Number.POSITIVE_INFINITY;
      for (const count of this.domains[i]!.values()) if (count < least) least = count;
      this.least[i] = least;
    }
    return least;
  }

  private add(i: number, node: Node, change: number): void {
    const domain = node.metadata.labels![this.constraints[i]!.topologyKey]!;
    this.domains[i]!.set(domain, (this.domains[i]!.get(domain) ?? 0) + change);
    this.least[i] = undefined;
  }
}
