// A node with the sums over its pods. Upstream: NodeInfo in pkg/scheduler/framework/types.go.
import type { Node } from '#types/core_v1';
import { addPorts, copyPorts, removePorts, type UsedPorts } from './host-ports.ts';
import type { PodInfo } from './pod-info.ts';
import {
  addResources,
  copyResources,
  noResources,
  type Resources,
  resourcesOfList,
} from './resource-amounts.ts';

/** An image that a node has. */
export interface ImageState {
  readonly sizeBytes: number;
  /** On how many nodes it is. */
  readonly nodes: number;
}

interface RememberedCount {
  readonly counts: (info: PodInfo) => boolean;
  readonly count: number;
}

const maxRemembered = 1000;

/** A node. The cache's are changed as the cluster changes, a snapshot's only inside a simulation on a copy. */
export class NodeInfo {
  /** Undefined while pods of a node are known and the node is not (yet, or no more). */
  node: Node | undefined;
  pods: PodInfo[] = [];
  /** Pods with any pod affinity or anti-affinity. */
  podsWithAffinity: PodInfo[] = [];
  podsWithRequiredAntiAffinity: PodInfo[] = [];
  usedPorts: UsedPorts = new Map();
  requested: Resources = noResources();
  /** See PodInfo.nonZeroCpu. */
  nonZeroCpu = 0;
  nonZeroMemory = 0;
  allocatable: Resources = noResources();
  images: ReadonlyMap<string, ImageState> = new Map();
  private memory = new Map<string, unknown>();
  private counts = new Map<string, RememberedCount>();
  /** Another one after each pod that left: while it is the same, `pods` only grew at its end. */
  private era: object = {};

  /** The node's name. Only for nodes that are known. */
  get name(): string {
    return this.node!.metadata.name!;
  }

  setNode(node: Node): void {
    this.node = node;
    this.allocatable = resourcesOfList(node.status?.allocatable);
    this.changed();
  }

  removeNode(): void {
    this.node = undefined;
    this.changed();
  }

  addPod(info: PodInfo): void {
    this.pods.push(info);
    if (hasAffinity(info)) this.podsWithAffinity.push(info);
    if (info.antiAffinity.required.length > 0) this.podsWithRequiredAntiAffinity.push(info);
    addPorts(this.usedPorts, info.hostPorts);
    this.count(info, 1);
  }

  /** Takes a pod away, by its uid. False when it is not here. */
  removePod(uid: string): boolean {
    const info = takeOut(this.pods, uid);
    if (!info) return false;
    if (hasAffinity(info)) takeOut(this.podsWithAffinity, uid);
    if (info.antiAffinity.required.length > 0) takeOut(this.podsWithRequiredAntiAffinity, uid);
    removePorts(this.usedPorts, info.hostPorts);
    this.era = {};
    this.count(info, -1);
    return true;
  }

  /** A copy that can be changed. It remembers the counts of `earlier`, a copy of the same node that was made before. */
  copy(earlier?: NodeInfo): NodeInfo {
    const copy = new NodeInfo();
    copy.node = this.node;
    copy.pods = this.pods.slice();
    copy.podsWithAffinity = this.podsWithAffinity.slice();
    copy.podsWithRequiredAntiAffinity = this.podsWithRequiredAntiAffinity.slice();
    copy.usedPorts = copyPorts(this.usedPorts);
    copy.requested = copyResources(this.requested);
    copy.nonZeroCpu = this.nonZeroCpu;
    copy.nonZeroMemory = this.nonZeroMemory;
    copy.allocatable = this.allocatable;
    copy.images = this.images;
    copy.era = this.era;
    if (earlier?.era === this.era) copy.adoptCounts(earlier.counts, this.pods.slice(earlier.pods.length));
    return copy;
  }

  /**
   * A value that is computed from the pods' labels and terms alone, kept until the pods change. Pods of one owner ask the
   * same of every node, and only one node changes between two of them.
   */
  remember<T>(key: string, compute: () => T): T {
    if (this.memory.has(key)) return this.memory.get(key) as T;
    if (this.memory.size >= maxRemembered) this.memory.clear();
    const value = compute();
    this.memory.set(key, value);
    return value;
  }

  /**
   * How many pods count, by their labels and namespaces alone. Calls with one key must count the same pods. A pod that comes
   * is added to what is known, so that pods of one owner do not count all the others anew.
   */
  countPods(key: string, counts: (info: PodInfo) => boolean): number {
    let known = this.counts.get(key);
    if (!known) {
      if (this.counts.size >= maxRemembered) this.counts.clear();
      known = { counts, count: countOf(this.pods, counts) };
      this.counts.set(key, known);
    }
    return known.count;
  }

  private adoptCounts(of: ReadonlyMap<string, RememberedCount>, added: readonly PodInfo[]): void {
    for (const [key, { counts, count }] of of)
      this.counts.set(key, { counts, count: count + countOf(added, counts) });
  }

  private count(info: PodInfo, sign: 1 | -1): void {
    addResources(this.requested, info.requests, sign);
    this.nonZeroCpu += sign * info.nonZeroCpu;
    this.nonZeroMemory += sign * info.nonZeroMemory;
    this.changed();
  }

  private changed(): void {
    if (this.memory.size > 0) this.memory = new Map();
    if (this.counts.size > 0) this.counts = new Map();
  }
}

function countOf(pods: readonly PodInfo[], counts: (info: PodInfo) => boolean): number {
  let count = 0;
  for (const info of pods) if (counts(info)) count++;
  return count;
}

function hasAffinity({ pod }: PodInfo): boolean {
  const { affinity } = pod.spec;
  return affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined;
}

/** Order means nothing here, so the last takes the place. */
function takeOut(pods: PodInfo[], uid: string): PodInfo | undefined {
  const at = pods.findIndex((pod) => pod.uid === uid);
  if (at < 0) return undefined;
  const found = pods[at];
  const last = pods.pop()!;
  if (at < pods.length) pods[at] = last;
  return found;
}
