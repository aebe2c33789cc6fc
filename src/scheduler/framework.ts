// The scheduling framework: what a plugin may do, and what it is given. Every method of a plugin is optional.
// Upstream: k8s.io/kube-scheduler/framework/interface.go.
//
// One pod after the other goes through the scheduling cycle, which is synchronous:
//   PreFilter -> Filter per node -> (PostFilter when no node is left) -> PreScore -> Score per node -> NormalizeScore
//   -> the pod is assumed on the best node -> Reserve -> Permit
// then through the binding cycle, beside the scheduling of other pods:
//   what Permit waits for -> PreBind -> Bind -> PostBind
// What fails after Reserve calls Unreserve of all plugins, in reverse order.
//
// F1. No method changes a pod, a node, a PodInfo or the snapshot's nodes. The node of `addPod` and `removePod` is a copy.
// F2. A plugin that throws fails the cycle with an error: the pod is tried again after a backoff.
// F3. Only answers of PreFilter, Filter, Reserve and Permit count as turned away: the pod then waits for a change that
//     the plugin's `events` name.
import type { Logger } from 'pino';
import type { Pod } from '#types/core_v1';
import type { Clock, Random } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { Resource } from '../client/resource.ts';
import type { ClusterEvent } from './cluster-events.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { SchedulerProfile } from './profile.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import type { Snapshot } from './snapshot.ts';
import type { Status } from './status.ts';

/** The highest score of a node; the lowest is 0. */
export const maxNodeScore = 100;

/** Why no node took the pod. */
export interface NodeStatuses {
  /** By node name. */
  readonly byNode: ReadonlyMap<string, Status>;
  /** Of nodes that are not in `byNode`. */
  readonly absent: Status;
}

/** A change that may help pods which the plugin turned away. */
export interface EventInterest extends ClusterEvent {
  /**
   * Whether the change may help this pod; without it, every such change does. `old` is undefined for an addition,
   * `object` for a deletion. When it throws, the pod is tried.
   */
  hint?(pod: PodInfo, old: KubeObject | undefined, object: KubeObject | undefined): boolean;
}

/** Which nodes are worth a look. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>;
}

/** What PostFilter found: a nomination ('' takes an older one back, undefined leaves it) and a text for the message. */
export interface PostFilterResult {
  readonly nominatedNodeName: string | undefined;
  /** Undefined: the plugin helped. */
  readonly status: Status | undefined;
}

/** A scheduling plugin. */
export interface Plugin {
  readonly name: string;
  /** Changes that may help the pods that this plugin turns away. Without them such pods wait for the regular flush. */
  readonly events?: readonly EventInterest[];

  /** Whether the pod may enter the active queue; called each time before it does. */
  preEnqueue?(info: PodInfo): Status | undefined;
  /** Whether `a` is scheduled before `b`. Exactly one plugin has it. */
  isBefore?(a: QueuedPod, b: QueuedPod): boolean;

  /** Once per pod, before any node is looked at: computes what `filter` needs, narrows the nodes, turns the pod away, or skips. */
  preFilter?(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): PreFilterResult | Status | undefined;
  /** What `preFilter` computed, as if `added` were on the node too. Called on a copy of the state. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  /** What `preFilter` computed, as if `removed` were not on the node. Called on a copy of the state. */
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  /** Whether the pod fits the node. */
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  /** Called when no node fits: tries to make one fit in a later cycle. */
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult;

  /** Once per pod with the nodes that fit: computes what `score` needs, or skips. */
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined;
  /** How good a node is. Without `normalizeScores`, from 0 to 100. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings the scores of all nodes, in the order of `nodes`, to 0 to 100, in place. */
  normalizeScores?(state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void;

  /** Notes that the pod takes its place on the node. */
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  /** Undoes `reserve`, also when that was not called. Never throws. */
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  /** Whether the pod may be bound. A promise holds the binding, not the scheduling of other pods. */
  permit?(
    state: CycleState,
    pod: PodInfo,
    nodeName: string,
  ): Promise<Status | undefined> | Status | undefined;

  /** Prepares the binding, for example volumes. */
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<void>;
  /** Binds the pod; false leaves it to the next plugin. */
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<boolean>;
  /** The pod was bound. */
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** What plugins work with. */
export interface PluginContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly profile: SchedulerProfile;
  /** Aborted when the scheduler stops. */
  readonly signal: AbortSignal;
  /** The nodes of the current cycle. */
  readonly snapshot: Snapshot;
  /** The informer of a resource. Ask while the plugin is made: the scheduler waits until all of them are synced. */
  informer<T extends KubeObject>(of: Resource<T>): Informer<T>;
  /** Pods that wait for room on the node. */
  nominatedPods(nodeName: string): readonly PodInfo[];
  /** Runs the filters of all plugins for one node, as if pods nominated to it were there. */
  filterNode(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  /** Calls `addPod` of all plugins. */
  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  /** Calls `removePod` of all plugins. */
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  /** Tries the pods again soon, whatever turned them away. */
  activate(pods: readonly Pod[]): void;
}
