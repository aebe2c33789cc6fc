// The names and addresses that a serving certificate must cover.
import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Everything that clients may call the server by. `serviceAddress`: of `kubernetes.default`. */
export function servingNames(
  bindAddress: string,
  serviceAddress: string,
  extra: readonly string[],
): string[] {
  const names = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster',
    'kubernetes.default.svc.cluster.local',
    '127.0.0.1',
    '::1',
    serviceAddress,
  ];
  const isWildcard = bindAddress === '0.0.0.0' || bindAddress === '::';
  if (!isWildcard && (ipaddr.isValid(bindAddress) || bindAddress !== '')) names.push(bindAddress);
  return [...new Set([...names, ...extra])];
}

/** RFC 5737: an address that belongs to nobody. */
const nowhere = '192.0.2.1';

/**
 * The address that `kubernetes.default` points at. Endpoints may not be loopback addresses, so a server that listens there
 * names the first other address of the machine, as upstream does.
 */
export function advertisedAddress(
  bindAddress: string,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): string {
  const isSpecific = ipaddr.isValid(bindAddress) && ipaddr.parse(bindAddress).range() !== 'loopback';
  if (isSpecific && bindAddress !== '0.0.0.0' && bindAddress !== '::') return bindAddress;
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return all.find((i) => i.family === 'IPv4' && !i.internal)?.address ?? nowhere;
}
