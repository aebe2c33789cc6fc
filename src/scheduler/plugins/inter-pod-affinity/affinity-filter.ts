// Required affinity and anti-affinity between pods. Upstream: plugins/interpodaffinity/filtering.go.
import type { Node } from '#types/core_v1';
import type { Labels } from '../../../api/label-selector.ts';
import { type AffinityTerm, matchesAllTerms, termMatches } from '../../affinity-term.ts';
import type { ChangingData } from '../../cycle-state.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import { keyOfAll, podsMeant, podsMeantByAll, requiredAntiAffinity } from './node-terms.ts';
import { TopologyCounts } from './topology-counts.ts';

/** The terms of the pod, and the labels of its namespace. */
export interface RequiredTerms {
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly namespaceLabels: Labels;
}

/** Where required terms match. */
export class AffinityFilter implements ChangingData {
  private readonly pod: PodInfo;
  private readonly terms: RequiredTerms;
  /** Where pods are whose anti-affinity means this pod. */
  private readonly existing: TopologyCounts;
  private readonly affinity: TopologyCounts;
  private readonly antiAffinity: TopologyCounts;

  constructor(pod: PodInfo, terms: RequiredTerms, from?: AffinityFilter) {
    this.pod = pod;
    this.terms = terms;
    this.existing = from?.existing.copy() ?? new TopologyCounts();
    this.affinity = from?.affinity.copy() ?? new TopologyCounts();
    this.antiAffinity = from?.antiAffinity.copy() ?? new TopologyCounts();
  }

  copy(): AffinityFilter {
    return new AffinityFilter(this.pod, this.terms, this);
  }

  /** Nothing that is required has anything to do with this pod. */
  get isIdle(): boolean {
    const { affinity, antiAffinity } = this.terms;
    return this.existing.isEmpty && affinity.length === 0 && antiAffinity.length === 0;
  }

  /** Counts the pods on all nodes. */
  count(nodes: readonly NodeInfo[], nodesWithRequiredAntiAffinity: readonly NodeInfo[]): void {
    const { affinity, antiAffinity, namespaceLabels } = this.terms;
    for (const info of nodesWithRequiredAntiAffinity) {
      for (const { term, weight } of requiredAntiAffinity(info)) {
        if (termMatches(term, this.pod.pod, namespaceLabels))
          this.existing.add(info.node!, term.topologyKey, weight);
      }
    }
    if (affinity.length === 0 && antiAffinity.length === 0) return;
    const allKey = keyOfAll(affinity);
    for (const info of nodes) {
      const all = affinity.length > 0 ? podsMeantByAll(affinity, allKey, info) : 0;
      if (all > 0) for (const { topologyKey } of affinity) this.affinity.add(info.node!, topologyKey, all);
      for (const term of antiAffinity) {
        const meant = podsMeant(term, info);
        if (meant > 0) this.antiAffinity.add(info.node!, term.topologyKey, meant);
      }
    }
  }

  /** Another pod comes to the node (1) or leaves it (-1). */
  update(other: PodInfo, node: Node, change: 1 | -1): void {
    this.addExisting(other, node, change);
    this.addIncoming(other, node, change);
  }

  /** Whether the domains of the node have a pod for each affinity term. The first pod of a group may come anywhere. */
  satisfiesAffinity(node: Node): boolean {
    let isComplete = true;
    for (const { topologyKey } of this.terms.affinity) {
      const value = node.metadata.labels?.[topologyKey];
      if (value === undefined) return false;
      isComplete &&= this.affinity.has(topologyKey, value);
    }
    if (isComplete) return true;
    return this.affinity.isEmpty && matchesAllTerms(this.terms.affinity, this.pod.pod);
  }

  /** Whether the domains of the node have no pod that an anti-affinity term of this pod means. */
  satisfiesAntiAffinity(node: Node): boolean {
    if (this.antiAffinity.isEmpty) return true;
    return this.terms.antiAffinity.every(({ topologyKey }) => {
      const value = node.metadata.labels?.[topologyKey];
      return value === undefined || !this.antiAffinity.has(topologyKey, value);
    });
  }

  /** Whether no pod in the domains of the node has anti-affinity to this pod. */
  satisfiesExisting(node: Node): boolean {
    if (this.existing.isEmpty) return true;
    const labels = node.metadata.labels ?? {};
    for (const key in labels) if (this.existing.has(key, labels[key]!)) return false;
    return true;
  }

  private addExisting(other: PodInfo, node: Node, change: number): void {
    const { pod, terms } = this;
    this.existing.addEach(other.antiAffinity.required, pod.pod, terms.namespaceLabels, node, change);
  }

  private addIncoming(other: PodInfo, node: Node, change: number): void {
    this.affinity.addWhenAll(this.terms.affinity, other.pod, node, change);
    this.antiAffinity.addEach(this.terms.antiAffinity, other.pod, null, node, change);
  }
}
