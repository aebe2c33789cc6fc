// PodTopologyLabels: a pod gets the zone and the region of its node as labels when it is bound, or created with a node.
// Upstream: plugin/pkg/admission/podtopologylabels/admission.go in kubernetes/kubernetes.
import type { Binding, Pod } from '#types/core_v1';
import type { ServedResource } from '../resources.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** The node that the request puts a pod on; undefined for none. */
function nodeOf({ subresource, object }: AdmissionRequest): string | undefined {
  if (subresource === '') return (object as unknown as Pod).spec.nodeName;
  if (subresource !== 'binding') return undefined;
  // a binding may leave the kind out, but the labels are copied only where it is given
  const { target } = object as unknown as Binding;
  return target.kind === 'Node' ? target.name : undefined;
}

/** `nodes`: the resource whose objects are looked up. A node that is not there brings no labels. */
export function podTopologyLabels(nodes: () => ServedResource): AdmissionStep {
  return {
    name: 'PodTopologyLabels',
    admit(request) {
      const { operation, resource, object } = request;
      const { group, resource: plural } = resource.groupResource;
      if (operation !== 'CREATE' || group !== '' || plural !== 'pods' || !object) return;
      const name = nodeOf(request);
      const labels = name ? nodes().cache!.get(`nodes/${name}`)?.attributes().labels : undefined;
      if (!labels) return;
      for (const key of copied) {
        const value = labels[key];
        // what the pod or the binding says of it does not count
        if (value !== undefined) object.metadata.labels = { ...object.metadata.labels, [key]: value };
      }
    },
  };
}
