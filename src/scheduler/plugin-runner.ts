// Runs the plugins of each extension point in their order. Upstream: pkg/scheduler/framework/runtime/framework.go.
import type { CycleState } from './cycle-state.ts';
import {
  maxNodeScore,
  type NodeStatuses,
  type Plugin,
  type PostFilterResult,
  type PreFilterResult,
} from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import { errorText, type Status, unresolvable } from './status.ts';

/** A plugin and how much its score counts. */
export interface WeightedPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** What all PreFilter plugins say. */
export interface PreFilterOutcome {
  /** Undefined: all nodes. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** Plugins that narrowed the nodes. */
  readonly narrowedBy: ReadonlySet<string>;
  /** The pod was turned away. */
  readonly status: Status | undefined;
}

function isStatus(answer: PreFilterResult | Status): answer is Status {
  return 'code' in answer;
}

/** The error of a plugin, with where it happened. */
function pluginError(point: string, plugin: Plugin, cause: unknown): Error {
  return new Error(`running ${point} plugin ${JSON.stringify(plugin.name)}: ${errorText(cause)}`, { cause });
}

function both(a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): ReadonlySet<string> {
  return a ? new Set([...a].filter((name) => b.has(name))) : b;
}

/** The plugins by what they do. */
export class PluginRunner {
  private readonly preFilters: Plugin[];
  private readonly filters: Plugin[];
  private readonly postFilters: Plugin[];
  private readonly preScores: Plugin[];
  private readonly scores: WeightedPlugin[];
  private readonly all: Plugin[];

  constructor(plugins: readonly WeightedPlugin[]) {
    this.all = plugins.map(({ plugin }) => plugin);
    this.preFilters = this.all.filter((plugin) => plugin.preFilter);
    this.filters = this.all.filter((plugin) => plugin.filter);
    this.postFilters = this.all.filter((plugin) => plugin.postFilter);
    this.preScores = this.all.filter((plugin) => plugin.preScore);
    this.scores = plugins.filter(({ plugin, weight }) => plugin.score && weight > 0);
  }

  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterOutcome {
    const skipped = new Set<string>();
    state.skippedFilters = skipped;
    const narrowedBy = new Set<string>();
    let nodeNames: ReadonlySet<string> | undefined;
    let rejected: Status | undefined;
    for (const plugin of this.preFilters) {
      const answer = this.ask('PreFilter', plugin, () => plugin.preFilter!(state, pod, nodes));
      if (!answer) continue;
      if (isStatus(answer)) {
        if (answer.code === 'Skip') skipped.add(plugin.name);
        else if (answer.code === 'UnschedulableAndUnresolvable')
          return { nodeNames: undefined, narrowedBy, status: answer };
        else rejected = answer;
        continue;
      }
      narrowedBy.add(plugin.name);
      nodeNames = both(nodeNames, answer.nodeNames);
      if (nodeNames.size > 0) continue;
      const names = [...narrowedBy].sort();
      const who = names.length === 1 ? `plugin ${names[0]}` : `plugin(s) [${names.join(' ')}] simultaneously`;
      return { nodeNames, narrowedBy, status: unresolvable('', `node(s) didn't satisfy ${who}`) };
    }
    return { nodeNames, narrowedBy, status: rejected };
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of this.preFilters) {
      if (plugin.addPod && !state.skippedFilters.has(plugin.name)) plugin.addPod(state, pod, added, node);
    }
  }

  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of this.preFilters) {
      if (plugin.removePod && !state.skippedFilters.has(plugin.name))
        plugin.removePod(state, pod, removed, node);
    }
  }

  /** The first plugin that turns the node down says why. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    // for every node and plugin: a closure for each would be most of the garbage of the whole thread
    let asked: Plugin | undefined;
    try {
      for (const plugin of this.filters) {
        if (state.skippedFilters.has(plugin.name)) continue;
        asked = plugin;
        const status = plugin.filter!(state, pod, node);
        if (status) return status;
      }
    } catch (error) {
      throw pluginError('Filter', asked!, error);
    }
    return undefined;
  }

  /** The first plugin that helps ends it. */
  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    const reasons: string[] = [];
    let nominatedNodeName: string | undefined;
    let rejectedBy = '';
    for (const plugin of this.postFilters) {
      const result = this.ask('PostFilter', plugin, () => plugin.postFilter!(state, pod, statuses));
      if (!result.status || result.status.code === 'UnschedulableAndUnresolvable') return result;
      nominatedNodeName = result.nominatedNodeName ?? nominatedNodeName;
      reasons.push(...result.status.reasons);
      rejectedBy ||= plugin.name;
    }
    return { nominatedNodeName, status: { code: 'Unschedulable', reasons, plugin: rejectedBy } };
  }

  /** The weighted sum of scores of each node, in the order of `nodes`. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const skipped = new Set<string>();
    state.skippedScores = skipped;
    for (const plugin of this.preScores) {
      const status = this.ask('PreScore', plugin, () => plugin.preScore!(state, pod, nodes));
      if (status?.code === 'Skip') skipped.add(plugin.name);
      else if (status) throw pluginError('PreScore', plugin, status.reasons.join(', '));
    }
    const totals = new Array<number>(nodes.length).fill(0);
    for (const { plugin, weight } of this.scores) {
      if (skipped.has(plugin.name)) continue;
      this.ask('Score', plugin, () => this.addScores(totals, plugin, weight, state, pod, nodes));
    }
    return totals;
  }

  reserve(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined {
    for (const plugin of this.all) {
      if (!plugin.reserve) continue;
      const status = this.ask('Reserve', plugin, () => plugin.reserve!(state, pod, nodeName));
      if (status) return status;
    }
    return undefined;
  }

  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (let i = this.all.length - 1; i >= 0; i--) this.all[i]!.unreserve?.(state, pod, nodeName);
  }

  /** A refusal, or what the binding has to wait for. */
  permit(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined>[] | Status {
    const waits: Promise<Status | undefined>[] = [];
    for (const plugin of this.all) {
      if (!plugin.permit) continue;
      const answer = this.ask('Permit', plugin, () => plugin.permit!(state, pod, nodeName));
      if (answer instanceof Promise) waits.push(answer);
      else if (answer) return answer;
    }
    return waits;
  }

  async bind(state: CycleState, pod: PodInfo, nodeName: string): Promise<void> {
    for (const plugin of this.all) {
      try {
        await plugin.preBind?.(state, pod, nodeName);
      } catch (error) {
        throw pluginError('PreBind', plugin, error);
      }
    }
    for (const plugin of this.all) {
      if (!plugin.bind) continue;
      try {
        if (await plugin.bind(state, pod, nodeName)) return;
      } catch (error) {
        throw pluginError('Bind', plugin, error);
      }
    }
    throw new Error('no plugin binds the pod');
  }

  postBind(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of this.all) plugin.postBind?.(state, pod, nodeName);
  }

  private addScores(
    totals: number[],
    plugin: Plugin,
    weight: number,
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): void {
    const scores = nodes.map((node) => plugin.score!(state, pod, node));
    plugin.normalizeScores?.(state, pod, scores, nodes);
    scores.forEach((score, i) => {
      if (!(score >= 0 && score <= maxNodeScore))
        throw new Error(`score ${score} of node ${nodes[i]!.name} is not in 0 to ${maxNodeScore}`);
      totals[i]! += score * weight;
    });
  }

  private ask<T>(point: string, plugin: Plugin, call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw pluginError(point, plugin, error);
    }
  }
}
