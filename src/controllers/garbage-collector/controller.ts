// Deletes objects whose owners are gone, and carries out foreground and orphan deletion.
// Upstream: pkg/controller/garbagecollector/garbagecollector.go.
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import { LruMap } from '../../client/lru-map.ts';
import { resource } from '../../client/resource.ts';
import { defineController } from '../define-controller.ts';
import {
  foregroundFinalizer,
  Graph,
  type GraphNode,
  hasFinalizer,
  type Identity,
  identityText,
  isForegroundDeletion,
  orphanFinalizer,
} from './graph.ts';
import { LiveObjects, type Propagation, UnknownKind } from './live-objects.ts';
import { Monitors } from './monitors.ts';

// Owners that are known to be gone, so that the server is not asked once for each of their dependents.
const absentOwners = 500;
const refreshMs = 30_000;
const definitions = resource(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'Cluster',
);

// Keys are uids, behind what is to be done with the object.
const deleteKey = 'delete ';
const orphanKey = 'orphan ';

/** Keys are `delete UID` and `orphan UID`. */
export const garbageCollector = defineController({
  name: 'garbage-collector-controller',
  workers: 20,
  setup({ client, informers, queue, events, clock, log, signal }) {
    const absent = new LruMap<true>(absentOwners);
    const graph = new Graph({
      attemptToDelete: (uid, later) =>
        later ? queue.addRateLimited(deleteKey + uid) : queue.add(deleteKey + uid),
      attemptToOrphan: (uid) => queue.add(orphanKey + uid),
      absent: (owner) => absent.set(identityText(owner), true),
      invalidNamespace(dependent, owner) {
        const { identity } = dependent;
        const { apiVersion, kind, name, uid, namespace } = identity;
        const text = identityText({ ...owner, namespace } as Identity);
        const message = `ownerRef ${text} does not exist in namespace "${namespace}"`;
        const subject = { apiVersion, kind, metadata: { name, namespace, uid } };
        events.event(subject, 'Warning', 'OwnerRefInvalidNamespace', message);
      },
    });
    const monitors = new Monitors(client, informers, graph, clock, log);
    const live = new LiveObjects(client, (apiVersion, kind) => monitors.lookup(apiVersion, kind));
    let ready: Promise<void> = Promise.resolve();
    const refresh = (): void => {
      // deletion waits until the graph is whole: a dependent that is not seen yet must not be missed
      ready = ready.then(async () => {
        if (signal.aborted) return;
        await monitors.refresh(signal).catch((error: unknown) => {
          if (!signal.aborted) log.warn({ err: error }, 'discovery failed, trying again soon');
        });
      });
    };

    /** Whether a reference's owner is gone, or waits for its dependents, or stands. */
    async function judge(item: GraphNode, owner: OwnerReference): Promise<'gone' | 'waits' | 'stands'> {
      const { apiVersion, kind, name, uid } = owner;
      const cluster: Identity = { apiVersion, kind, namespace: '', name, uid };
      const local: Identity = { ...cluster, namespace: item.identity.namespace };
      if (absent.get(identityText(cluster)) || absent.get(identityText(local))) return 'gone';
      const { namespaced } = monitors.lookup(apiVersion, kind);
      if (namespaced && local.namespace === '') return 'stands';
      const identity = namespaced ? local : cluster;
      // a deletion is never taken back, so the informer's word is enough for it
      const known = monitors.known(identity);
      if (known && isForegroundDeletion(known)) return 'waits';
      const found = await live.get(identity);
      if (!found) {
        absent.set(identityText(identity), true);
        return 'gone';
      }
      return found.metadata.deletionTimestamp && hasFinalizer(found, foregroundFinalizer)
        ? 'waits'
        : 'stands';
    }

    async function attemptToDelete(item: GraphNode): Promise<'again' | undefined> {
      // deletion is a way without return: its end will be seen
      if (item.beingDeleted && !item.deletingDependents) return undefined;
      // the informer's state will do: deletes are guarded by its resourceVersion
      const latest =
        (item.virtual ? undefined : monitors.known(item.identity)) ?? (await live.get(item.identity));
      if (!latest) {
        graph.removeAbsent(item.identity);
        return undefined;
      }
      if (item.deletingDependents) await releaseWhenAlone(item);
      else await collect(item, latest);
      // a virtual node whose object exists is asked for again until an informer has seen it
      return item.virtual && graph.get(item.identity.uid) === item ? 'again' : undefined;
    }

    /** Ends a foreground deletion when nothing blocks it any more. */
    async function releaseWhenAlone(item: GraphNode): Promise<void> {
      const { uid } = item.identity;
      const blocking = [...item.dependents].filter((d) =>
        d.owners.some((o) => o.uid === uid && o.blockOwnerDeletion),
      );
      if (blocking.length === 0) await live.removeFinalizer(item.identity, foregroundFinalizer);
      for (const dependent of blocking)
        if (!dependent.deletingDependents) queue.add(deleteKey + dependent.identity.uid);
    }

    async function collect(item: GraphNode, latest: KubeObject): Promise<void> {
      const owners = latest.metadata.ownerReferences ?? [];
      if (owners.length === 0) return;
      const verdicts = await Promise.all(owners.map((o) => judge(item, o)));
      const waits = verdicts.includes('waits');
      if (verdicts.includes('stands')) {
        const lost = owners.filter((_o, i) => verdicts[i] !== 'stands').map((o) => o.uid);
        if (lost.length > 0) await live.removeOwners(item, lost);
        return;
      }
      if (waits && item.dependents.size > 0) {
        // of a circle of waiting owners one has to give way
        if ([...item.dependents].some((d) => d.deletingDependents)) await live.unblockOwners(item);
        await remove(item, latest, 'Foreground');
        return;
      }
      const policy = hasFinalizer(latest, orphanFinalizer)
        ? 'Orphan'
        : hasFinalizer(latest, foregroundFinalizer)
          ? 'Foreground'
          : 'Background';
      await remove(item, latest, policy);
    }

    async function remove(item: GraphNode, latest: KubeObject, policy: Propagation): Promise<void> {
      if (!(await live.delete(item.identity, latest, policy))) graph.removeAbsent(item.identity);
    }

    async function attemptToOrphan(owner: GraphNode): Promise<void> {
      const { uid } = owner.identity;
      await Promise.all([...owner.dependents].map((d) => live.removeOwners(d, [uid])));
      await live.removeFinalizer(owner.identity, orphanFinalizer);
    }

    return {
      started() {
        refresh();
        // new kinds come with their definitions
        informers.metadata(definitions).addHandler({ added: refresh, updated: refresh, deleted: refresh });
        const timer = clock.every(refreshMs, refresh);
        signal.addEventListener('abort', () => timer.cancel(), { once: true });
      },
      async reconcile(key) {
        await ready;
        const item = graph.get(key.slice(key.indexOf(' ') + 1));
        if (!item) return undefined;
        try {
          if (!key.startsWith(orphanKey)) return await attemptToDelete(item);
          await attemptToOrphan(item);
          return undefined;
        } catch (error) {
          // perhaps the kind's definition comes yet; no fault of anybody's until then
          if (error instanceof UnknownKind) return 'again';
          throw error;
        }
      },
    };
  },
});
