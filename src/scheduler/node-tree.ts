// The order in which nodes are looked at: one of each zone in turn. Upstream: pkg/scheduler/backend/cache/node_tree.go.
import type { Node } from '#types/core_v1';

function label(node: Node, ...names: string[]): string {
  for (const name of names) {
    const value = node.metadata.labels?.[name];
    if (value !== undefined) return value;
  }
  return '';
}

function zoneOf(node: Node): string {
  const zone = label(node, 'failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone');
  const region = label(node, 'failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region');
  return `${region}\n${zone}`;
}

/** Names of nodes by zone. */
export class NodeTree {
  private readonly zones = new Map<string, Set<string>>();
  private readonly zoneOfNode = new Map<string, string>();

  get size(): number {
    return this.zoneOfNode.size;
  }

  /** Adds a node, or moves it to its new zone. True when the order changed. */
  set(node: Node): boolean {
    const name = node.metadata.name!;
    const zone = zoneOf(node);
    if (this.zoneOfNode.get(name) === zone) return false;
    this.delete(name);
    this.zoneOfNode.set(name, zone);
    const names = this.zones.get(zone);
    if (names) names.add(name);
    else this.zones.set(zone, new Set([name]));
    return true;
  }

  delete(name: string): void {
    const zone = this.zoneOfNode.get(name);
    if (zone === undefined) return;
    this.zoneOfNode.delete(name);
    const names = this.zones.get(zone)!;
    names.delete(name);
    if (names.size === 0) this.zones.delete(zone);
  }

  /** All names, zones in turn. */
  list(): string[] {
    const zones = [...this.zones.values()].map((names) => [...names]);
    const list: string[] = [];
    for (let i = 0; list.length < this.size; i++)
      for (const names of zones) if (i < names.length) list.push(names[i]!);
    return list;
  }
}
