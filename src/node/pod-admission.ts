// Whether a node takes a pod: the kubelet's own look, after the scheduler's. Keeps count of what the node's pods ask for.
// Upstream: k8s.io/kubernetes/pkg/kubelet/lifecycle/predicate.go, AdmissionCheck in pkg/scheduler/eventhandlers.go.
import type { Node, Pod, Taint } from '#types/core_v1';
import { parseQuantity, type Quantity } from '../api/quantity.ts';
import { matchesNode, requiredNodeAffinity } from '../kinds/core/node-selector.ts';
import { sumOfContainers } from '../kinds/pod-spec/resources.ts';

/** Why a pod is not taken: the status's reason and message. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

const zero = parseQuantity('0');

/** What a pod asks for as a whole. */
function requestsOf(pod: Pod): Map<string, Quantity> {
  const sum = { ...sumOfContainers(pod.spec, 'requests'), ...pod.spec.resources?.requests };
  const requests = new Map(Object.entries(sum).map(([name, text]) => [name, parseQuantity(text)]));
  for (const [name, text] of Object.entries(pod.spec.overhead ?? {}))
    requests.set(name, (requests.get(name) ?? zero).add(parseQuantity(text)));
  return requests;
}

function hostPortsOf(pod: Pod): string[] {
  const ports: string[] = [];
  for (const { ports: own } of pod.spec.containers ?? [])
    for (const p of own ?? [])
      if (p.hostPort) ports.push(`${p.protocol ?? 'TCP'} ${p.hostPort} ${p.hostIP ?? ''}`);
  return ports;
}

function isTolerated(pod: Pod, taint: Taint): boolean {
  return (pod.spec.tolerations ?? []).some((t) => {
    if (t.effect && t.effect !== taint.effect) return false;
    if (t.key && t.key !== taint.key) return false;
    if (t.operator === 'Exists') return true;
    return Boolean(t.key) && (t.value ?? '') === (taint.value ?? '');
  });
}

/** CPU counts in thousandths, everything else in units. */
function amount(name: string, quantity: Quantity): number {
  return name === 'cpu' ? quantity.milliValue() : quantity.value();
}

/** What the pods of one node have taken of it. */
export class NodeUsage {
  private readonly allocatable: Readonly<Record<string, string>>;
  private readonly pods = new Map<string, { requests: Map<string, Quantity>; ports: readonly string[] }>();
  private readonly used = new Map<string, Quantity>();
  private readonly ports = new Set<string>();

  constructor(allocatable: Readonly<Record<string, string>>) {
    this.allocatable = allocatable;
  }

  /** Counts a pod; a second time does nothing. */
  add(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.pods.has(uid)) return;
    const requests = requestsOf(pod);
    const ports = hostPortsOf(pod);
    this.pods.set(uid, { requests, ports });
    for (const port of ports) this.ports.add(port);
    for (const [name, quantity] of requests) this.used.set(name, (this.used.get(name) ?? zero).add(quantity));
  }

  /** The pod is over: what it had is free again. */
  remove(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.pods.get(uid);
    if (!known) return;
    this.pods.delete(uid);
    for (const port of known.ports) this.ports.delete(port);
    for (const [name, quantity] of known.requests)
      this.used.set(name, (this.used.get(name) ?? zero).sub(quantity));
  }

  /** Why the pod does not fit; undefined: it does. */
  rejection(pod: Pod, node: Node): Rejection | undefined {
    const os = pod.spec.os?.name ?? 'linux';
    if (os !== 'linux')
      return {
        reason: 'PodOSNotSupported',
        message: "Failed to admit pod as the OS field doesn't match node OS",
      };
    return this.insufficient(pod) ?? this.mismatch(pod, node);
  }

  private insufficient(pod: Pod): Rejection | undefined {
    const room = Number(this.allocatable['pods'] ?? 0);
    if (this.pods.size + 1 > room) return outOf('pods', 1, this.pods.size, room);
    for (const [name, quantity] of requestsOf(pod)) {
      const text = this.allocatable[name];
      // what the node does not know of may be a resource of the cluster
      if (text === undefined && name.includes('/')) continue;
      const capacity = amount(name, parseQuantity(text ?? '0'));
      const used = amount(name, this.used.get(name) ?? zero);
      const requested = amount(name, quantity);
      if (requested > 0 && requested > capacity - used) return outOf(name, requested, used, capacity);
    }
    return undefined;
  }

  private mismatch(pod: Pod, node: Node): Rejection | undefined {
    if (!matchesNode(requiredNodeAffinity(pod), node))
      return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
    if (hostPortsOf(pod).some((port) => this.ports.has(port)))
      return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
    const evicting = node.spec.taints?.some((t) => t.effect === 'NoExecute' && !isTolerated(pod, t));
    if (evicting) return failed('TaintToleration', "node(s) had taints that the pod didn't tolerate");
    return undefined;
  }
}

function outOf(name: string, requested: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${name}`,
    message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function failed(predicate: string, text: string): Rejection {
  return { reason: predicate, message: `Predicate ${predicate} failed: ${text}` };
}
