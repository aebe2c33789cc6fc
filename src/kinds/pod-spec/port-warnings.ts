// Warnings for ports of a pod that collide.
// Upstream: k8s.io/kubernetes/pkg/api/pod/warnings.go.
import type { ContainerPort, PodSpec } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import { visitContainers } from './containers-of.ts';

interface Seen {
  readonly at: string;
  readonly port: ContainerPort;
}

// Go's %+v of the internal type.
function printed(port: ContainerPort): string {
  const { name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' } = port;
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

function collision(port: ContainerPort, other: ContainerPort): string | undefined {
  const hostPort = port.hostPort ?? 0;
  const otherPort = other.hostPort ?? 0;
  const hostIP = port.hostIP ?? '';
  const otherIP = other.hostIP ?? '';
  if (hostIP === otherIP && hostPort === otherPort) return 'duplicate';
  if (hostPort === 0 || otherPort === 0) return 'overlapping';
  return hostPort === otherPort && (hostIP === '') !== (otherIP === '') ? 'dangerously ambiguous' : undefined;
}

/** Warnings for the ports of all containers. */
export function portWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  const byPort = new Map<string, Seen[]>();
  const byName = new Map<string, string>();
  const nameWarnings: string[] = [];
  visitContainers(spec, path, (container, containerPath) => {
    container.ports?.forEach((port, i) => {
      const at = `${containerPath()}.ports[${i}]`;
      if (port.hostIP && !port.hostPort)
        warnings.push(`${at}: hostIP set without hostPort: ${printed(port)}`);
      const key = `${port.containerPort}/${port.protocol}`;
      const others = byPort.get(key) ?? [];
      for (const other of others) {
        const how = collision(port, other.port);
        if (how) warnings.push(`${at}: ${how} port definition with ${other.at}`);
      }
      byPort.set(key, [...others, { at, port }]);
      if (!port.name) return;
      const first = byName.get(port.name);
      if (first === undefined) byName.set(port.name, at);
      else {
        nameWarnings.push(
          `${at}: duplicate port name ${goQuote(port.name)} with ${first}, services and probes that select ports by name will use ${first}`,
        );
      }
    });
  });
  return [...warnings, ...nameWarnings];
}
