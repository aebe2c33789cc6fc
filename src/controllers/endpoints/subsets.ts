// The subsets of Endpoints: addresses that offer the same ports stand together.
// Upstream: pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go.
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '#types/core_v1';
import { sortSubsetPorts } from '../port-order.ts';
import { hasHostname, isInEndpoints, isPodReady, portNumber } from '../service-pods.ts';

// More than this many addresses are cut off; EndpointSlices have them all.
const maxAddresses = 1000;

interface Offer {
  readonly address: EndpointAddress;
  readonly isReady: boolean;
  readonly ports: readonly EndpointPort[];
}

function addressOf(pod: Pod, service: Service): EndpointAddress | undefined {
  const wantsIPv6 = service.spec?.ipFamilies?.[0] === 'IPv6';
  const ips = (pod.status?.podIPs ?? []).map((a) => a.ip ?? '');
  const ip = ips.find((a) => a.includes(':') === wantsIPv6);
  if (!ip) return undefined;
  const { namespace, name, uid } = pod.metadata;
  return {
    ip,
    ...(hasHostname(pod, service) && { hostname: pod.spec.hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** Ports that a pod offers of a service; undefined when it offers none of a service that has some. */
function offeredPorts(pod: Pod, service: Service): EndpointPort[] | undefined {
  const wanted = service.spec?.ports ?? [];
  if (wanted.length === 0) return service.spec?.clusterIP === 'None' ? [] : undefined;
  const ports: EndpointPort[] = [];
  for (const servicePort of wanted) {
    const port = portNumber(pod, servicePort);
    const { name, protocol, appProtocol } = servicePort;
    if (port !== undefined)
      ports.push({ ...(name && { name }), port, protocol, ...(appProtocol && { appProtocol }) });
  }
  return ports.length > 0 ? sortSubsetPorts(ports) : undefined;
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}

/** The subsets for the pods of a service, in canonical order. */
export function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const tolerant = service.spec?.publishNotReadyAddresses ?? false;
  const offers: Offer[] = [];
  for (const pod of pods) {
    if (!isInEndpoints(pod, tolerant)) continue;
    const address = addressOf(pod, service);
    const ports = offeredPorts(pod, service);
    if (address && ports) offers.push({ address, isReady: tolerant || isPodReady(pod), ports });
  }
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = JSON.stringify(offer.ports);
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  return [...groups.keys()].sort().map((key) => subset(groups.get(key)!));
}

function subset(offers: readonly Offer[]): EndpointSubset {
  const pick = (ready: boolean): EndpointAddress[] =>
    offers
      .filter((o) => o.isReady === ready)
      .map((o) => o.address)
      .sort(byAddress);
  const addresses = pick(true);
  const notReadyAddresses = pick(false);
  const ports = [...offers[0]!.ports];
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && { ports }),
  };
}

function count(subsets: readonly EndpointSubset[], field: 'addresses' | 'notReadyAddresses'): number {
  return subsets.reduce((sum, s) => sum + (s[field]?.length ?? 0), 0);
}

/** Cuts subsets to 1000 addresses, ready ones first, each subset by its share. Undefined when they fit. */
export function truncated(subsets: readonly EndpointSubset[]): EndpointSubset[] | undefined {
  const ready = count(subsets, 'addresses');
  const notReady = count(subsets, 'notReadyAddresses');
  if (ready + notReady <= maxAddresses) return undefined;
  const cutsReady = ready > maxAddresses;
  const room = cutsReady ? maxAddresses : maxAddresses - ready;
  const total = cutsReady ? ready : notReady;
  let left = room;
  return subsets.map((s) => {
    const from = (cutsReady ? s.addresses : s.notReadyAddresses) ?? [];
    const kept = from.slice(0, Math.min(left, Math.ceil((from.length / total) * room)));
    left -= kept.length;
    const { addresses: _a, notReadyAddresses: _n, ...rest } = s;
    const addresses = cutsReady ? kept : (s.addresses ?? []);
    const notReadyAddresses = cutsReady ? [] : kept;
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...rest,
    };
  });
}
