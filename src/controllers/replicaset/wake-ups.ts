// Which ReplicaSets (or ReplicationControllers) a change of a pod concerns, and when they look at it.
// Upstream: addPod, updatePod and deletePod in k8s.io/kubernetes/pkg/controller/replicaset/replica_set.go.
import type { Pod } from '#types/core_v1';
import type { LabelSelector } from '../../api/label-selector.ts';
import type { Informer, InformerHandler } from '../../client/informer.ts';
import { keyOf } from '../../client/object-store.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { controllerOf, resolveController } from '../controller-ref.ts';
import type { Expectations } from '../expectations.ts';
import { isPodReady } from '../pod-state.ts';
import type { ReplicaKind, ReplicaOwner } from './replica-kind.ts';

/** What wake-ups work with. */
export interface WakeUpOptions<T extends ReplicaOwner> {
  readonly kind: ReplicaKind<T>;
  readonly owners: Informer<T>;
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
  /** The owner's selector; undefined when it can't be read. */
  selectorOf(owner: T): LabelSelector | undefined;
  /** How many pods the owner of this key had when it was last looked at. */
  podsOf(key: string): number;
}

/** Pods from which on changes are gathered: each look visits every pod. */
const many = 100;
const longestDelayMs = 250;

/** A look visits every pod of an owner, so large ones look less often: at 1000 pods up to ten times a second. */
export function gatheringDelayMs(podCount: number): number {
  return podCount < many ? 0 : Math.min(podCount / 10, longestDelayMs);
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Handlers of pod changes. */
export function podWakeUps<T extends ReplicaOwner>(options: WakeUpOptions<T>): InformerHandler<Pod> {
  const { kind, owners, queue, expectations, selectorOf, podsOf } = options;

  const controllerFor = (pod: Pod): T | undefined =>
    resolveController(kind.resource, owners.lister, pod.metadata.namespace ?? '', controllerOf(pod));

  const soon = (owner: T): void => {
    const key = keyOf(owner);
    queue.addAfter(key, gatheringDelayMs(podsOf(key)));
  };

  /** At once when the owner waits for nothing more, that is when it can act. */
  const wake = (owner: T): void => {
    if (expectations.satisfied(keyOf(owner))) queue.add(keyOf(owner));
    else soon(owner);
  };

  /** Those who might adopt the pod. */
  const wakeSelecting = (pod: Pod): void => {
    for (const owner of owners.lister.inNamespace(pod.metadata.namespace ?? '')) {
      const selector = selectorOf(owner);
      if (selector && !selector.isEmpty() && selector.matches(pod.metadata.labels)) soon(owner);
    }
  };

  const deleted = (pod: Pod): void => {
    const owner = controllerFor(pod);
    if (!owner) return;
    expectations.deletionObserved(keyOf(owner), keyOf(pod));
    wake(owner);
  };

  const added = (pod: Pod): void => {
    // after a restart a new pod may already be on its way out; it must not count as created
    if (pod.metadata.deletionTimestamp) {
      deleted(pod);
      return;
    }
    if (!controllerOf(pod)) {
      wakeSelecting(pod);
      return;
    }
    const owner = controllerFor(pod);
    if (!owner) return;
    expectations.creationObserved(keyOf(owner));
    wake(owner);
  };

  const updated = (old: Pod, pod: Pod): void => {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    // to be deleted counts as deleted: a replacement is made at once
    if (pod.metadata.deletionTimestamp) {
      deleted(pod);
      return;
    }
    const refChanged = controllerOf(old)?.uid !== controllerOf(pod)?.uid;
    const oldOwner = refChanged ? controllerFor(old) : undefined;
    if (oldOwner) wake(oldOwner);
    if (!controllerOf(pod)) {
      if (refChanged || !sameJson(old.metadata.labels, pod.metadata.labels)) wakeSelecting(pod);
      return;
    }
    const owner = controllerFor(pod);
    if (!owner) return;
    soon(owner);
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod))
      queue.addAfter(keyOf(owner), minReadySeconds * 1000);
  };

  return { added: (pod) => added(pod), updated, deleted };
}
