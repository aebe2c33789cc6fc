// Which services a change of a pod concerns, for the controllers that keep their endpoints.
// Upstream: k8s.io/endpointslice/util/controller_utils.go.
import { isDeepStrictEqual } from 'node:util';
import type { Pod, Service } from '#types/core_v1';
import type { Informer } from '../client/informer.ts';
import { keyOf, type Lister } from '../client/object-store.ts';

/** Whether the labels have everything that the selector of a service asks for; one without a selector has no pods. */
export function isSelected(service: Service, labels: Readonly<Record<string, string>> | undefined): boolean {
  const selector = service.spec?.selector;
  if (!selector) return false;
  return Object.entries(selector).every(([key, value]) => labels?.[key] === value);
}

/** The pods of a service. */
export function podsOf(service: Service, pods: Lister<Pod>): Pod[] {
  return pods
    .inNamespace(service.metadata.namespace!)
    .filter((pod) => isSelected(service, pod.metadata.labels));
}

/** Whether the pod's Ready condition holds. */
export function isPodReady(pod: Pod): boolean {
  return pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
}

/** Whether a pod may stand behind a service at all: it has an address and has not ended. */
export function isInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  const { phase, podIP, podIPs } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') return false;
  if (!podIP && (podIPs ?? []).length === 0) return false;
  return includeTerminating || !pod.metadata.deletionTimestamp;
}

/** Whether the pod's host name is told: it is in the service's own subdomain. */
export function hasHostname(pod: Pod, service: Service): boolean {
  return Boolean(pod.spec.hostname) && pod.spec.subdomain === service.metadata.name;
}

function addressesOf(pod: Pod): (string | undefined)[] {
  return (pod.status?.podIPs ?? []).map((a) => a.ip);
}

/** What a change of a pod means: its address or readiness, or what it belongs to. */
function changeOf(old: Pod, pod: Pod): { pod: boolean; membership: boolean } {
  return {
    pod:
      old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
      isPodReady(old) !== isPodReady(pod) ||
      !isDeepStrictEqual(addressesOf(old), addressesOf(pod)),
    membership:
      !isDeepStrictEqual(old.metadata.labels, pod.metadata.labels) ||
      old.spec.hostname !== pod.spec.hostname ||
      old.spec.subdomain !== pod.spec.subdomain,
  };
}

/** Calls `enqueue` with the keys of the services that a change of a pod concerns. */
export function watchServicePods(
  pods: Informer<Pod>,
  services: Lister<Service>,
  enqueue: (serviceKey: string) => void,
): void {
  const selecting = (pod: Pod): string[] =>
    services
      .inNamespace(pod.metadata.namespace!)
      .filter((service) => isSelected(service, pod.metadata.labels))
      .map(keyOf);
  const all = (pod: Pod): void => selecting(pod).forEach(enqueue);
  pods.addHandler({
    added: all,
    deleted: all,
    updated(old, pod) {
      const change = changeOf(old, pod);
      if (!change.pod && !change.membership) return;
      const now = selecting(pod);
      const before = change.membership ? selecting(old) : now;
      // whom the pod joined or left, and with a changed pod also those whom it stays with
      for (const key of new Set([...now, ...before]))
        if (change.pod || now.includes(key) !== before.includes(key)) enqueue(key);
    },
  });
}

/** The number of a service's port in a pod: named ports are looked up in its containers. */
export function portNumber(
  pod: Pod,
  { targetPort, port, protocol }: { targetPort?: number | string; port: number; protocol?: string },
): number | undefined {
  if (targetPort === undefined) return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  const ports = [...(pod.spec.containers ?? []), ...sidecars].flatMap((c) => c.ports ?? []);
  return ports.find((p) => p.name === targetPort && p.protocol === protocol)?.containerPort;
}
