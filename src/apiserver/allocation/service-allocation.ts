// Cluster IPs and node ports of services: taken before a service is stored, given back when it is gone.
// Upstream: pkg/registry/core/service/storage/{alloc,storage}.go in kubernetes/kubernetes.
import type { Service } from '#types/core_v1';
import { type FieldError, invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import { internalError, invalidObject } from '../../api/status.ts';
import type { Reservation, StoreHook } from '../store/write-context.ts';
import type { AddressPool } from './address-pool.ts';
import type { AddressRange } from './address-range.ts';
import type { IpAddressObjects, ServiceName } from './ip-address-objects.ts';
import { fillIpFamilies } from './ip-families.ts';
import type { PortPool } from './port-pool.ts';

/** What services are given from. */
export interface ServicePools {
  /** One pool per IP family; the first is the cluster's default family. */
  readonly addresses: readonly AddressPool[];
  readonly nodePorts: PortPool;
}

const spec = path('spec');

function refuse(service: Service, errors: FieldError[]): Error {
  return invalidObject({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors);
}

function isHeadless(service: Service): boolean {
  return service.spec.clusterIPs?.[0] === 'None' || service.spec.clusterIP === 'None';
}

function usesNodePorts(service: Service): boolean {
  const { type, allocateLoadBalancerNodePorts } = service.spec;
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

function needsHealthCheck(service: Service): boolean {
  return service.spec.type === 'LoadBalancer' && service.spec.externalTrafficPolicy === 'Local';
}

/** Every node port that a service holds, its health check's included. */
export function nodePortsOf(service: Service): number[] {
  const ports = (service.spec.ports ?? []).map((p) => p.nodePort ?? 0);
  if (needsHealthCheck(service)) ports.push(service.spec.healthCheckNodePort ?? 0);
  return ports.filter((p) => p !== 0);
}

// What the first node port of a dry run follows.
const firstPretended = 32768;

function refuseAddress(service: Service, address: string, why: string): Error {
  return refuse(service, [
    invalid(spec.child('clusterIPs'), service.spec.clusterIPs, `failed to allocate IP ${address}: ${why}`),
  ]);
}

/** What a dry run says; it does not look who has which. Upstream: allocateNextService, allocateService in ipallocator.go. */
function pretendAddress(service: Service, range: AddressRange, wanted: string): string {
  if (wanted === '') return range.network();
  if (range.contains(wanted)) return wanted;
  const why = `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
  throw refuseAddress(service, wanted, why);
}

/** Everything taken and to be given back by one write. */
class Transaction implements Reservation {
  private readonly pools: ServicePools;
  private readonly objects: IpAddressObjects;
  private readonly service: ServiceName;
  private readonly dryRun: boolean;
  private readonly taken: (() => void)[] = [];
  private readonly takenAddresses: string[] = [];
  /** The node ports of a dry run. */
  private readonly pretended: number[] = [];
  private readonly released: (() => void)[] = [];
  private readonly releasedAddresses: string[] = [];
  /** The objects under way; true where one was made. */
  private stored: Promise<boolean>[] = [];
  private ended = false;

  constructor(pools: ServicePools, objects: IpAddressObjects, service: ServiceName, dryRun: boolean) {
    this.pools = pools;
    this.objects = objects;
    this.service = service;
    this.dryRun = dryRun;
  }

  /** `wanted` '' takes any. Throws 422 and 500. */
  takeAddress(service: Service, family: string, wanted: string): string {
    const pool = this.pools.addresses.find((p) => p.family === family)!;
    if (this.dryRun) return pretendAddress(service, pool.pretended(), wanted);
    if (wanted === '') {
      const address = pool.takeAny((free) => !this.objects.has(free));
      if (address === undefined)
        throw internalError(
          `failed to allocate a serviceIP for Service ${JSON.stringify(service.metadata.name ?? '')}: range is full`,
        );
      this.taken.push(() => pool.give(address));
      this.takenAddresses.push(address);
      return address;
    }
    if (!pool.contains(wanted) || this.objects.has(wanted) || !pool.take(wanted)) {
      const why = pool.contains(wanted)
        ? 'provided IP is already allocated'
        : 'the provided network does not match the current range';
      throw refuseAddress(service, wanted, why);
    }
    this.taken.push(() => pool.give(wanted));
    this.takenAddresses.push(wanted);
    return wanted;
  }

  /** Takes this port; gives why it can't. A dry run asks only whether somebody has it, and takes nothing. */
  private reservePort(port: number): string | undefined {
    const { nodePorts } = this.pools;
    const isFree = this.dryRun
      ? !nodePorts.isTaken(port) && !this.pretended.includes(port)
      : nodePorts.take(port);
    if (!isFree)
      return this.dryRun || nodePorts.contains(port)
        ? 'provided port is already allocated'
        : `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`;
    if (this.dryRun) this.pretended.push(port);
    else this.taken.push(() => nodePorts.give(port));
    return undefined;
  }

  takePort(service: Service, port: number, index: number): void {
    const why = this.reservePort(port);
    if (why !== undefined)
      throw refuse(service, [invalid(spec.child('ports').index(index).child('nodePort'), port, why)]);
  }

  takeHealthCheckPort(port: number): void {
    const why = this.reservePort(port);
    if (why !== undefined)
      throw internalError(`failed to allocate requested HealthCheck NodePort ${port}: ${why}`);
  }

  takeAnyPort(what: string): number {
    if (this.dryRun) {
      // AllocateNext in portallocator/operation.go: a number for show
      const next = ((this.pretended.length > 0 ? Math.max(...this.pretended, 0) : firstPretended) + 1) | 0;
      this.pretended.push(next);
      return next;
    }
    const port = this.pools.nodePorts.takeAny();
    if (port === undefined) throw internalError(`failed to allocate a ${what}: range is full`);
    this.taken.push(() => this.pools.nodePorts.give(port));
    return port;
  }

  releaseAddress(address: string): void {
    for (const pool of this.pools.addresses) {
      if (!pool.isTaken(address)) continue;
      this.released.push(() => pool.give(address));
      this.releasedAddresses.push(address);
    }
  }

  releasePort(port: number): void {
    this.released.push(() => this.pools.nodePorts.give(port));
  }

  store(): void {
    this.stored = this.takenAddresses.map((address) =>
      this.objects.create(address, this.service).then(
        () => true,
        // somebody was faster: the repair sorts it out
        () => false,
      ),
    );
  }

  commit(): void | Promise<void> {
    if (this.dryRun) this.end(this.taken);
    else if (this.stored.length + this.releasedAddresses.length > 0) return this.finish();
    else this.end(this.released);
  }

  rollback(): void | Promise<void> {
    if (this.stored.length > 0) return this.undo();
    this.end(this.taken);
  }

  private async finish(): Promise<void> {
    await Promise.all(this.stored);
    await removeObjects(this.objects, this.releasedAddresses);
    this.end(this.released);
  }

  private async undo(): Promise<void> {
    const made = await Promise.all(this.stored);
    await removeObjects(
      this.objects,
      this.takenAddresses.filter((_, i) => made[i]),
    );
    this.end(this.taken);
  }

  private end(steps: (() => void)[]): void {
    if (this.ended) return;
    this.ended = true;
    for (const step of steps) step();
  }
}

/** Removes the objects of addresses; what fails is left to the repair. */
async function removeObjects(objects: IpAddressObjects, addresses: readonly string[]): Promise<void> {
  await Promise.allSettled(addresses.map((address) => objects.remove(address)));
}

function allocateAddresses(service: Service, transaction: Transaction): void {
  if (service.spec.type === 'ExternalName' || isHeadless(service)) return;
  const families = service.spec.ipFamilies ?? [];
  const addresses = families.map((family, i) =>
    transaction.takeAddress(service, family, service.spec.clusterIPs?.[i] ?? ''),
  );
  service.spec.clusterIPs = addresses;
  service.spec.clusterIP = addresses[0];
}

function allocateHealthCheck(service: Service, transaction: Transaction): void {
  const asked = service.spec.healthCheckNodePort;
  if (asked) transaction.takeHealthCheckPort(asked);
  else service.spec.healthCheckNodePort = transaction.takeAnyPort('HealthCheck NodePort');
}

/** One number per service port: TCP and UDP of the same port share theirs. */
function allocateNodePorts(service: Service, transaction: Transaction): void {
  const byPort = new Map<number, number>();
  const ports = service.spec.ports ?? [];
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort && !usesNodePorts(service)) continue;
    const known = byPort.get(port.port);
    if (known !== undefined && (!port.nodePort || port.nodePort === known)) {
      port.nodePort = known;
      continue;
    }
    const asked = port.nodePort || ports.find((p) => p.port === port.port && p.nodePort)?.nodePort;
    if (asked) transaction.takePort(service, asked, i);
    const number = asked ?? transaction.takeAnyPort('nodePort');
    port.nodePort = number;
    if (known === undefined) byPort.set(port.port, number);
  }
}

function updateNodePorts(service: Service, old: Service, transaction: Transaction): void {
  const before = (old.spec.ports ?? []).map((p) => p.nodePort ?? 0).filter((p) => p !== 0);
  const kept = new Set<number>();
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    if (!port.nodePort) {
      if (usesNodePorts(service)) port.nodePort = transaction.takeAnyPort('nodePort');
    } else if (!before.includes(port.nodePort) && !kept.has(port.nodePort))
      transaction.takePort(service, port.nodePort, i);
    if (port.nodePort) kept.add(port.nodePort);
  }
  for (const port of new Set(before)) if (!kept.has(port)) transaction.releasePort(port);
}

function updateAddresses(service: Service, old: Service, transaction: Transaction): void {
  if (old.spec.type === 'ExternalName') {
    allocateAddresses(service, transaction);
    return;
  }
  if (isHeadless(old)) return;
  const before = old.spec.clusterIPs ?? [];
  if (service.spec.type === 'ExternalName') {
    for (const address of before) transaction.releaseAddress(address);
    return;
  }
  const families = service.spec.ipFamilies ?? [];
  if (before.length === 1 && families.length === 2) {
    const second = transaction.takeAddress(service, families[1]!, service.spec.clusterIPs?.[1] ?? '');
    service.spec.clusterIPs = [service.spec.clusterIPs?.[0] ?? before[0]!, second];
  } else if (before.length === 2 && families.length === 1) transaction.releaseAddress(before[1]!);
}

/** What a client left out of an update is taken from the stored service. Upstream: patchAllocatedValues. */
function keepAllocated(service: Service, old: Service): void {
  const hasAddress = (s: Service): boolean => s.spec.type !== 'ExternalName';
  if (hasAddress(service) && hasAddress(old)) {
    service.spec.clusterIP ||= old.spec.clusterIP;
    if (!service.spec.clusterIPs?.length && old.spec.clusterIPs?.length)
      service.spec.clusterIPs = [...old.spec.clusterIPs];
  }
  if (usesNodePorts(service) && usesNodePorts(old)) {
    const ports = service.spec.ports ?? [];
    const used = new Set(ports.map((p) => p.nodePort));
    const byName = new Map((old.spec.ports ?? []).map((p) => [p.name ?? '', p.nodePort]));
    for (const port of ports) {
      const known = byName.get(port.name ?? '');
      if (!port.nodePort && known && !used.has(known)) port.nodePort = known;
    }
  }
  if (needsHealthCheck(service) && needsHealthCheck(old))
    service.spec.healthCheckNodePort ||= old.spec.healthCheckNodePort;
}

/** clusterIP and clusterIPs[0] are the same thing for old and new clients. Upstream: normalizeClusterIPs. */
function normalizeAddresses(service: Service, old: Service | undefined): void {
  const next = service.spec;
  if (!old) {
    if (next.clusterIP && !next.clusterIPs?.length) next.clusterIPs = [next.clusterIP];
    return;
  }
  const before = old.spec;
  if (before.clusterIPs?.length && !next.clusterIPs?.length && next.clusterIP === before.clusterIP)
    next.clusterIPs = [...before.clusterIPs];
  if (next.clusterIP === before.clusterIP) return;
  const sameList = JSON.stringify(next.clusterIPs ?? []) === JSON.stringify(before.clusterIPs ?? []);
  if (!sameList) return;
  if (!next.clusterIP && before.clusterIP) delete next.clusterIPs;
  else if (next.clusterIP) next.clusterIPs = [next.clusterIP];
}

/** The hook of the services resource. Call {@link restoreAllocations} with what is stored first. */
export function serviceAllocation(pools: ServicePools, objects: IpAddressObjects): StoreHook {
  const guarded = (
    service: Service,
    dryRun: boolean,
    work: (transaction: Transaction) => void,
  ): Reservation => {
    const transaction = new Transaction(pools, objects, service.metadata, dryRun);
    try {
      work(transaction);
    } catch (error) {
      void transaction.rollback();
      throw error;
    }
    return transaction;
  };
  return {
    group: '',
    resource: 'services',
    beginCreate(object, dryRun) {
      const service = object as unknown as Service;
      normalizeAddresses(service, undefined);
      return guarded(service, dryRun, (transaction) => {
        fillIpFamilies(service, undefined, pools.addresses);
        allocateAddresses(service, transaction);
        if (service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer')
          allocateNodePorts(service, transaction);
        if (needsHealthCheck(service)) allocateHealthCheck(service, transaction);
      });
    },
    beginUpdate(object, oldObject, dryRun) {
      const service = object as unknown as Service;
      const old = oldObject as unknown as Service;
      keepAllocated(service, old);
      normalizeAddresses(service, old);
      return guarded(service, dryRun, (transaction) => {
        fillIpFamilies(service, old, pools.addresses);
        updateAddresses(service, old, transaction);
        const hasPorts = (s: Service): boolean =>
          s.spec.type === 'NodePort' || s.spec.type === 'LoadBalancer';
        if (hasPorts(service)) updateNodePorts(service, old, transaction);
        else if (hasPorts(old))
          for (const port of old.spec.ports ?? []) if (port.nodePort) transaction.releasePort(port.nodePort);
        if (needsHealthCheck(service) && !needsHealthCheck(old)) allocateHealthCheck(service, transaction);
        else if (!needsHealthCheck(service) && needsHealthCheck(old) && old.spec.healthCheckNodePort)
          transaction.releasePort(old.spec.healthCheckNodePort);
      });
    },
    async afterDelete(object) {
      const service = object as unknown as Service;
      const addresses = (service.spec.clusterIPs ?? []).filter((address) => address !== 'None');
      await removeObjects(objects, addresses);
      for (const address of addresses) for (const pool of pools.addresses) pool.give(address);
      for (const port of nodePortsOf(service)) pools.nodePorts.give(port);
    },
  };
}

/** Takes what stored services hold: at start, and to repair. */
export function restoreAllocations(services: Iterable<KubeObject>, pools: ServicePools): void {
  for (const object of services) {
    const service = object as unknown as Service;
    for (const address of service.spec.clusterIPs ?? [])
      for (const pool of pools.addresses) pool.mark(address);
    for (const port of nodePortsOf(service)) pools.nodePorts.take(port);
  }
}
