// Spread constraints of a pod, its own or the defaults. Upstream: plugins/podtopologyspread/common.go.
import type { Node, Pod, TopologySpreadConstraint } from '#types/core_v1';
import { LabelSelector, selectorOfLabels, selectorOfObject } from '../../../api/label-selector.ts';
import { matchesNode } from '../../../kinds/core/node-selector.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import { hasUntoleratedTaint } from '../../taints.ts';
import { type OwnerListers, ownerSelector } from './owner-selector.ts';

export const hostnameLabel = 'kubernetes.io/hostname';

/** A constraint, compiled. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  /** Whose pods count. */
  readonly namespace: string;
  /** Equal for constraints that count the same pods. */
  readonly countKey: string;
  /** Whether a pod of a node counts; not those that are being deleted. */
  readonly counts: (info: PodInfo) => boolean;
  readonly minDomains: number;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** What a constraint does where it can't be kept. */
export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway';

/** What pods without constraints get: upstream's system defaults. */
const defaultConstraints: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostnameLabel, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

function withLabelsOfPod(
  selector: LabelSelector,
  keys: readonly string[] | undefined,
  pod: Pod,
): LabelSelector {
  const labels: Record<string, string> = {};
  for (const key of keys ?? []) {
    const value = pod.metadata.labels?.[key];
    if (value !== undefined) labels[key] = value;
  }
  if (selector.nothing || Object.keys(labels).length === 0) return selector;
  return new LabelSelector([...selectorOfLabels(labels).requirements, ...selector.requirements]);
}

function compile(
  constraint: TopologySpreadConstraint,
  selector: LabelSelector,
  namespace: string,
): SpreadConstraint {
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selector,
    namespace,
    counts: ({ pod, namespace: other }) =>
      other === namespace && !pod.metadata.deletionTimestamp && selector.matches(pod.metadata.labels),
    countKey: `spread\n${namespace}\n${selector.nothing ? '\t' : selector.toString()}`,
    minDomains: constraint.minDomains ?? 1,
    honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

/** The pod's constraints of one kind. Throws SelectorError when a selector is not valid. */
export function constraintsOf(pod: Pod, action: WhenUnsatisfiable, owners: OwnerListers): SpreadConstraint[] {
  const namespace = pod.metadata.namespace ?? '';
  const own = pod.spec.topologySpreadConstraints ?? [];
  if (own.length > 0) {
    return own
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
      .map((c) =>
        compile(c, withLabelsOfPod(selectorOfObject(c.labelSelector), c.matchLabelKeys, pod), namespace),
      );
  }
  const defaults = defaultConstraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
  if (defaults.length === 0) return [];
  const selector = ownerSelector(owners, pod);
  return selector.isEmpty() ? [] : defaults.map((constraint) => compile(constraint, selector, namespace));
}

/** Whether the node has the labels of all constraints. */
export function hasTopologies(node: Node, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
}

/** Whether pods on the node count for the constraint. */
export function isCounted(constraint: SpreadConstraint, { pod, nodeAffinity }: PodInfo, node: Node): boolean {
  if (constraint.honorsAffinity && !matchesNode(nodeAffinity, node)) return false;
  return !(constraint.honorsTaints && hasUntoleratedTaint(node.spec?.taints, pod.spec.tolerations));
}

/** How many pods on the node match the constraint; those that are being deleted do not count. */
export function matchingPods({ selector, countKey, counts }: SpreadConstraint, node: NodeInfo): number {
  return selector.isEmpty() ? 0 : node.countPods(countKey, counts);
}
