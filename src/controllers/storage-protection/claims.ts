// A PersistentVolumeClaim that is being deleted stays until no pod on a node uses it.
// Upstream: pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
import type { PersistentVolumeClaim, Pod, Volume } from '#types/core_v1';
import { keyOf, splitKey } from '../../client/object-store.ts';
import { persistentVolumeClaims, pods } from '../../client/resources.ts';
import { controllerOf } from '../controller-ref.ts';
import { defineController } from '../define-controller.ts';
import { isPodTerminal } from '../pod-state.ts';
import { ProtectionFinalizer } from './finalizer.ts';
import { LivePods } from './live-pods.ts';

const byClaim = 'claim';

/** The claim that a volume names, or that is made for it. */
function claimName(pod: Pod, { persistentVolumeClaim, ephemeral, name }: Volume): string | undefined {
  if (persistentVolumeClaim) return persistentVolumeClaim.claimName;
  return ephemeral ? `${pod.metadata.name}-${name}` : undefined;
}

function claimKeys(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const name = claimName(pod, volume);
    return name === undefined ? [] : [`${pod.metadata.namespace}/${name}`];
  });
}

/** The kubelet is done with the pod, or it was deleted by force: finalizers may keep the rest of it. */
function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
}

/** A pod that no node has yet is not started with a claim that is being deleted. */
function uses(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName) return false;
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimName(pod, volume) !== claim.metadata.name) return false;
    if (volume.persistentVolumeClaim) return true;
    return !isShutDown(pod) && controllerOf(claim)?.uid === pod.metadata.uid;
  });
}

/** Keys are claims. */
export const claimProtection = defineController({
  name: 'persistentvolumeclaim-protection-controller',
  // so many share a reading of the pods
  workers: 100,
  setup({ client, informers, queue }) {
    const finalizer = new ProtectionFinalizer(client, persistentVolumeClaims, 'kubernetes.io/pvc-protection');
    const live = new LivePods(async (namespace) => (await client.list(pods, { namespace })).items);
    const claims = informers.informer(persistentVolumeClaims);
    const look = (claim: PersistentVolumeClaim): void => {
      if (finalizer.concerns(claim)) queue.add(keyOf(claim));
    };
    claims.addHandler({ added: look, updated: (_old, claim) => look(claim) });
    const podInformer = informers.informer(pods);
    podInformer.addIndex(byClaim, claimKeys);
    const release = (pod: Pod): void => {
      for (const key of claimKeys(pod)) queue.add(key);
    };
    const lookAtPod = (pod: Pod): void => {
      if (isPodTerminal(pod) || !pod.spec.nodeName) release(pod);
    };
    podInformer.addHandler({
      added: lookAtPod,
      updated(old, pod) {
        lookAtPod(pod);
        if (old.metadata.uid !== pod.metadata.uid) release(old);
      },
      deleted: release,
    });

    return {
      async reconcile(key) {
        const claim = claims.lister.get(key);
        if (!claim) return;
        await finalizer.settle(claim, async () => {
          if (podInformer.lister.byIndex(byClaim, key).some((pod) => uses(pod, claim))) return true;
          // the cache may not have a pod yet that was made before the deletion
          const found = await live.read(splitKey(key).namespace);
          return found.some((pod) => uses(pod, claim));
        });
      },
    };
  },
});
