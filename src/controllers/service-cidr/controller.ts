// Says of ServiceCIDRs that they are ready, and keeps those that are being deleted as long as services have addresses that no
// other range has.
// Upstream: pkg/controller/servicecidrs/servicecidrs_controller.go.
import type { Condition } from '#types/meta_v1';
import type { IPAddress, ServiceCIDR } from '#types/networking.k8s.io_v1';
import { formatTime, parseTime } from '../../api/time.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { keyOf } from '../../client/object-store.ts';
import { ipAddresses, serviceCidrs } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { containsAddress, containsPrefix, familyOfCidr, overlap } from './prefixes.ts';

const name = 'service-cidr-controller';
const finalizer = 'networking.k8s.io/service-cidr-finalizer';
const managedBy = 'ipaddress.kubernetes.io/managed-by';
const allocator = 'ipallocator.k8s.io';
const familyLabel = 'ipaddress.kubernetes.io/ip-family';
/** API servers that have not heard of the deletion yet may still give addresses away. */
const graceMs = 10_000;

type Wanted = Pick<Condition, 'status' | 'message'> & { readonly reason?: string };

// the reason is left to others, and is ''
const ready: Wanted = { status: 'True', message: 'Kubernetes Service CIDR is ready' };
const terminating: Wanted = {
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
};

function isAllocated({ metadata }: IPAddress): boolean {
  return metadata.labels?.[managedBy] === allocator;
}

/** Keys are ServiceCIDRs. */
export const serviceCidrController = defineController({
  name,
  setup({ client, informers, queue, clock, events }) {
    const ranges = informers.informer(serviceCidrs);
    const addresses = informers.informer(ipAddresses);
    const rangesWhere = (test: (cidr: string) => boolean): ServiceCIDR[] =>
      ranges.lister.list().filter(({ spec }) => spec?.cidrs?.some(test));
    const enqueue = (range: ServiceCIDR): void => queue.add(keyOf(range));
    ranges.addHandler({
      added(range) {
        enqueue(range);
        for (const cidr of range.spec.cidrs ?? [])
          rangesWhere((other) => overlap(other, cidr)).forEach(enqueue);
      },
      updated: (_old, range) => enqueue(range),
      deleted: enqueue,
    });
    const look = (address: IPAddress): void => {
      if (isAllocated(address))
        rangesWhere((cidr) => containsAddress(cidr, address.metadata.name!)).forEach(enqueue);
    };
    addresses.addHandler({ added: look, deleted: look });

    /** Whether every address that a service has stays in some range. */
    function mayGo({ metadata, spec }: ServiceCIDR): boolean {
      const isLast = (found: readonly ServiceCIDR[]): boolean =>
        found.every((range) => range.metadata.name === metadata.name);
      const cidrs = spec.cidrs ?? [];
      if (cidrs.every((cidr) => !isLast(rangesWhere((other) => containsPrefix(other, cidr))))) return true;
      const families = new Set<string | undefined>(cidrs.map(familyOfCidr));
      return addresses.lister
        .list()
        .filter((address) => isAllocated(address) && families.has(address.metadata.labels?.[familyLabel]))
        .every((address) => {
          const found = rangesWhere((cidr) => containsAddress(cidr, address.metadata.name!));
          return found.length === 0 || !isLast(found);
        });
    }

    async function patchFinalizers(range: ServiceCIDR, change: object): Promise<void> {
      try {
        await client.patch(serviceCidrs, range, { metadata: change }, { type: 'strategic' });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }

    async function setCondition({ metadata, status }: ServiceCIDR, wanted: Wanted): Promise<void> {
      const now = status?.conditions?.find(({ type }) => type === 'Ready');
      const { reason = '' } = wanted;
      if (now?.status === wanted.status && now.reason === reason && now.message === wanted.message) return;
      const conditions = [{ type: 'Ready', ...wanted, lastTransitionTime: formatTime(clock.now()) }];
      const configuration = { metadata: { name: metadata.name! }, status: { conditions } };
      const options = { fieldManager: name, force: true, subresource: 'status' };
      await client.apply(serviceCidrs, configuration, options);
    }

    async function end(range: ServiceCIDR): Promise<void> {
      if (!mayGo(range)) {
        await setCondition(range, terminating);
        return;
      }
      const left = parseTime(range.metadata.deletionTimestamp!) + graceMs - clock.now();
      if (left > 0) queue.addAfter(keyOf(range), left);
      else if (range.metadata.finalizers?.includes(finalizer))
        await patchFinalizers(range, { '$deleteFromPrimitiveList/finalizers': [finalizer] });
    }

    return {
      async reconcile(key) {
        const range = ranges.lister.get(key);
        if (!range) return;
        if (range.metadata.deletionTimestamp !== undefined) {
          await end(range);
          return;
        }
        if (!range.metadata.finalizers?.includes(finalizer))
          await patchFinalizers(range, { finalizers: [finalizer] });
        try {
          await setCondition(range, ready);
        } catch (error) {
          const subject = { ...range, apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' };
          const message = 'The ServiceCIDR Status can not be set to Ready=True';
          events.event(subject, 'Warning', 'KubernetesServiceCIDRError', message);
          throw error;
        }
      },
    };
  },
});
