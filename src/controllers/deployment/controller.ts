// Runs Deployments: ReplicaSets for their templates, and the way from one to the next.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/deployment_controller.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import type { Pod } from '#types/core_v1';
import { type LabelSelector, SelectorError, selectorOfObject } from '../../api/label-selector.ts';
import { parseTime } from '../../api/time.ts';
import { isNamespaceTerminating } from '../../client/api-errors.ts';
import type { InformerHandler } from '../../client/informer.ts';
import { keyOf } from '../../client/object-store.ts';
import { deployments, pods as podResource, replicaSets } from '../../client/resources.ts';
import {
  claim,
  controlledBy,
  controllerOf,
  indexByController,
  orphansIn,
  resolveController,
} from '../controller-ref.ts';
import { defineController } from '../define-controller.ts';
import { WrittenVersions } from '../written-versions.ts';
import { findCondition } from './conditions.ts';
import { hasProgressDeadline } from './fenceposts.ts';
import { lookAtDeployment } from './reconcile.ts';
import { isComplete } from './status.ts';
import { DeploymentWriter } from './writer.ts';

/** Keys are Deployments. */
export const deploymentController = defineController({
  name: 'deployment-controller',
  setup({ client, informers, clock, events, queue }) {
    const all = informers.informer(deployments);
    const sets = informers.informer(replicaSets);
    const pods = informers.informer(podResource);
    const written = new WrittenVersions(clock);
    indexByController(sets as never);
    indexByController(pods as never);

    const ownerOf = (set: ReplicaSet): Deployment | undefined =>
      resolveController(deployments, all.lister, set.metadata.namespace ?? '', controllerOf(set));

    all.addHandler({
      added: (deployment) => queue.add(keyOf(deployment)),
      updated: (_old, deployment) => queue.add(keyOf(deployment)),
      deleted: (deployment) => {
        written.forget(keyOf(deployment));
        queue.add(keyOf(deployment));
      },
    });
    sets.addHandler(setWakeUps());
    pods.addHandler({ deleted: wakeForLastPod });

    /** Which Deployments a change of a ReplicaSet concerns. */
    function setWakeUps(): InformerHandler<ReplicaSet> {
      const wakeOwner = (set: ReplicaSet): void => {
        const owner = ownerOf(set);
        if (owner) queue.add(keyOf(owner));
      };
      const wakeSelecting = (set: ReplicaSet): void => {
        for (const deployment of all.lister.inNamespace(set.metadata.namespace ?? '')) {
          const selector = selectorOf(deployment);
          if (selector && !selector.isEmpty() && selector.matches(set.metadata.labels))
            queue.add(keyOf(deployment));
        }
      };
      return {
        added(set) {
          if (controllerOf(set)) wakeOwner(set);
          else if (!set.metadata.deletionTimestamp) wakeSelecting(set);
        },
        updated(old, set) {
          if (old.metadata.resourceVersion === set.metadata.resourceVersion) return;
          const refChanged = controllerOf(old)?.uid !== controllerOf(set)?.uid;
          if (refChanged) wakeOwner(old);
          if (controllerOf(set)) wakeOwner(set);
          else if (refChanged || JSON.stringify(old.metadata.labels) !== JSON.stringify(set.metadata.labels))
            wakeSelecting(set);
        },
        deleted(set) {
          const owner = ownerOf(set);
          if (!owner) return;
          written.deleted(keyOf(owner), set);
          queue.add(keyOf(owner));
        },
      };
    }

    /** A Deployment that recreates goes on when the last pod has ended. */
    function wakeForLastPod(pod: Pod): void {
      const namespace = pod.metadata.namespace ?? '';
      const set = resolveController(replicaSets, sets.lister, namespace, controllerOf(pod));
      const owner = set && ownerOf(set);
      if (owner?.spec.strategy?.type !== 'Recreate') return;
      const hasPods = controlledBy(sets.lister, owner.metadata.uid!).some(
        (own) => controlledBy(pods.lister, own.metadata.uid!).length > 0,
      );
      if (!hasPods) queue.add(keyOf(owner));
    }

    /** Asks again when the deadline will have passed. */
    function lookWhenStuck(key: string, deployment: Deployment): void {
      const { status } = deployment;
      const condition = findCondition(status?.conditions, 'Progressing');
      if (!hasProgressDeadline(deployment) || !condition) return;
      if (isComplete(deployment, status) || condition.reason === 'ProgressDeadlineExceeded') return;
      const since = condition.lastUpdateTime ? parseTime(condition.lastUpdateTime) : 0;
      const left = since + deployment.spec.progressDeadlineSeconds! * 1000 - clock.now();
      // a second more, because times in the API have no fractions
      queue.addAfter(key, Math.max(left, 0) + 1000);
    }

    return {
      async reconcile(key) {
        const deployment = all.lister.get(key);
        if (!deployment) {
          written.forget(key);
          return;
        }
        const behind = written.behind(key);
        if (behind > 0) {
          queue.addAfter(key, behind);
          return;
        }
        const writer = new DeploymentWriter(deployment, {
          client,
          events,
          clock,
          deployments: all,
          replicaSets: sets,
          written,
        });
        const selector = selectorOf(deployment);
        if (!selector) throw new Error(`deployment ${key} has an invalid label selector`);
        if (selector.isEmpty()) {
          await refuseToSelectAll(writer);
          return;
        }
        const owned = await claim({
          client,
          owner: deployment,
          ownerResource: deployments,
          resource: replicaSets,
          candidates: [
            ...controlledBy(sets.lister, deployment.metadata.uid!),
            ...orphansIn(sets.lister, deployment.metadata.namespace!),
          ],
          matches: (set) => selector.matches(set.metadata.labels),
        });
        try {
          const look = await lookAtDeployment(writer, owned, (uid) => controlledBy(pods.lister, uid));
          if (look.mayBeStuck) lookWhenStuck(key, writer.deployment);
        } catch (error) {
          // nothing can be created any more, and need not be
          if (!isNamespaceTerminating(error)) throw error;
        }
      },
    };
  },
});

/** Selectors of cached objects are parsed once. */
const selectors = new WeakMap<Deployment, LabelSelector>();

function selectorOf(deployment: Deployment): LabelSelector | undefined {
  let selector = selectors.get(deployment);
  if (selector) return selector;
  try {
    selector = selectorOfObject(deployment.spec.selector);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
  selectors.set(deployment, selector);
  return selector;
}

async function refuseToSelectAll(writer: DeploymentWriter): Promise<void> {
  const { metadata, status } = writer.deployment;
  writer.event(
    'Warning',
    'SelectingAll',
    'This deployment is selecting all pods. A non-empty selector is required.',
  );
  if ((status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)) return;
  await writer.writeStatus({ ...status, observedGeneration: metadata.generation });
}
