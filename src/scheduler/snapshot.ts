// The nodes as one scheduling cycle sees them. Upstream: pkg/scheduler/backend/cache/snapshot.go.
import type { NodeInfo } from './node-info.ts';

/** What a snapshot reads from: the cache. */
export interface SnapshotSource {
  /** The nodes that changed since this was asked last; so a source serves one snapshot. */
  takeChanged(): readonly NodeInfo[];
  /** The names of all nodes, in the order to look at them. */
  nodeNames(): string[];
  /** Changes when `nodeNames` does. */
  readonly nodesVersion: number;
}

/** All nodes. Plugins never change it; simulations copy a node first. */
export class Snapshot {
  private readonly byName = new Map<string, NodeInfo>();
  private readonly positions = new Map<string, number>();
  private nodesVersion = -1;
  /** All nodes, in the order to look at them. */
  nodes: readonly NodeInfo[] = [];
  /** Nodes with pods that have any pod affinity or anti-affinity. */
  nodesWithAffinity: readonly NodeInfo[] = [];
  nodesWithRequiredAntiAffinity: readonly NodeInfo[] = [];

  get(name: string): NodeInfo | undefined {
    return this.byName.get(name);
  }

  /** Takes over what changed in the cache since the last update. */
  update(source: SnapshotSource): void {
    let affinityChanged = false;
    const isListed = this.nodesVersion !== source.nodesVersion;
    for (const info of source.takeChanged()) {
      const old = this.byName.get(info.name);
      affinityChanged ||= affinityOf(old) > 0 || affinityOf(info) > 0;
      const copy = info.copy(old);
      this.byName.set(info.name, copy);
      if (!isListed) (this.nodes as NodeInfo[])[this.positions.get(info.name)!] = copy;
    }
    if (isListed) this.list(source);
    if (!affinityChanged && !isListed) return;
    this.nodesWithAffinity = this.nodes.filter((info) => info.podsWithAffinity.length > 0);
    this.nodesWithRequiredAntiAffinity = this.nodes.filter(
      (info) => info.podsWithRequiredAntiAffinity.length > 0,
    );
  }

  private list(source: SnapshotSource): void {
    this.nodesVersion = source.nodesVersion;
    this.positions.clear();
    const names = source.nodeNames();
    names.forEach((name, at) => {
      this.positions.set(name, at);
    });
    for (const name of this.byName.keys()) if (!this.positions.has(name)) this.byName.delete(name);
    this.nodes = names.map((name) => this.byName.get(name)!);
  }
}

function affinityOf(info: NodeInfo | undefined): number {
  return info?.podsWithAffinity.length ?? 0;
}
