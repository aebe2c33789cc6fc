// Which pods of a node would have to go for a pod to fit. Upstream: SelectVictimsOnNode in
// plugins/defaultpreemption/default_preemption.go.
import type { PodDisruptionBudget } from '#types/policy_v1';
import { type LabelSelector, selectorOfObject } from '../../../api/label-selector.ts';
import type { CycleState } from '../../cycle-state.ts';
import type { PluginContext } from '../../framework.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import { type Status, unresolvable } from '../../status.ts';
import { byImportance, type Candidate } from './candidates.ts';

/** A disruption budget, compiled. */
export interface Budget {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly allowed: number;
  /** Pods that count as disrupted already. */
  readonly disrupted: ReadonlySet<string>;
}

/** Compiles the budgets; those that select nothing or are not valid are left out. */
export function budgetsOf(budgets: readonly PodDisruptionBudget[]): Budget[] {
  return budgets.flatMap(({ metadata, spec, status }) => {
    try {
      const selector = selectorOfObject(spec.selector);
      if (selector.isEmpty()) return [];
      const disrupted = new Set(Object.keys(status?.disruptedPods ?? {}));
      return [
        {
          namespace: metadata.namespace ?? '',
          selector,
          allowed: status?.disruptionsAllowed ?? 0,
          disrupted,
        },
      ];
    } catch {
      return [];
    }
  });
}

/** Splits pods, the more important first, by whether a budget is used up when they all go. */
export function splitByBudgets(
  pods: readonly PodInfo[],
  budgets: readonly Budget[],
): { violating: PodInfo[]; free: PodInfo[] } {
  const left = budgets.map(({ allowed }) => allowed);
  const violating: PodInfo[] = [];
  const free: PodInfo[] = [];
  for (const info of pods) {
    const { labels } = info.pod.metadata;
    let isViolating = false;
    if (labels && Object.keys(labels).length > 0) {
      budgets.forEach(({ namespace, selector, disrupted }, i) => {
        if (namespace !== info.namespace || !selector.matches(labels) || disrupted.has(info.name)) return;
        if (--left[i]! < 0) isViolating = true;
      });
    }
    (isViolating ? violating : free).push(info);
  }
  return { violating, free };
}

const noVictims = unresolvable('', 'No preemption victims found for incoming pod');

/**
 * The pods of lower priority that must go, as few and as unimportant as can be, or why that does not help. Those that
 * budgets protect are spared first.
 */
export function selectVictims(
  context: Pick<PluginContext, 'filterNode' | 'addPod' | 'removePod' | 'clock'>,
  cycle: CycleState,
  pod: PodInfo,
  info: NodeInfo,
  budgets: readonly Budget[],
): Candidate | Status {
  const lower = info.pods.filter(({ priority }) => priority < pod.priority);
  if (lower.length === 0) return noVictims;
  const node = info.copy();
  const state = cycle.copy();
  const remove = (other: PodInfo): void => {
    node.removePod(other.uid);
    context.removePod(state, pod, other, node);
  };
  for (const other of lower) remove(other);
  const status = context.filterNode(state, pod, node);
  if (status) return status;

  const isSpared = (other: PodInfo): boolean => {
    node.addPod(other);
    context.addPod(state, pod, other, node);
    if (!context.filterNode(state, pod, node)) return true;
    remove(other);
    return false;
  };
  const order = byImportance(context.clock.now());
  const { violating, free } = splitByBudgets(lower.sort(order), budgets);
  const protectedVictims = violating.filter((other) => !isSpared(other));
  const victims = [...protectedVictims, ...free.filter((other) => !isSpared(other))].sort(order);
  if (victims.length === 0)
    return unresolvable('', `expected at least one victim pod on node ${JSON.stringify(info.name)}`);
  return { nodeName: info.name, victims, violations: protectedVictims.length };
}
