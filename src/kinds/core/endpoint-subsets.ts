// The one form of the subsets of Endpoints: one subset per set of ports, everything in order.
// Upstream: RepackSubsets in k8s.io/kubernetes/pkg/api/endpoints/util.go, which orders by hashes; the order here is by
// content, which clients cannot tell apart.
import type { EndpointAddress, EndpointPort, EndpointSubset } from '#types/core_v1';

interface Entry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: EndpointPort[];
}

function addressKey({ ip, hostname, nodeName, targetRef }: EndpointAddress): string {
  return JSON.stringify([ip, targetRef?.uid ?? '', hostname ?? '', nodeName ?? '']);
}

function portKey({ name = '', port, protocol = '' }: EndpointPort): string {
  return `${protocol}/${String(port).padStart(5, '0')}/${name}`;
}

function byKey<T>(keyOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0);
}

/** Merges addresses that have the same ports; an address that is not ready anywhere is not ready. */
export function packSubsets(subsets: readonly EndpointSubset[]): EndpointSubset[] {
  const entries = new Map<string, Entry>();
  const portsByKey = new Map<string, EndpointPort>();
  const add = (address: EndpointAddress, ready: boolean, ports: readonly EndpointPort[]): void => {
    // Upstream keeps ready and not ready addresses of one endpoint apart until the same port says both.
    const key = addressKey(address);
    const old = entries.get(key);
    const own = old?.ports ?? [];
    for (const port of ports) {
      const known = portsByKey.get(portKey(port)) ?? port;
      portsByKey.set(portKey(port), known);
      if (!own.includes(known)) own.push(known);
    }
    entries.set(key, { address: old?.address ?? address, ready: (old?.ready ?? true) && ready, ports: own });
  };
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    for (const address of addresses) add(address, true, ports);
    for (const address of notReadyAddresses) add(address, false, ports);
  }
  const groups = new Map<string, Entry[]>();
  for (const entry of entries.values()) {
    entry.ports.sort(byKey(portKey));
    const key = entry.ports.map(portKey).join(',');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups].sort(byKey(([key]) => key)).map(([, group]) => {
    const pick = (ready: boolean): EndpointAddress[] =>
      group
        .filter((entry) => entry.ready === ready)
        .map(({ address }) => address)
        .sort(byKey(addressKey));
    const packed: EndpointSubset = {};
    const addresses = pick(true);
    const notReadyAddresses = pick(false);
    if (addresses.length > 0) packed.addresses = addresses;
    if (notReadyAddresses.length > 0) packed.notReadyAddresses = notReadyAddresses;
    if (group[0]!.ports.length > 0) packed.ports = group[0]!.ports;
    return packed;
  });
}
