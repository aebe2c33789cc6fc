// As many pods as are wanted: creates what is missing, deletes what is too much, and expects to see it.
// Upstream: manageReplicas in k8s.io/kubernetes/pkg/controller/replicaset/replica_set.go.
import type { Pod } from '#types/core_v1';
import { isNamespaceTerminating, isNotFound } from '../../client/api-errors.ts';
import type { EventSubject } from '../../client/event-recorder.ts';
import { keyOf } from '../../client/object-store.ts';
import { apiVersionOfResource } from '../../client/resource.ts';
import { controllerReference } from '../controller-ref.ts';
import type { Expectations } from '../expectations.ts';
import type { PodControl } from '../pod-control.ts';
import { slowStart } from '../slow-start.ts';
import { podsToDelete } from './deletion-order.ts';
import { type ReplicaKind, type ReplicaOwner, templateOf, wantedReplicas } from './replica-kind.ts';

/** How many pods are created or deleted at most before the controller looks again. */
const burst = 500;

/** What pods are managed with. */
export interface PodManagement {
  readonly podControl: PodControl;
  readonly expectations: Expectations;
}

/** The owner as events name it. */
export function subjectOf<T extends ReplicaOwner>({ resource }: ReplicaKind<T>, owner: T): EventSubject {
  return { apiVersion: apiVersionOfResource(resource), kind: resource.kind, metadata: owner.metadata };
}

/**
 * Creates or deletes pods of the owner until there are as many as wanted. `related` gives the pods among which doubles on a
 * node are counted. Resolves with what it failed with, else undefined; never rejects.
 */
export async function manageReplicas<T extends ReplicaOwner>(
  kind: ReplicaKind<T>,
  owner: T,
  active: readonly Pod[],
  related: () => readonly Pod[],
  now: number,
  tools: PodManagement,
): Promise<unknown> {
  const difference = active.length - wantedReplicas(owner);
  if (difference < 0) return createPods(kind, owner, Math.min(-difference, burst), tools);
  if (difference === 0) return undefined;
  const victims = podsToDelete(active, related(), Math.min(difference, burst), now);
  return deletePods(kind, owner, victims, tools);
}

async function createPods<T extends ReplicaOwner>(
  kind: ReplicaKind<T>,
  owner: T,
  count: number,
  { podControl, expectations }: PodManagement,
): Promise<unknown> {
  const key = keyOf(owner);
  const subject = subjectOf(kind, owner);
  const controller = controllerReference(kind.resource, owner);
  expectations.expectCreations(key, count);
  const { successes, error } = await slowStart(count, async () => {
    try {
      await podControl.create(subject, templateOf(owner), controller);
    } catch (problem) {
      // the namespace is being deleted: nothing can be done, and nothing has to be
      if (!isNamespaceTerminating(problem)) throw problem;
    }
  });
  // what was not created will not be seen
  if (successes < count) expectations.creationObserved(key, count - successes);
  return error;
}

async function deletePods<T extends ReplicaOwner>(
  kind: ReplicaKind<T>,
  owner: T,
  victims: readonly Pod[],
  { podControl, expectations }: PodManagement,
): Promise<unknown> {
  const key = keyOf(owner);
  const subject = subjectOf(kind, owner);
  expectations.expectDeletions(key, victims.map(keyOf));
  let failure: unknown;
  await Promise.all(
    victims.map(async (pod) => {
      try {
        await podControl.delete(subject, pod);
      } catch (error) {
        expectations.deletionObserved(key, keyOf(pod));
        if (!isNotFound(error)) failure ??= error;
      }
    }),
  );
  return failure;
}
