// Ends pods that are being deleted and were never bound, so that no kubelet does: their deletion is two writes, and an API
// server that was killed between them leaves the pod there for ever.
// Upstream: gcUnscheduledTerminating in pkg/controller/podgc/gc_controller.go. What it does for pods of nodes that are gone
// or out of service, and for more than 12,500 finished pods, is not here.
import type { Pod } from '#types/core_v1';
import { isNotFound } from '../client/api-errors.ts';
import { keyOf } from '../client/object-store.ts';
import { pods } from '../client/resources.ts';
import { defineController } from './define-controller.ts';

/** Upstream looks so often; here it is also the time that an ordinary deletion has. */
const checkMs = 20_000;
const finished = new Set(['Succeeded', 'Failed']);

const isLeftOver = ({ metadata, spec }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && !spec.nodeName;

/** Keys are pods. */
export const podGarbageCollector = defineController({
  name: 'pod-garbage-collector-controller',
  workers: 1,
  setup({ client, informers, queue }) {
    const informer = informers.informer(pods);
    const look = (pod: Pod): void => {
      if (isLeftOver(pod)) queue.addAfter(keyOf(pod), checkMs);
    };
    informer.addHandler({ added: look, updated: (_old, pod) => look(pod) });
    return {
      async reconcile(key) {
        const pod = informer.lister.get(key);
        if (!pod || !isLeftOver(pod)) return;
        const { uid, generation } = pod.metadata;
        try {
          if (!finished.has(pod.status.phase ?? '')) {
            const change = { metadata: { uid }, status: { phase: 'Failed', observedGeneration: generation } };
            await client.patch(pods, pod, change, { type: 'strategic', subresource: 'status' });
          }
          await client.delete(pods, pod, { gracePeriodSeconds: 0, preconditions: { uid } });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    };
  },
});
