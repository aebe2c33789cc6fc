// The scheduler's picture of the nodes and the pods on them, those included that it assigned itself and that the API server
// has not confirmed yet. Upstream: pkg/scheduler/backend/cache/cache.go.
//
// A1. A pod counts on its node from the moment it is assumed until it is forgotten or removed, once.
// A2. A pod that comes from the informer confirms its assumption, also when it is on another node than assumed.
// A3. Pods of nodes that are not known count when their node comes.
// A4. An assumption does not expire: binding ends with a confirmation or with forgetting, as upstream since 1.26.
import type { Node, Pod } from '#types/core_v1';
import { type ImageState, NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import { meansTheSame, type PodInfo, podInfoOf } from './pod-info.ts';
import type { SnapshotSource } from './snapshot.ts';

interface CachedPod {
  readonly info: PodInfo;
  readonly nodeName: string;
}

interface CountedImage extends ImageState {
  nodes: number;
}

/** The cache. */
export class Cache implements SnapshotSource {
  private readonly nodes = new Map<string, NodeInfo>();
  private readonly pods = new Map<string, CachedPod>();
  private readonly assumed = new Set<string>();
  private readonly tree = new NodeTree();
  private readonly images = new Map<string, CountedImage>();
  /** Names of nodes that changed since the last snapshot. */
  private readonly changed = new Set<string>();
  nodesVersion = 0;

  /** Nodes that the API server knows. */
  get nodeCount(): number {
    return this.tree.size;
  }

  /** Whether the pod is on a node here, assumed or confirmed. */
  has(uid: string): boolean {
    return this.pods.has(uid);
  }

  isAssumed(uid: string): boolean {
    return this.assumed.has(uid);
  }

  /** The pod as it counts here; an assumed one has its node's name. */
  podOf(uid: string): Pod | undefined {
    return this.pods.get(uid)?.info.pod;
  }

  /** Counts a pod on the node that was chosen for it. Throws when it is on a node already. */
  assume(info: PodInfo, nodeName: string): void {
    if (this.pods.has(info.uid))
      throw new Error(`pod ${info.uid}(${info.namespace}/${info.name}) is in the cache, so can't be assumed`);
    this.put(info, nodeName);
    this.assumed.add(info.uid);
  }

  /** Takes an assumption back. Does nothing when it was confirmed or taken back before. */
  forget(uid: string): void {
    if (this.assumed.has(uid)) this.take(uid);
  }

  /** A pod on a node, from the API server: new, or the confirmation of an assumption, or another state of it. */
  setPod(pod: Pod): void {
    const uid = pod.metadata.uid!;
    const nodeName = pod.spec.nodeName!;
    const known = this.pods.get(uid);
    const info = podInfoOf(pod);
    this.assumed.delete(uid);
    if (known?.nodeName === nodeName && meansTheSame(known.info, info)) {
      known.info.pod = pod;
      return;
    }
    this.take(uid);
    this.put(info, nodeName);
  }

  removePod(uid: string): void {
    this.take(uid);
  }

  setNode(node: Node): void {
    const name = node.metadata.name!;
    const info = this.infoOf(name);
    this.dropImages(info.node);
    info.images = this.countImages(node);
    info.setNode(node);
    if (this.tree.set(node)) this.nodesVersion++;
    this.changed.add(name);
  }

  /** Its pods stay until they are removed. */
  removeNode(name: string): void {
    const info = this.nodes.get(name);
    if (!info?.node) return;
    this.dropImages(info.node);
    info.removeNode();
    this.tree.delete(name);
    this.nodesVersion++;
    if (info.pods.length === 0) this.nodes.delete(name);
  }

  takeChanged(): NodeInfo[] {
    const infos: NodeInfo[] = [];
    for (const name of this.changed) {
      const info = this.nodes.get(name);
      if (info?.node) infos.push(info);
    }
    this.changed.clear();
    return infos;
  }

  nodeNames(): string[] {
    return this.tree.list();
  }

  private infoOf(nodeName: string): NodeInfo {
    let info = this.nodes.get(nodeName);
    if (!info) {
      info = new NodeInfo();
      this.nodes.set(nodeName, info);
    }
    return info;
  }

  private put(info: PodInfo, nodeName: string): void {
    this.infoOf(nodeName).addPod(info);
    this.pods.set(info.uid, { info, nodeName });
    this.changed.add(nodeName);
  }

  private take(uid: string): void {
    const known = this.pods.get(uid);
    if (!known) return;
    this.pods.delete(uid);
    this.assumed.delete(uid);
    const info = this.nodes.get(known.nodeName)!;
    info.removePod(uid);
    if (info.pods.length === 0 && !info.node) this.nodes.delete(known.nodeName);
    this.changed.add(known.nodeName);
  }

  private countImages(node: Node): Map<string, ImageState> {
    const states = new Map<string, ImageState>();
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        if (states.has(name)) continue;
        let state = this.images.get(name);
        if (!state) {
          state = { sizeBytes: sizeBytes ?? 0, nodes: 0 };
          this.images.set(name, state);
        }
        state.nodes++;
        states.set(name, state);
      }
    }
    return states;
  }

  private dropImages(node: Node | undefined): void {
    const names = new Set((node?.status?.images ?? []).flatMap((image) => image.names ?? []));
    for (const name of names) {
      const state = this.images.get(name);
      if (state && --state.nodes === 0) this.images.delete(name);
    }
  }
}
