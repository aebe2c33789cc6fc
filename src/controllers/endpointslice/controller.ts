// Keeps the EndpointSlices of services with selectors. Upstream: pkg/controller/endpointslice and k8s.io/endpointslice.
import type { Node, Pod, Service } from '#types/core_v1';
import type { Endpoint, EndpointPort, EndpointSlice } from '#types/discovery.k8s.io_v1';
import { isNamespaceTerminating, isNotFound } from '../../client/api-errors.ts';
import { keyOf } from '../../client/object-store.ts';
import { endpointSlices, nodes, pods, services } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { sortSlicePorts } from '../port-order.ts';
import { isInEndpoints, podsOf, watchServicePods } from '../service-pods.ts';
import { TriggerTimes, triggerTimeAnnotation } from '../trigger-time.ts';
import { WrittenVersions } from '../written-versions.ts';
import { endpointOf, portsOf, withHints } from './endpoint.ts';
import { pack } from './packing.ts';

const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const serviceNameLabel = 'kubernetes.io/service-name';
const headlessLabel = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';
const maxEndpoints = 100;

/** Keys are `namespace/service`. */
export const endpointSliceController = defineController({
  name: 'endpointslice-controller',
  eventSource: 'endpoint-slice-controller',
  setup({ client, informers, queue, clock, events }) {
    const known = informers.informer(services);
    const podInformer = informers.informer(pods);
    const nodeInformer = informers.informer(nodes);
    const slices = informers.informer(endpointSlices);
    slices.addIndex('service', (slice) => [ownerKey(slice)]);
    const triggers = new TriggerTimes();
    const written = new WrittenVersions(clock);
    const enqueue = (service: Service): void => queue.add(keyOf(service));
    known.addHandler({ added: enqueue, updated: (_old, service) => enqueue(service), deleted: enqueue });
    const enqueueOwner = (slice: EndpointSlice): void => {
      if (isOurs(slice)) queue.add(ownerKey(slice));
    };
    slices.addHandler({
      added: enqueueOwner,
      updated(old, slice) {
        enqueueOwner(slice);
        if (isOurs(old) && (!isOurs(slice) || ownerKey(old) !== ownerKey(slice))) enqueueOwner(old);
      },
      deleted(slice) {
        written.deleted(ownerKey(slice), slice);
        enqueueOwner(slice);
      },
    });
    watchServicePods(podInformer, known.lister, (key) => queue.add(key));

    async function apply(
      key: string,
      service: Service,
      plan: Plan,
      triggered: string | undefined,
    ): Promise<void> {
      const stamp = (slice: EndpointSlice): EndpointSlice => {
        const annotations = { ...slice.metadata.annotations };
        if (triggered) annotations[triggerTimeAnnotation] = triggered;
        else delete annotations[triggerTimeAnnotation];
        return { ...slice, metadata: { ...slice.metadata, annotations } };
      };
      // a slice that would go becomes one that would come: one write in place of two
      const { create, update, remove } = reused(plan);
      if (!service.metadata.deletionTimestamp) {
        for (const slice of create) {
          try {
            written.wrote(key, slices.lister as never, await client.create(endpointSlices, stamp(slice)));
          } catch (error) {
            if (isNamespaceTerminating(error)) return;
            throw error;
          }
        }
      }
      for (const slice of update)
        written.wrote(key, slices.lister as never, await client.update(endpointSlices, stamp(slice)));
      for (const slice of remove) {
        await client.delete(endpointSlices, slice).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
    }

    return {
      async reconcile(key) {
        const service = known.lister.get(key);
        if (!service) {
          // the slices go with their owner, by garbage collection
          triggers.forget(key);
          written.forget(key);
          return;
        }
        if (service.spec?.type === 'ExternalName' || !service.spec?.selector) return;
        const behind = written.behind(key);
        if (behind > 0) {
          queue.addAfter(key, behind);
          return;
        }
        const existing = slices.lister
          .byIndex('service', key)
          .filter((s) => isOurs(s) && !s.metadata.deletionTimestamp);
        const members = podsOf(service, podInformer.lister);
        const triggered = triggers.next(key, service, members);
        const nodeOf = (pod: Pod): Node | undefined => nodeInformer.lister.get(pod.spec.nodeName ?? '');
        const { plan, missingNodes } = planFor(service, members, existing, nodeOf);
        try {
          await apply(key, service, plan, triggered);
        } catch (error) {
          const { namespace, name } = service.metadata;
          const text = error instanceof Error ? error.message : String(error);
          events.event(
            { apiVersion: 'v1', kind: 'Service', metadata: service.metadata },
            'Warning',
            'FailedToUpdateEndpointSlices',
            `Error updating Endpoint Slices for Service ${namespace}/${name}: ${text}`,
          );
          throw error;
        }
        // pods of nodes that are not seen yet are left out until they are
        if (missingNodes) throw new Error(`the nodes of some pods of service ${key} are not known`);
      },
    };
  },
});

function isOurs({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedByLabel] === manager;
}

function ownerKey({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
}

function isOwnedBy(slice: EndpointSlice, service: Service): boolean {
  return (slice.metadata.ownerReferences ?? []).some(
    (o) => o.uid === service.metadata.uid && o.kind === 'Service',
  );
}

/** What is to be written for a service. */
interface Plan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

interface Group {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

function planFor(
  service: Service,
  members: readonly Pod[],
  existing: readonly EndpointSlice[],
  nodeOf: (pod: Pod) => Node | undefined,
): { plan: Plan; missingNodes: boolean } {
  const families = service.spec?.ipFamilies ?? ['IPv4'];
  const plan: Plan = { create: [], update: [], remove: [] };
  let missingNodes = false;
  for (const family of families) {
    const groups = new Map<string, Group>();
    for (const pod of members) {
      if (!isInEndpoints(pod, true)) continue;
      const node = nodeOf(pod);
      if (!node && !service.spec?.publishNotReadyAddresses) {
        missingNodes = true;
        continue;
      }
      const endpoint = endpointOf(pod, node, service, family);
      if (!endpoint) continue;
      const ports = sortSlicePorts(portsOf(pod, service));
      const key = portsKey(ports);
      if (!groups.has(key)) groups.set(key, { ports, endpoints: [] });
      groups.get(key)!.endpoints.push(withHints(endpoint, service.spec?.trafficDistribution));
    }
    planFamily(
      service,
      family,
      groups,
      existing.filter((s) => s.addressType === family),
      plan,
    );
  }
  plan.remove.push(...existing.filter((s) => !families.includes(s.addressType)));
  return { plan, missingNodes };
}

function planFamily(
  service: Service,
  family: string,
  groups: ReadonlyMap<string, Group>,
  existing: readonly EndpointSlice[],
  plan: Plan,
): void {
  const labels = labelsFor(service);
  const byPorts = new Map<string, EndpointSlice[]>();
  const gone: EndpointSlice[] = [];
  for (const slice of existing) {
    const key = portsKey(sortSlicePorts(slice.ports ?? []));
    if (isOwnedBy(slice, service)) byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
    else gone.push(slice);
  }
  const create: EndpointSlice[] = [];
  for (const [key, { ports, endpoints }] of groups) {
    const packing = pack(byPorts.get(key) ?? [], endpoints, maxEndpoints, labels);
    byPorts.delete(key);
    plan.update.push(...packing.update);
    gone.push(...packing.remove);
    create.push(...packing.create.map((some) => newSlice(service, family, labels, ports, [...some])));
  }
  for (const slices of byPorts.values()) gone.push(...slices);
  if (gone.length === existing.length && create.length === 0) {
    // a service without endpoints has one empty slice
    const isRight = gone.length === 1 && isPlaceholder(gone[0]!, service, labels);
    if (isRight) gone.length = 0;
    else create.push(newSlice(service, family, labels, [], []));
  }
  plan.create.push(...create);
  plan.remove.push(...gone);
}

/** The same for the same ports, whatever the order of their fields. */
function portsKey(ports: readonly EndpointPort[]): string {
  return JSON.stringify(ports.map((p) => [p.name, p.port, p.protocol, p.appProtocol]));
}

function isPlaceholder(slice: EndpointSlice, service: Service, labels: Record<string, string>): boolean {
  return (
    isOwnedBy(slice, service) &&
    (slice.endpoints ?? []).length === 0 &&
    (slice.ports ?? []).length === 0 &&
    JSON.stringify(Object.entries(slice.metadata.labels ?? {}).sort()) ===
      JSON.stringify(Object.entries(labels).sort())
  );
}

function reused({ create, update, remove }: Plan): Plan {
  const left = [...create];
  const updates = [...update];
  const removals = remove.filter((old) => {
    const at = left.findLastIndex((s) => s.addressType === old.addressType);
    const owner = left[at]?.metadata.ownerReferences?.[0]?.uid;
    if (at < 0 || !(old.metadata.ownerReferences ?? []).some((o) => o.uid === owner)) return true;
    const [next] = left.splice(at, 1);
    const { name, namespace, uid, generateName, resourceVersion } = old.metadata;
    updates.push({
      ...next!,
      metadata: { ...next!.metadata, name, namespace, uid, generateName, resourceVersion },
    });
    return false;
  });
  return { create: left, update: updates, remove: removals };
}

function labelsFor({ metadata, spec }: Service): Record<string, string> {
  const labels = { ...metadata.labels };
  delete labels[headlessLabel];
  if (!spec?.clusterIP || spec.clusterIP === 'None') labels[headlessLabel] = '';
  return { ...labels, [serviceNameLabel]: metadata.name!, [managedByLabel]: manager };
}

function newSlice(
  service: Service,
  addressType: string,
  labels: Record<string, string>,
  ports: EndpointPort[],
  endpoints: Endpoint[],
): EndpointSlice {
  const { name, namespace, uid } = service.metadata;
  const owner = {
    apiVersion: 'v1',
    kind: 'Service',
    name: name!,
    uid: uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    metadata: { generateName: `${name}-`, namespace, labels: { ...labels }, ownerReferences: [owner] },
    addressType,
    endpoints,
    ports,
  };
}
