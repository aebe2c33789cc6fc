// Checks of what a pod takes of its host: namespaces, ports, processes, and where probes go.
// Upstream: k8s.io/pod-security-admission/policy/check_{hostNamespaces,hostPorts,hostProbesAndhostLifecycle,windowsHostProcess}.go.
import type { Container } from '#types/core_v1';
import { type Check, containersOf, named, plural, quoted, settersWhere, sortedSet } from './check.ts';

const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check({ spec }) {
        const taken = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
        if (taken.length === 0) return undefined;
        return { reason: 'host namespaces', detail: taken.map((field) => `${field}=true`).join(', ') };
      },
    },
  ],
};

const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check(pod) {
        const bad: string[] = [];
        const found = containersOf(pod).flatMap(({ name, ports = [] }) => {
          const taken = ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
          if (taken.length > 0) bad.push(name);
          return taken;
        });
        if (bad.length === 0) return undefined;
        const taken = sortedSet(found);
        const detail = `${named(bad)} ${plural(bad.length, 'uses', 'use')} ${plural(taken.length, 'hostPort')} ${taken.join(', ')}`;
        return { reason: 'hostPort', detail };
      },
    },
  ],
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host): host is string => !!host);
}

const hostProbes: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  since: [
    {
      minor: 34,
      check(pod) {
        const bad = containersOf(pod).filter((container) => hostsOf(container).length > 0);
        if (bad.length === 0) return undefined;
        const names = sortedSet(bad.map(({ name }) => name));
        const hosts = sortedSet(bad.flatMap(hostsOf));
        const what = plural(hosts.length, 'probe or lifecycle host');
        const detail = `${named(names)} ${plural(names.length, 'uses', 'use')} ${what} ${quoted(hosts)}`;
        return { reason: 'probe or lifecycle host', detail };
      },
    },
  ],
};

const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check(pod) {
        const setters = settersWhere(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
        if (setters.length === 0) return undefined;
        const detail = `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`;
        return { reason: 'hostProcess', detail };
      },
    },
  ],
};

/** In no order. */
export const hostChecks: readonly Check[] = [hostNamespaces, hostPorts, hostProbes, windowsHostProcess];
