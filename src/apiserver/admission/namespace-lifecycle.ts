// Nothing is made in a namespace that is missing or going away; three namespaces stay.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
import { forbidden, notFound } from '../../api/status.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionStep } from './admission.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);
// Reviews store nothing, so it does not matter where they are asked.
const accessReviews = new Set(['localsubjectaccessreviews']);

/** `namespaces`: the resource whose objects are looked up. */
export function namespaceLifecycle(namespaces: () => ServedResource): AdmissionStep {
  return {
    name: 'NamespaceLifecycle',
    admit(request) {
      const { operation, namespace, resource } = request;
      if (operation !== 'CREATE' || namespace === '' || !resource.definition.namespaced) return;
      if (accessReviews.has(resource.groupResource.resource)) return;
      const found = namespaces().cache!.get(`namespaces/${namespace}`);
      if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
      // Parsed only where it says "Terminating": creates are frequent, deletions rare.
      if (!found.bytes.includes('"deletionTimestamp"')) return;
      const { metadata } = parseObject(found.bytes);
      if (!metadata.deletionTimestamp) return;
      const error = forbidden(
        resource.groupResource,
        request.name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
      error.status.details = {
        ...error.status.details,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      };
      throw error;
    },
    validate(request) {
      const { operation, resource, name } = request;
      if (
        operation !== 'DELETE' ||
        resource.groupResource.group !== '' ||
        resource.groupResource.resource !== 'namespaces'
      )
        return;
      if (immortal.has(name))
        throw forbidden(resource.groupResource, name, 'this namespace may not be deleted');
    },
  };
}
