// Finds the best node for a pod, or says why there is none.
// Upstream: schedulePod and schedulingAlgorithm in pkg/scheduler/schedule_one.go.
import type { Logger } from 'pino';
import type { Random } from '../api/clock.ts';
import { CycleState } from './cycle-state.ts';
import { type Diagnosis, fitMessage, newDiagnosis, notePlugin } from './fit-error.ts';
import type { NodeInfo } from './node-info.ts';
import type { PluginRunner } from './plugin-runner.ts';
import type { PodInfo } from './pod-info.ts';
import type { Nomination } from './queue/nominator.ts';
import type { Snapshot } from './snapshot.ts';
import { errorText, type Status, statusMessage, unresolvable } from './status.ts';

/** Why a pod was not scheduled. */
export interface SchedulingFailure {
  /** The pod was turned away; else something failed. */
  readonly isRejected: boolean;
  readonly message: string;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  readonly nomination: Nomination;
}

/** A node, or why there is none. */
export type SchedulingResult =
  | { readonly state: CycleState; readonly nodeName: string }
  | { readonly failure: SchedulingFailure };

const none: ReadonlySet<string> = new Set();
const minNodesToFind = 100;
const minPercentage = 5;

/** The failure of something that threw. An older nomination is taken back. */
export function errorFailure(error: unknown): SchedulingFailure {
  return {
    isRejected: false,
    message: errorText(error),
    unschedulablePlugins: none,
    pendingPlugins: none,
    nomination: '',
  };
}

/** The failure of a pod that a plugin turned away after a node was found. */
export function rejection(nodeName: string, status: Status): SchedulingFailure {
  const diagnosis = newDiagnosis();
  diagnosis.byNode.set(nodeName, status);
  notePlugin(diagnosis, status);
  return { isRejected: true, message: fitMessage(diagnosis, 1), nomination: '', ...diagnosis };
}

/** How many nodes that fit are enough. `percentage` 0: from 50 down to 5 percent as nodes get more; at least 100. */
export function nodesToFind(percentage: number, nodeCount: number): number {
  if (nodeCount < minNodesToFind) return nodeCount;
  const adaptive = Math.max(50 - Math.trunc(nodeCount / 125), minPercentage);
  const wanted = Math.trunc((nodeCount * (percentage || adaptive)) / 100);
  return Math.max(wanted, minNodesToFind);
}

/** What a pod scheduler needs. */
export interface PodSchedulerOptions {
  readonly snapshot: Snapshot;
  readonly runner: PluginRunner;
  readonly random: Random;
  readonly log: Logger;
  readonly percentageOfNodesToScore: number;
  /** Filters with pods nominated to the node. */
  filterNode(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
}

/** Schedules one pod after the other on the nodes of the snapshot. */
export class PodScheduler {
  private readonly options: PodSchedulerOptions;
  /** Where the search begins, so that every node has its turn. */
  private nextStart = 0;

  constructor(options: PodSchedulerOptions) {
    this.options = options;
  }

  schedule(pod: PodInfo): SchedulingResult {
    const state = new CycleState();
    const { nodes } = this.options.snapshot;
    if (nodes.length === 0) {
      const failure = errorFailure('no nodes available to schedule pods');
      return { failure: { ...failure, isRejected: true } };
    }
    const diagnosis = newDiagnosis();
    try {
      const feasible = this.findNodes(state, pod, diagnosis);
      if (feasible.length > 0) return { state, nodeName: this.select(state, pod, feasible) };
    } catch (error) {
      return { failure: errorFailure(error) };
    }
    return { failure: this.postFilter(state, pod, diagnosis) };
  }

  private postFilter(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): SchedulingFailure {
    let nomination: Nomination;
    try {
      const { nominatedNodeName, status } = this.options.runner.postFilter(state, pod, diagnosis);
      nomination = nominatedNodeName;
      if (status) diagnosis.postFilterMessage = statusMessage(status);
    } catch (error) {
      this.options.log.error({ err: error, pod: pod.name, namespace: pod.namespace }, 'PostFilter failed');
      diagnosis.postFilterMessage = errorText(error);
    }
    const message = fitMessage(diagnosis, this.options.snapshot.nodes.length);
    return { isRejected: true, message, nomination, ...diagnosis };
  }

  /** The nodes that fit, or some of them when they are many. */
  private findNodes(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): readonly NodeInfo[] {
    const { snapshot, runner } = this.options;
    const { nodeNames, narrowedBy, status } = runner.preFilter(state, pod, snapshot.nodes);
    for (const plugin of narrowedBy) diagnosis.unschedulablePlugins.add(plugin);
    if (status) {
      diagnosis.absent = status;
      diagnosis.preFilterMessage = statusMessage(status);
      notePlugin(diagnosis, status);
      return [];
    }
    const nominated = this.nominatedNode(state, pod, diagnosis);
    if (nominated) return [nominated];
    let nodes = snapshot.nodes;
    if (nodeNames) {
      nodes = [...nodeNames].map((name) => snapshot.get(name)).filter((node) => node !== undefined);
      const names = [...narrowedBy].sort().join(' ');
      diagnosis.absent = unresolvable('', `node(s) didn't satisfy plugin(s) [${names}]`);
    }
    const feasible = this.filterNodes(state, pod, diagnosis, nodes);
    const looked = feasible.length + diagnosis.byNode.size;
    this.nextStart = (this.nextStart + looked) % snapshot.nodes.length;
    return feasible;
  }

  /** Room was made for the pod on its nominated node, so that is likely the only one that fits. */
  private nominatedNode(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): NodeInfo | undefined {
    const node = this.options.snapshot.get(pod.pod.status?.nominatedNodeName ?? '');
    return node && this.filterNodes(state, pod, diagnosis, [node])[0];
  }

  private filterNodes(
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
    nodes: readonly NodeInfo[],
  ): NodeInfo[] {
    const enough = nodesToFind(this.options.percentageOfNodesToScore, nodes.length);
    const feasible: NodeInfo[] = [];
    for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
      const node = nodes[(this.nextStart + i) % nodes.length]!;
      const status = this.options.filterNode(state, pod, node);
      if (!status) feasible.push(node);
      else {
        diagnosis.byNode.set(node.name, status);
        notePlugin(diagnosis, status);
      }
    }
    return feasible;
  }

  /** The node with the highest score; among several, any of them with the same chance. */
  private select(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): string {
    if (nodes.length === 1) return nodes[0]!.name;
    const scores = this.options.runner.score(state, pod, nodes);
    let best = 0;
    let ties = 1;
    for (let i = 1; i < scores.length; i++) {
      if (scores[i]! > scores[best]!) {
        best = i;
        ties = 1;
      } else if (scores[i] === scores[best] && this.options.random.float() * ++ties < 1) best = i;
    }
    return nodes[best]!.name;
  }
}
