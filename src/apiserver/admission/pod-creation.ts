// Narrows an admission request to the creation of a pod.
import type { Pod } from '#types/core_v1';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from './admission.ts';

/** The pod that is being created or updated; undefined for anything else and for subresources. */
export function podOf(
  request: AdmissionRequest,
  operation: 'CREATE' | 'UPDATE',
): (Pod & KubeObject) | undefined {
  const { group, resource } = request.resource.groupResource;
  if (request.operation !== operation || request.subresource !== '' || group !== '' || resource !== 'pods')
    return undefined;
  return request.object as Pod & KubeObject;
}
