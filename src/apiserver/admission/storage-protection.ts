// Volumes, claims and attributes classes in use are not deleted from under others: a finalizer holds them.
// Upstream: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go in kubernetes/kubernetes.
import type { AdmissionStep } from './admission.ts';

const finalizers: Record<string, string> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

export const storageProtection: AdmissionStep = {
  name: 'StorageObjectInUseProtection',
  admit(request) {
    const { group, resource } = request.resource.groupResource;
    const finalizer = finalizers[group === '' ? resource : `${resource}.${group}`];
    if (!finalizer || request.operation !== 'CREATE' || request.subresource !== '') return;
    const { metadata } = request.object!;
    if (!metadata.finalizers?.includes(finalizer))
      metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
};
