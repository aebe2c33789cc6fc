// Makes room for pods that fit nowhere, by evicting pods of lower priority.
// Upstream: plugins/defaultpreemption and pkg/scheduler/framework/preemption.
import type { Pod } from '#types/core_v1';
import { podDisruptionBudgets, pods } from '../../../client/resources.ts';
import { actions } from '../../cluster-events.ts';
import type { CycleState } from '../../cycle-state.ts';
import { nodesMessage } from '../../fit-error.ts';
import type { NodeStatuses, Plugin, PluginContext } from '../../framework.ts';
import type { NodeInfo } from '../../node-info.ts';
import { type PodInfo, podInfoOf } from '../../pod-info.ts';
import { type Status, unresolvable, unschedulable } from '../../status.ts';
import { type Candidate, pickCandidate } from './candidates.ts';
import { Preemptor } from './preemptor.ts';
import { budgetsOf, selectVictims } from './victims.ts';

const name = 'DefaultPreemption';
const busy = unresolvable(name, 'waiting for the preemption for this pod to be finished');
const notHelpful = unresolvable(name, 'Preemption is not helpful for scheduling');
// Of many nodes not all are tried: a tenth, at least a hundred.
const minCandidatePercentage = 10;
const minCandidates = 100;

function refused(text: string): Status {
  return unschedulable(name, `preemption: ${text}`);
}

/** A victim of an earlier preemption is still going. */
function isPreempted({ metadata, status }: Pod): boolean {
  if (!metadata.deletionTimestamp) return false;
  const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

function candidatesWanted(nodeCount: number): number {
  const wanted = Math.max(Math.trunc((nodeCount * minCandidatePercentage) / 100), minCandidates);
  return Math.min(wanted, nodeCount);
}

export function createDefaultPreemption(context: PluginContext): Plugin {
  const { snapshot, random, clock } = context;
  const { lister } = context.informer(pods);
  const budgets = context.informer(podDisruptionBudgets).lister;
  const preemptor = new Preemptor(context, lister);

  function whyNot(pod: PodInfo, statuses: NodeStatuses): string | undefined {
    if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const nominated = pod.pod.status?.nominatedNodeName;
    if (!nominated) return undefined;
    const status = statuses.byNode.get(nominated) ?? statuses.absent;
    if (status.code === 'UnschedulableAndUnresolvable') return undefined;
    const others = snapshot.get(nominated)?.pods ?? [];
    return others.some((other) => other.priority < pod.priority && isPreempted(other.pod))
      ? 'not eligible due to a terminating pod on the nominated node.'
      : undefined;
  }

  /** Nodes where other pods are in the way. */
  function nodesToTry({ byNode, absent }: NodeStatuses): NodeInfo[] {
    return snapshot.nodes.filter((node) => (byNode.get(node.name) ?? absent).code === 'Unschedulable');
  }

  function findCandidates(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): { candidates: Candidate[]; statuses: Map<string, Status> } {
    const candidates: Candidate[] = [];
    const statuses = new Map<string, Status>();
    const compiled = budgetsOf(budgets.list());
    const wanted = candidatesWanted(nodes.length);
    const start = Math.floor(random.float() * nodes.length);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(start + i) % nodes.length]!;
      const found = selectVictims(context, state, pod, node, compiled);
      if ('victims' in found) candidates.push(found);
      else statuses.set(node.name, found);
      if (candidates.length >= wanted && candidates.some(({ violations }) => violations === 0)) break;
    }
    return { candidates, statuses };
  }

  return {
    name,
    // the hint of the plugin that turned the pod away decides; this one only keeps gated pods from waking too early
    events: [{ resource: 'Pod', action: actions.delete, hint: () => false }],
    preEnqueue({ uid }) {
      return preemptor.isBusyFor(uid) ? busy : undefined;
    },
    postFilter(state, queued, statuses) {
      const current = lister.get(`${queued.namespace}/${queued.name}`);
      if (!current) throw new Error(`pod "${queued.name}" not found`);
      const pod = current === queued.pod ? queued : podInfoOf(current);
      const why = whyNot(pod, statuses);
      if (why !== undefined) return { nominatedNodeName: undefined, status: refused(why) };
      const nodes = nodesToTry(statuses);
      const { candidates, statuses: byNode } = findCandidates(state, pod, nodes);
      const best = pickCandidate(candidates, clock.now());
      if (!best) {
        const message = nodesMessage({ byNode, absent: notHelpful }, snapshot.nodes.length);
        return { nominatedNodeName: '', status: refused(message) };
      }
      preemptor.start(best, pod);
      return { nominatedNodeName: best.nodeName, status: undefined };
    },
  };
}
