// Pods that wait for room on a node that was made or found for them; others of lower or equal priority leave it to them.
// Upstream: pkg/scheduler/backend/queue/nominator.go.
import type { Pod } from '#types/core_v1';
import type { PodInfo } from '../pod-info.ts';

/** A node for a pod: a name, '' to take it back, undefined to leave it as the pod's status says. */
export type Nomination = string | undefined;

/** Nominated pods by node. */
export class Nominator {
  private readonly byNode = new Map<string, Map<string, PodInfo>>();
  private readonly nodeOf = new Map<string, string>();
  private readonly currentPod: (info: PodInfo) => Pod | undefined;

  /** `currentPod`: the pod as the informer has it. */
  constructor(currentPod: (info: PodInfo) => Pod | undefined) {
    this.currentPod = currentPod;
  }

  get isEmpty(): boolean {
    return this.nodeOf.size === 0;
  }

  podsOnNode(nodeName: string): PodInfo[] {
    return [...(this.byNode.get(nodeName)?.values() ?? [])];
  }

  /** Nominates the pod, or not any more. */
  set(info: PodInfo, nomination: Nomination): void {
    this.delete(info.uid);
    const nodeName = nomination ?? info.pod.status?.nominatedNodeName ?? '';
    if (nodeName === '') return;
    const current = this.currentPod(info);
    if (!current || current.spec.nodeName) return;
    this.nodeOf.set(info.uid, nodeName);
    const pods = this.byNode.get(nodeName);
    if (pods) pods.set(info.uid, info);
    else this.byNode.set(nodeName, new Map([[info.uid, info]]));
  }

  /** The pod changed. A nomination that is only known here so far stays. */
  update(old: Pod, info: PodInfo): void {
    const isHereOnly = !old.status?.nominatedNodeName && !info.pod.status?.nominatedNodeName;
    this.set(info, isHereOnly ? this.nodeOf.get(info.uid) : undefined);
  }

  delete(uid: string): void {
    const nodeName = this.nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.nodeOf.delete(uid);
    const pods = this.byNode.get(nodeName)!;
    pods.delete(uid);
    if (pods.size === 0) this.byNode.delete(nodeName);
  }
}
