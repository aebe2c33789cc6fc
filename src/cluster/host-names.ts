// The names and addresses that a serving certificate must cover.
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
