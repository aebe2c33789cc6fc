// Keeps as many pods as a ReplicaSet or ReplicationController wants, adopts and releases by the selector, and counts them in
// the status. Upstream: k8s.io/kubernetes/pkg/controller/replicaset/replica_set.go.
//
// A look costs no request when nothing has to change. It visits only the owner's pods and the orphans of its namespace.
import type { ReplicaSetStatus } from '#types/apps_v1';
import type { Pod } from '#types/core_v1';
import { type LabelSelector, SelectorError } from '../../api/label-selector.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/object-store.ts';
import { pods as podResource } from '../../client/resources.ts';
import { claim, controlledBy, controllerOf, indexByController, orphansIn } from '../controller-ref.ts';
import type { ControllerContext, ControllerInstance } from '../define-controller.ts';
import { Expectations } from '../expectations.ts';
import { PodControl } from '../pod-control.ts';
import { availableIn, isPodActive, isPodTerminating } from '../pod-state.ts';
import { WrittenVersions } from '../written-versions.ts';
import { manageReplicas } from './manage-replicas.ts';
import type { ReplicaKind, ReplicaOwner } from './replica-kind.ts';
import { isSameStatus, replicaStatus } from './status.ts';
import { gatheringDelayMs, podWakeUps } from './wake-ups.ts';

/** A controller of one of the kinds. Keys are `namespace/name`. */
export function replicaController<T extends ReplicaOwner>(
  kind: ReplicaKind<T>,
  { client, informers, clock, log, events, queue }: ControllerContext,
): ControllerInstance {
  const owners = informers.informer(kind.resource);
  const pods = informers.informer(podResource);
  const expectations = new Expectations(clock);
  const written = new WrittenVersions(clock);
  const podControl = new PodControl(client, events);
  const podCounts = new Map<string, number>();
  const selectors = new WeakMap<T, LabelSelector>();

  /** Selectors of cached objects are parsed once. */
  function selectorOf(owner: T): LabelSelector | undefined {
    let selector = selectors.get(owner);
    if (selector) return selector;
    try {
      selector = kind.selectorOf(owner);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      log.warn({ err: error, key: keyOf(owner) }, 'the selector is not valid');
      return undefined;
    }
    selectors.set(owner, selector);
    return selector;
  }

  const podsOf = (key: string): number => podCounts.get(key) ?? 0;

  indexByController(owners as never);
  indexByController(pods as never);
  owners.addHandler({
    added: (owner) => queue.add(keyOf(owner)),
    updated: (old, owner) => {
      const key = keyOf(owner);
      if (old.metadata.uid !== owner.metadata.uid) forget(key);
      const changed = old.metadata.generation !== owner.metadata.generation;
      queue.addAfter(key, changed ? 0 : gatheringDelayMs(podsOf(key)));
    },
    deleted: (owner) => {
      // one of the same name that comes later starts clean
      forget(keyOf(owner));
      queue.add(keyOf(owner));
    },
  });
  pods.addHandler(podWakeUps({ kind, owners, queue, expectations, selectorOf, podsOf }));

  function forget(key: string): void {
    expectations.forget(key);
    written.forget(key);
    podCounts.delete(key);
  }

  /** The pods of all sets that have the same controller. */
  function relatedPods(owner: T): Pod[] {
    const controller = controllerOf(owner);
    if (!controller) return [];
    return controlledBy(owners.lister, controller.uid).flatMap((sibling) =>
      controlledBy(pods.lister, sibling.metadata.uid!),
    );
  }

  async function reconcile(key: string): Promise<void> {
    const owner = owners.lister.get(key);
    if (!owner) {
      forget(key);
      return;
    }
    const behind = written.behind(key);
    if (behind > 0) {
      queue.addAfter(key, behind);
      return;
    }
    const selector = selectorOf(owner);
    if (!selector) return;
    const owned = controlledBy(pods.lister, owner.metadata.uid!);
    const orphans = orphansIn(pods.lister, owner.metadata.namespace!);
    podCounts.set(key, owned.length + orphans.length);
    const active = await claim({
      client,
      owner,
      ownerResource: kind.resource,
      resource: podResource,
      candidates: [...owned, ...orphans].filter(isPodActive),
      matches: (pod) => selector.matches(pod.metadata.labels),
    });
    const terminating = kind.countsTerminating
      ? owned.filter((pod) => isPodTerminating(pod) && selector.matches(pod.metadata.labels)).length
      : undefined;
    const now = clock.now();
    let failure: unknown;
    const waiting = expectations.expiresIn(key);
    if (waiting > 0) queue.addAfter(key, waiting);
    else if (!owner.metadata.deletionTimestamp) {
      const tools = { podControl, expectations };
      failure = await manageReplicas(kind, owner, active, () => relatedPods(owner), now, tools);
    }
    const status = replicaStatus(owner, { active, terminating, failure, now });
    const updated = await writeStatus(client, kind, owner, status);
    if (updated) written.wrote(key, owners.lister as never, updated);
    if (failure !== undefined) throw failure;
    lookAgain(key, owner, active, status, now);
  }

  /** Ready pods become available by time alone. */
  function lookAgain(
    key: string,
    owner: T,
    active: readonly Pod[],
    status: ReplicaSetStatus,
    now: number,
  ): void {
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    if (minReadySeconds <= 0 || status.readyReplicas === status.availableReplicas) return;
    let wait = minReadySeconds * 1000;
    for (const pod of active) {
      const left = availableIn(pod, minReadySeconds, now);
      if (left !== undefined && left > 0 && left < wait) wait = left;
    }
    queue.addAfter(key, wait);
  }

  return { reconcile };
}

/** Writes the status where it changed, and a second time over a fresh object when that fails. */
async function writeStatus<T extends ReplicaOwner>(
  client: Client,
  kind: ReplicaKind<T>,
  owner: T,
  status: ReplicaSetStatus,
): Promise<T | undefined> {
  if (isSameStatus(owner, status)) return undefined;
  try {
    return await client.updateStatus(kind.resource, { ...owner, status });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const fresh = await client.get(kind.resource, owner);
    if (fresh.metadata.uid !== owner.metadata.uid) return undefined;
    return client.updateStatus(kind.resource, { ...fresh, status });
  }
}
