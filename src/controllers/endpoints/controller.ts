// Keeps the Endpoints of services with selectors. Upstream: pkg/controller/endpoint/endpoints_controller.go.
import { isDeepStrictEqual } from 'node:util';
import type { Endpoints, Service } from '#types/core_v1';
import { isNamespaceTerminating, isNotFound } from '../../client/api-errors.ts';
import { keyOf, splitKey } from '../../client/object-store.ts';
import { endpoints, pods, services } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { podsOf, watchServicePods } from '../service-pods.ts';
import { TriggerTimes, triggerTimeAnnotation } from '../trigger-time.ts';
import { subsetsOf, truncated } from './subsets.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';

/** Keys are `namespace/service`. */
export const endpointsController = defineController({
  name: 'endpoints-controller',
  eventSource: 'endpoint-controller',
  setup({ client, informers, queue, events }) {
    const known = informers.informer(services);
    const podInformer = informers.informer(pods);
    const written = informers.informer(endpoints);
    const triggers = new TriggerTimes();
    const enqueue = (object: Service | Endpoints): void => queue.add(keyOf(object));
    known.addHandler({ added: enqueue, updated: (_old, service) => enqueue(service), deleted: enqueue });
    written.addHandler({ deleted: enqueue });
    watchServicePods(podInformer, known.lister, (key) => queue.add(key));

    async function remove(key: string): Promise<void> {
      triggers.forget(key);
      if (!written.lister.get(key)) return;
      try {
        await client.delete(endpoints, splitKey(key));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }

    return {
      started() {
        // those whose service went while nobody worked
        for (const found of written.lister.list())
          if (!found.metadata.annotations?.[leaderAnnotation]) enqueue(found);
      },
      async reconcile(key) {
        const service = known.lister.get(key);
        if (!service) {
          await remove(key);
          return;
        }
        if (service.spec?.type === 'ExternalName' || !service.spec?.selector) return;
        const members = podsOf(service, podInformer.lister);
        const triggered = triggers.next(key, service, members);
        const current = written.lister.get(key);
        const whole = subsetsOf(service, members);
        const cut = truncated(whole);
        const subsets = cut ?? whole;
        const labels = labelsFor(service);
        const isRight =
          current &&
          isDeepStrictEqual(current.subsets ?? [], subsets) &&
          isDeepStrictEqual(current.metadata.labels ?? {}, labels) &&
          (current.metadata.annotations?.[overCapacityAnnotation] !== undefined) === (cut !== undefined);
        if (isRight) return;
        const annotations = { ...current?.metadata.annotations };
        if (triggered) annotations[triggerTimeAnnotation] = triggered;
        else delete annotations[triggerTimeAnnotation];
        if (cut) annotations[overCapacityAnnotation] = 'truncated';
        else delete annotations[overCapacityAnnotation];
        const { namespace, name } = service.metadata;
        const metadata = { ...(current?.metadata ?? { namespace, name }), labels, annotations };
        try {
          if (current) await client.update(endpoints, { ...current, metadata, subsets });
          else await client.create(endpoints, { metadata, subsets });
        } catch (error) {
          if (!current && isNamespaceTerminating(error)) return;
          const text = error instanceof Error ? error.message : String(error);
          const subject = { apiVersion: 'v1', kind: 'Endpoints', metadata };
          if (current)
            events.event(
              subject,
              'Warning',
              'FailedToUpdateEndpoint',
              `Failed to update endpoint ${namespace}/${name}: ${text}`,
            );
          else
            events.event(
              subject,
              'Warning',
              'FailedToCreateEndpoint',
              `Failed to create endpoint for service ${namespace}/${name}: ${text}`,
            );
          throw error;
        }
      },
    };
  },
});

function labelsFor({ metadata, spec }: Service): Record<string, string> {
  const labels = { ...metadata.labels };
  delete labels[headlessLabel];
  if (!spec?.clusterIP || spec.clusterIP === 'None') labels[headlessLabel] = '';
  return { ...labels, [managedByLabel]: 'endpoint-controller' };
}
