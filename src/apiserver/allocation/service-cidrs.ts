// The ranges that services get their addresses from, as ServiceCIDR objects say it. The object `kubernetes` stands for the range
// that the server was started with: before it is there, that range is used all the same.
// Upstream: syncAllocators in pkg/registry/core/service/ipallocator/cidrallocator.go in kubernetes/kubernetes (KEP-1880).
import type { ServiceCIDR } from '#types/networking.k8s.io_v1';
import { storedPolicy } from '../admission/stored-policies.ts';
import type { ServedResource } from '../resources.ts';

const defaultName = 'kubernetes';

/** Where no controller says whether a range is ready, it is. */
function isReady({ metadata, status }: ServiceCIDR): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  return condition === undefined || condition.status === 'True';
}

/** The CIDRs of ranges that are ready, where the server was started with `own`. `resource`: that of ServiceCIDRs. */
export function readyCidrs(resource: ServedResource, own: string): string[] {
  const { cache, prefix } = resource;
  const found = cache!.list({ prefix }).objects.map((object) => storedPolicy<ServiceCIDR>(object));
  const cidrs = new Set<string>();
  let hasDefault = false;
  for (const object of found) {
    if (object.metadata.name === defaultName) hasDefault = true;
    if (isReady(object)) for (const cidr of object.spec?.cidrs ?? []) cidrs.add(cidr);
  }
  return hasDefault ? [...cidrs] : [...new Set([own, ...cidrs])];
}
