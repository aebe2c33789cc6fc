// Ports of nodes that pods take. Upstream: HostPortInfo in k8s.io/kube-scheduler/framework/types.go.
import type { ContainerPort, Pod } from '#types/core_v1';

/** A port of a node. */
export interface HostPort {
  readonly ip: string;
  /** `TCP/80`. */
  readonly port: string;
}

const anyAddress = '0.0.0.0';

function hostPort(port: ContainerPort): HostPort {
  return { ip: port.hostIP || anyAddress, port: `${port.protocol || 'TCP'}/${port.hostPort}` };
}

/** The ports that a pod's sidecars and containers take on its node. */
export function hostPortsOf(pod: Pod): HostPort[] {
  const ports: HostPort[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy !== 'Always') continue;
    for (const port of container.ports ?? []) if ((port.hostPort ?? 0) > 0) ports.push(hostPort(port));
  }
  for (const container of pod.spec.containers ?? [])
    for (const port of container.ports ?? []) if ((port.hostPort ?? 0) > 0) ports.push(hostPort(port));
  return ports;
}

/** Ports in use, by address. */
export type UsedPorts = Map<string, Set<string>>;

export function addPorts(used: UsedPorts, ports: readonly HostPort[]): void {
  for (const { ip, port } of ports) {
    const taken = used.get(ip);
    if (taken) taken.add(port);
    else used.set(ip, new Set([port]));
  }
}

export function removePorts(used: UsedPorts, ports: readonly HostPort[]): void {
  for (const { ip, port } of ports) {
    const taken = used.get(ip);
    taken?.delete(port);
    if (taken?.size === 0) used.delete(ip);
  }
}

export function copyPorts(used: UsedPorts): UsedPorts {
  return new Map([...used].map(([ip, ports]) => [ip, new Set(ports)]));
}

/** Whether one of the ports is taken. The address 0.0.0.0 means all addresses. */
export function portsConflict(used: UsedPorts, wanted: readonly HostPort[]): boolean {
  if (used.size === 0) return false;
  return wanted.some(({ ip, port }) => {
    if (ip !== anyAddress)
      return (used.get(ip)?.has(port) ?? false) || (used.get(anyAddress)?.has(port) ?? false);
    for (const taken of used.values()) if (taken.has(port)) return true;
    return false;
  });
}
