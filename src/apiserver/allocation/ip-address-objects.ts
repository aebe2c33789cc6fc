// IPAddress objects: every cluster IP has one, named after it, that tells which service holds it. One that somebody else
// made keeps services off its address.
// Upstream: pkg/registry/core/service/ipallocator/ipallocator.go and .../controller/repairip.go in kubernetes/kubernetes.
import ipaddr from 'ipaddr.js';
import type { Service } from '#types/core_v1';
import type { IPAddress, ParentReference } from '#types/networking.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { createOwn, deleteOwn } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import type { StoreDependencies } from '../store/write-context.ts';

const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const managerLabel = 'ipaddress.kubernetes.io/managed-by';
const manager = 'ipallocator.k8s.io';

/** Names the service that holds an address. */
export type ServiceName = Pick<Service['metadata'], 'namespace' | 'name'>;

function familyOf(address: string): string {
  return ipaddr.parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6';
}

/** The one way to write an address: that of the object's name. */
function nameOf(address: string): string {
  return ipaddr.parse(address).toString();
}

function serviceKey(namespace: string | undefined, name: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}

/** The key of the service that an IPAddress belongs to; undefined where that is no service. */
function parentKey(parent: ParentReference | undefined): string | undefined {
  if (parent?.resource !== 'services' || parent.group) return undefined;
  return serviceKey(parent.namespace, parent.name);
}

/** Makes, removes and repairs the objects. */
export class IpAddressObjects {
  private readonly resource: () => ServedResource;
  private readonly dependencies: () => StoreDependencies;

  /** `resource`: that of IPAddresses. */
  constructor(resource: () => ServedResource, dependencies: () => StoreDependencies) {
    this.resource = resource;
    this.dependencies = dependencies;
  }

  /** Whether the address has an object. */
  has(address: string): boolean {
    return this.resource().cache!.get(keyOf(this.resource(), '', nameOf(address))) !== undefined;
  }

  /** Makes the object of an address. Throws 409 where there is one. */
  async create(address: string, service: ServiceName): Promise<void> {
    const object: KubeObject = {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name: nameOf(address),
        labels: { [familyLabel]: familyOf(address), [managerLabel]: manager },
      },
      spec: {
        parentRef: { group: '', resource: 'services', namespace: service.namespace, name: service.name },
      },
    };
    await createOwn(this.resource(), object, this.dependencies());
  }

  /** Removes the object of an address. Throws 404 where there is none. */
  async remove(address: string): Promise<void> {
    await deleteOwn(this.resource(), { namespace: '', name: nameOf(address) }, this.dependencies());
  }

  /**
   * Makes what is missing of the services' addresses, makes anew what names the wrong owner, and removes what is left over.
   * `isTaken` tells of addresses that a write under way holds. Failures are left to the next pass.
   */
  async repair(services: readonly KubeObject[], isTaken: (address: string) => boolean): Promise<void> {
    const holders = new Map<string, ServiceName>();
    for (const object of services)
      for (const address of (object as unknown as Service).spec.clusterIPs ?? [])
        if (address !== 'None') holders.set(nameOf(address), object.metadata);
    const { cache, prefix } = this.resource();
    const work: Promise<void>[] = [];
    const missing = new Map(holders);
    for (const entry of cache!.list({ prefix }).objects) {
      const { metadata, spec } = parseObject(entry.bytes) as IPAddress & KubeObject;
      const name = metadata.name!;
      const holder = holders.get(name);
      missing.delete(name);
      const isOurs = metadata.labels?.[managerLabel] === manager;
      if (!holder) {
        if (isOurs && !isTaken(name)) work.push(this.remove(name));
        continue;
      }
      const isRight = parentKey(spec.parentRef) === serviceKey(holder.namespace, holder.name);
      if (!isRight || !isOurs || metadata.labels?.[familyLabel] !== familyOf(name))
        work.push(this.remove(name).then(() => this.create(name, holder)));
    }
    for (const [address, service] of missing) if (isTaken(address)) work.push(this.create(address, service));
    await Promise.allSettled(work);
  }
}
