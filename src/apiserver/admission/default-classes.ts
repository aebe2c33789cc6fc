// A claim that names no class gets the default one, an ingress likewise.
// Upstream: plugin/pkg/admission/storage/storageclass/setdefault/admission.go and .../network/defaultingressclass in kubernetes/kubernetes.
import type { PersistentVolumeClaim } from '#types/core_v1';
import type { Ingress } from '#types/networking.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { parseTime } from '../../api/time.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionStep } from './admission.ts';

/** The newest object that carries one of the annotations with the value true; of equal age the first by name. */
function annotated(resource: ServedResource, annotations: readonly string[]): KubeObject | undefined {
  const found = resource
    .cache!.list({ prefix: resource.prefix })
    .objects.map((o) => parseObject(o.bytes))
    .filter((o) => annotations.some((a) => o.metadata.annotations?.[a] === 'true'));
  const created = (o: KubeObject): number =>
    parseTime(o.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z');
  return found.sort(
    (a, b) => created(b) - created(a) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
  )[0];
}

/** `classes`: the resource of StorageClasses. */
export function defaultStorageClass(classes: () => ServedResource): AdmissionStep {
  return {
    name: 'DefaultStorageClass',
    admit(request) {
      const { group, resource } = request.resource.groupResource;
      if (
        request.operation !== 'CREATE' ||
        request.subresource !== '' ||
        group !== '' ||
        resource !== 'persistentvolumeclaims'
      )
        return;
      const claim = request.object as unknown as PersistentVolumeClaim;
      if (
        claim.spec.storageClassName !== undefined ||
        claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
      )
        return;
      const found = annotated(classes(), [
        'storageclass.kubernetes.io/is-default-class',
        'storageclass.beta.kubernetes.io/is-default-class',
      ]);
      if (found) claim.spec.storageClassName = found.metadata.name;
    },
  };
}

/** `classes`: the resource of IngressClasses. */
export function defaultIngressClass(classes: () => ServedResource): AdmissionStep {
  return {
    name: 'DefaultIngressClass',
    admit(request) {
      const { group, resource } = request.resource.groupResource;
      if (
        request.operation !== 'CREATE' ||
        request.subresource !== '' ||
        group !== 'networking.k8s.io' ||
        resource !== 'ingresses'
      )
        return;
      const ingress = request.object as unknown as Ingress;
      if (
        ingress.spec.ingressClassName !== undefined ||
        ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined
      )
        return;
      const found = annotated(classes(), ['ingressclass.kubernetes.io/is-default-class']);
      if (found) ingress.spec.ingressClassName = found.metadata.name;
    },
  };
}
