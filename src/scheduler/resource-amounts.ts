// Amounts of resources as numbers, and what a pod asks for. Quantities are parsed once per pod and node, never per cycle.
// Upstream: k8s.io/component-helpers/resource/helpers.go and Resource in pkg/scheduler/framework/types.go.
import type { Container, ContainerStatus, Pod } from '#types/core_v1';
import { parseQuantity } from '../api/quantity.ts';
import { isExtendedResource, isHugePages, isPodLevelResource } from '../kinds/validation/resource-names.ts';

/** Amounts by resource name: cpu in thousandths, all others in whole units (bytes). */
export type Amounts = Map<string, number>;

/** The same with the common ones as fields. */
export interface Resources {
  milliCpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  ephemeralStorage: number;
  /** How many pods a node takes. */
  pods: number;
  /** Extended resources, huge pages and attachable volumes. */
  scalars: Map<string, number> | undefined;
}

type ResourceList = Readonly<Record<string, string>>;

/** What a container without requests counts as in scores, so that such pods spread too. */
export const defaultMilliCpu = 100;
export const defaultMemory = 200 * 1024 * 1024;

/** The amount of one quantity. */
export function amountOf(name: string, quantity: string): number {
  const parsed = parseQuantity(quantity);
  return name === 'cpu' ? parsed.milliValue() : parsed.value();
}

function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) amounts.set(name, amountOf(name, list[name]!));
  return amounts;
}

function add(sum: Amounts, more: Amounts): void {
  for (const [name, amount] of more) sum.set(name, (sum.get(name) ?? 0) + amount);
}

function raise(most: Amounts, other: Amounts): void {
  for (const [name, amount] of other) most.set(name, Math.max(most.get(name) ?? 0, amount));
}

/** The most of what is wanted, in force and promised, while a pod is being resized in place. */
function effective(pod: Pod, wanted: ResourceList | undefined, running: RunningResources): Amounts {
  const pending = pod.status?.conditions?.find((c) => c.type === 'PodResizePending');
  const most = amountsOf(running.resources?.requests);
  raise(most, amountsOf(running.allocatedResources));
  if (pending?.reason !== 'Infeasible') raise(most, amountsOf(wanted));
  return most;
}

type RunningResources = Pick<ContainerStatus, 'resources' | 'allocatedResources'>;

function containerRequests(pod: Pod, container: Container, defaults: Amounts | undefined): Amounts {
  const wanted = container.resources?.requests;
  const statuses =
    container.restartPolicy === 'Always' ? pod.status?.initContainerStatuses : pod.status?.containerStatuses;
  const status = statuses?.find((s) => s.name === container.name);
  const amounts = status?.resources ? effective(pod, wanted, status) : amountsOf(wanted);
  if (defaults) {
    for (const [name, amount] of defaults) if (!amounts.has(name)) amounts.set(name, amount);
  }
  return amounts;
}

/** Containers and sidecars run together; other init containers run one by one before them. */
function sumOfContainers(pod: Pod, defaults: Amounts | undefined): Amounts {
  const sum: Amounts = new Map();
  for (const container of pod.spec.containers ?? []) add(sum, containerRequests(pod, container, defaults));
  if (!pod.spec.initContainers?.length) return sum;
  const sidecars: Amounts = new Map();
  const most: Amounts = new Map();
  for (const container of pod.spec.initContainers) {
    const amounts = containerRequests(pod, container, defaults);
    if (container.restartPolicy === 'Always') {
      add(sum, amounts);
      add(sidecars, amounts);
      raise(most, sidecars);
    } else {
      add(amounts, sidecars);
      raise(most, amounts);
    }
  }
  raise(sum, most);
  return sum;
}

/** Whether `spec.resources` of the pod has requests that count. */
export function hasPodLevelRequests(pod: Pod): boolean {
  return Object.keys(pod.spec.resources?.requests ?? {}).some(isPodLevelResource);
}

/**
 * What a pod asks for: its containers, or what the pod asks for as a whole, and its overhead. `defaults` count for
 * containers that ask for nothing.
 */
export function podRequests(pod: Pod, defaults?: Amounts): Amounts {
  const sum = sumOfContainers(pod, defaults);
  const whole = pod.spec.resources?.requests;
  if (whole && hasPodLevelRequests(pod)) {
    const inForce = pod.status?.resources ? effective(pod, whole, pod.status) : amountsOf(whole);
    for (const name in whole) if (isPodLevelResource(name)) sum.set(name, inForce.get(name) ?? 0);
  }
  add(sum, amountsOf(pod.spec.overhead));
  return sum;
}

/** Resources besides the fields of `Resources` that the scheduler counts. */
export function isScalarResource(name: string): boolean {
  return (
    isExtendedResource(name) ||
    isHugePages(name) ||
    name.includes('kubernetes.io/') ||
    name.startsWith('attachable-volumes-')
  );
}

/** No resources. */
export function noResources(): Resources {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0, pods: 0, scalars: undefined };
}

/** Amounts with the common ones as fields; what nobody counts is dropped. */
export function resourcesOf(amounts: Amounts): Resources {
  const resources = noResources();
  for (const [name, amount] of amounts) {
    if (name === 'cpu') resources.milliCpu = amount;
    else if (name === 'memory') resources.memory = amount;
    else if (name === 'pods') resources.pods = amount;
    else if (name === 'ephemeral-storage') resources.ephemeralStorage = amount;
    else if (isScalarResource(name)) {
      resources.scalars ??= new Map();
      resources.scalars.set(name, amount);
    }
  }
  return resources;
}

/** The resources of a list as a node's status has it. */
export function resourcesOfList(list: ResourceList | undefined): Resources {
  return resourcesOf(amountsOf(list));
}

/** Adds `sign` times `other` to `sum`. */
export function addResources(sum: Resources, other: Resources, sign: 1 | -1): void {
  sum.milliCpu += sign * other.milliCpu;
  sum.memory += sign * other.memory;
  sum.ephemeralStorage += sign * other.ephemeralStorage;
  if (!other.scalars) return;
  sum.scalars ??= new Map();
  for (const [name, amount] of other.scalars)
    sum.scalars.set(name, (sum.scalars.get(name) ?? 0) + sign * amount);
}

/** A copy that can be changed. */
export function copyResources(resources: Resources): Resources {
  return { ...resources, scalars: resources.scalars && new Map(resources.scalars) };
}

/** Whether two amounts are the same. */
export function sameResources(a: Resources, b: Resources): boolean {
  if (a.milliCpu !== b.milliCpu || a.memory !== b.memory || a.ephemeralStorage !== b.ephemeralStorage)
    return false;
  if (a.scalars?.size !== b.scalars?.size) return false;
  for (const [name, amount] of a.scalars ?? []) if (b.scalars!.get(name) !== amount) return false;
  return true;
}
