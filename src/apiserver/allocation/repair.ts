// Brings the pools back in step with what stored services hold: what is held and not marked is marked at once, what is
// marked and not held is given back when it was so twice in a row (a write may be on its way).
// Upstream: pkg/registry/core/service/{ipallocator,portallocator}/controller/repair.go in kubernetes/kubernetes.
import type { Service } from '#types/core_v1';
import type { Clock, Timer } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ServicePools } from './service-allocation.ts';
import { nodePortsOf, restoreAllocations } from './service-allocation.ts';

// Upstream's interval.
const intervalMs = 3 * 60 * 1000;

/** Repairs again and again. `services` reads all stored services. */
export class AllocationRepair {
  private readonly pools: ServicePools;
  private readonly services: () => readonly KubeObject[];
  private suspects = new Set<string>();

  constructor(pools: ServicePools, services: () => readonly KubeObject[]) {
    this.pools = pools;
    this.services = services;
  }

  /** Repairs every three minutes until the timer is cancelled. */
  start(clock: Clock): Timer {
    return clock.every(intervalMs, () => this.run());
  }

  /** One pass. */
  run(): void {
    const services = this.services();
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
