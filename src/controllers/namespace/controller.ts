// Empties namespaces that are being deleted, then lets them go. Upstream: pkg/controller/namespace/namespace_controller.go.
import type { Namespace } from '#types/core_v1';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import type { Client } from '../../client/client.ts';
import { goTimeText } from '../../client/event-name.ts';
import { resourcePath } from '../../client/resource.ts';
import { namespaces } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { updatedConditions } from './conditions.ts';
import { deleteContent } from './content.ts';

const finalizer = 'kubernetes';
// How soon to look again at a namespace that is not empty: sooner than upstream, which waits half of the grace period.
const firstLookMs = 50;
const lookRetry = { baseMs: firstLookMs, maxMs: 60_000, perSecond: 10, burst: 100 };

/** Keys are namespaces. */
export const namespaceController = defineController({
  name: 'namespace-controller',
  workers: 10,
  rateLimit: lookRetry,
  setup({ client, informers, queue, clock }) {
    const informer = informers.informer(namespaces);
    const looks = new Map<string, number>();
    const enqueue = (namespace: Namespace): void => {
      if (namespace.metadata.deletionTimestamp) queue.add(namespace.metadata.name!);
    };
    informer.addHandler({
      added: enqueue,
      updated: (_old, namespace) => enqueue(namespace),
      deleted: (namespace) => looks.delete(namespace.metadata.uid!),
    });

    async function look(namespace: Namespace): Promise<boolean> {
      const found = await deleteContent(client, namespace.metadata.name!);
      const conditions = updatedConditions(
        namespace.status?.conditions ?? [],
        found,
        goTimeText(clock.now()),
      );
      if (conditions)
        await client.updateStatus(namespaces, { ...namespace, status: { ...namespace.status, conditions } });
      return found.isEmpty;
    }

    return {
      async reconcile(name) {
        if (!informer.lister.get(name)) return;
        const namespace = await terminating(client, name);
        if (!namespace) return;
        if (await look(namespace)) {
          await finalize(client, name);
          return;
        }
        const uid = namespace.metadata.uid!;
        const count = looks.get(uid) ?? 0;
        looks.set(uid, count + 1);
        queue.addAfter(name, Math.min(firstLookMs * 1.5 ** count, lookRetry.maxMs));
      },
    };
  },
});

/** The namespace as it is now, marked Terminating; undefined when there is nothing left to do for us. */
async function terminating(client: Client, name: string): Promise<Namespace | undefined> {
  const namespace = await read(client, name);
  if (!namespace?.metadata.deletionTimestamp) return undefined;
  if ((namespace.spec?.finalizers ?? []).length === 0) return undefined;
  if (namespace.status?.phase === 'Terminating') return namespace;
  return client.updateStatus(namespaces, {
    ...namespace,
    status: { ...namespace.status, phase: 'Terminating' },
  });
}

async function read(client: Client, name: string): Promise<Namespace | undefined> {
  try {
    return await client.get(namespaces, { namespace: '', name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Takes our finalizer off; the server removes a namespace that has none left. */
async function finalize(client: Client, name: string): Promise<void> {
  for (;;) {
    const namespace = await read(client, name);
    if (!namespace?.metadata.deletionTimestamp) return;
    const finalizers = (namespace.spec?.finalizers ?? []).filter((f) => f !== finalizer);
    const path = resourcePath(namespaces, '', name, 'finalize');
    try {
      await client.request('PUT', path, { ...namespace, spec: { ...namespace.spec, finalizers } });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
    }
  }
}
