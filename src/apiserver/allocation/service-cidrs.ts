// The ranges that services get their addresses from, as ServiceCIDR objects say it. The object `kubernetes` stands for the range
// that the server was started with: before it is there, or has its condition, that range is used all the same.
// Upstream: syncAllocators in pkg/registry/core/service/ipallocator/cidrallocator.go in kubernetes/kubernetes (KEP-1880).
import type { ServiceCIDR } from '#types/networking.k8s.io_v1';
import { storedPolicy } from '../admission/stored-policies.ts';
import type { ServedResource } from '../resources.ts';

const defaultName = 'kubernetes';

function isReady({ metadata, status }: ServiceCIDR, own: string): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  if (condition !== undefined) return condition.status === 'True';
  return metadata.name === defaultName && own !== '';
}

/** The CIDRs of ranges that are ready, where the server was started with `own`. `resource`: that of ServiceCIDRs. */
export function readyCidrs(resource: ServedResource, own: string): string[] {
  const { cache, prefix } = resource;
  const found = cache!.list({ prefix }).objects.map((object) => storedPolicy<ServiceCIDR>(object));
  const cidrs = new Set<string>();
  let hasDefault = false;
  for (const object of found) {
    const listed = object.spec?.cidrs ?? [];
    if (object.metadata.name === defaultName) hasDefault = true;
    if (isReady(object, listed.includes(own) ? own : '')) for (const cidr of listed) cidrs.add(cidr);
  }
  return hasDefault ? [...cidrs] : [...new Set([own, ...cidrs])];
}
