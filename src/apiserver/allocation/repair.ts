// Brings the pools and the IPAddress objects back in step with what stored services hold: what is held and not marked is marked at once, what is
// marked and not held is given back when it was so twice in a row (a write may be on its way).
// Upstream: pkg/registry/core/service/{ipallocator,portallocator}/controller/repair.go in kubernetes/kubernetes.
import type { Service } from '#types/core_v1';
import type { Clock, Timer } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import type { IpAddressObjects } from './ip-address-objects.ts';
import type { ServicePools } from './service-allocation.ts';
import { nodePortsOf, restoreAllocations } from './service-allocation.ts';

// Upstream's interval.
const intervalMs = 3 * 60 * 1000;

/** Repairs again and again. `services` reads all stored services. */
export class AllocationRepair {
  private readonly pools: ServicePools;
  private readonly services: () => readonly KubeObject[];
  private readonly objects: Pick<IpAddressObjects, 'repair'>;
  private suspects = new Set<string>();

  constructor(
    pools: ServicePools,
    services: () => readonly KubeObject[],
    objects: Pick<IpAddressObjects, 'repair'>,
  ) {
    this.pools = pools;
    this.services = services;
    this.objects = objects;
  }

  /** Repairs every three minutes until the timer is cancelled. */
  start(clock: Clock): Timer {
    return clock.every(intervalMs, () => void this.run());
  }

  /** One pass. */
  async run(): Promise<void> {
    const services = this.services();
    this.repairPools(services);
    const isTaken = (address: string): boolean => this.pools.addresses.some((p) => p.isTaken(address));
    await this.objects.repair(services, isTaken);
  }

  private repairPools(services: readonly KubeObject[]): void {
    restoreAllocations(services, this.pools);
    const addresses = new Set<string>();
    const ports = new Set<number>();
    for (const object of services) {
      const service = object as unknown as Service;
      for (const address of service.spec.clusterIPs ?? []) addresses.add(address);
      for (const port of nodePortsOf(service)) ports.add(port);
    }
    const found = new Set<string>();
    for (const pool of this.pools.addresses) {
      for (const address of pool.all()) {
        if (addresses.has(address)) continue;
        found.add(address);
        if (this.suspects.has(address)) pool.give(address);
      }
    }
    for (const port of this.pools.nodePorts.all()) {
      if (ports.has(port)) continue;
      found.add(String(port));
      if (this.suspects.has(String(port))) this.pools.nodePorts.give(port);
    }
    this.suspects = found;
  }
}
