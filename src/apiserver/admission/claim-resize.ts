// PersistentVolumeClaimResize: a claim grows only once it is bound, and only where its class lets volumes grow.
// Upstream: plugin/pkg/admission/storage/persistentvolume/resize/admission.go in kubernetes/kubernetes.
import type { PersistentVolumeClaim } from '#types/core_v1';
import type { StorageClass } from '#types/storage.k8s.io_v1';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionStep } from './admission.ts';
import { refusal } from './refusal.ts';

function sizeOf(claim: PersistentVolumeClaim): Quantity {
  return parseQuantity(claim.spec.resources?.requests?.['storage'] ?? '0');
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}

/** `classes`: the resource of StorageClasses. */
export function claimResize(classes: () => ServedResource): AdmissionStep {
  const mayGrow = (name: string): boolean => {
    const found = classes().cache!.get(`${classes().prefix}${name}`);
    return !!found && (parseObject(found.bytes) as unknown as StorageClass).allowVolumeExpansion === true;
  };
  return {
    name: 'PersistentVolumeClaimResize',
    validate(request) {
      const { operation, resource, subresource, object, oldObject } = request;
      const { group, resource: plural } = resource.groupResource;
      if (operation !== 'UPDATE' || subresource !== '' || group !== '' || plural !== 'persistentvolumeclaims')
        return;
      if (!object || !oldObject) return;
      const [claim, before] = [object, oldObject] as unknown as PersistentVolumeClaim[];
      if (sizeOf(claim!).compare(sizeOf(before!)) <= 0) return;
      if (before!.status?.phase !== 'Bound')
        throw refusal(request, 'Only bound persistent volume claims can be expanded');
      const name = classOf(claim!);
      if (name === '' || name !== classOf(before!) || !mayGrow(name))
        throw refusal(
          request,
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        );
    },
  };
}
