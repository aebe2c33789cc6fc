// The volume claims of a pod, by how far their binding is.
// Upstream: GetPodVolumeClaims in plugins/volumebinding/binder.go, podHasPVCs in volume_binding.go.
import type { PersistentVolumeClaim, Pod, Volume } from '#types/core_v1';
import type { StorageClass } from '#types/storage.k8s.io_v1';
import type { Lister } from '../../../client/object-store.ts';

/** Claims of one pod. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Waiting for a pod: bound to a volume that the chosen node reaches. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** Not bound though they should be, whatever the node. */
  readonly unbound: readonly PersistentVolumeClaim[];
}

/** Where claims come from. */
export interface ClaimListers {
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly classes: Lister<StorageClass>;
}

const bindCompleted = 'pv.kubernetes.io/bind-completed';

/** Whether the volume controller is through with the claim. */
export function isBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[bindCompleted] !== undefined;
}

/** The class of a claim; '' for none. */
export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}

/** The name of the claim that a volume of the pod uses. */
export function claimName(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined;
}

/** Why a claim can't be used; undefined when it can. */
function faultOf(
  pod: Pod,
  volume: Volume,
  name: string,
  claim: PersistentVolumeClaim | undefined,
): string | undefined {
  if (!claim) {
    return volume.ephemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`;
  if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  if (!volume.ephemeral) return undefined;
  const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner?.uid === pod.metadata.uid) return undefined;
  return `PVC ${pod.metadata.namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
}

function isDelayed(claim: PersistentVolumeClaim, classes: Lister<StorageClass>): boolean {
  const className = classOfClaim(claim);
  return classes.get(className)?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.spec.volumeName;
}

/** Sorts the pod's claims; undefined when it has none; a text when one can't be used. */
export function claimsOfPod({ claims, classes }: ClaimListers, pod: Pod): PodClaims | string | undefined {
  const found: PersistentVolumeClaim[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimName(pod, volume);
    if (name === undefined) continue;
    const claim = claims.get(`${pod.metadata.namespace}/${name}`);
    const fault = faultOf(pod, volume, name, claim);
    if (fault !== undefined) return fault;
    found.push(claim!);
  }
  if (found.length === 0) return undefined;
  const open = found.filter((claim) => !isBound(claim));
  return {
    bound: found.filter(isBound),
    delayed: open.filter((claim) => isDelayed(claim, classes)),
    unbound: open.filter((claim) => !isDelayed(claim, classes)),
  };
}
