// PodResizeValidator: a pod grows no further than its node, and only where nodes know how.
// Upstream: plugin/pkg/admission/podresize/admission.go in kubernetes/kubernetes.
import type { Node, Pod } from '#types/core_v1';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import type { ApiError } from '../../api/status.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { refusal } from './refusal.ts';
import { podRequests } from './resource-quota/pod-resources.ts';

function shortages(pod: Pod, node: Node): string[] {
  const requests = podRequests(pod);
  const shown = { cpu: (q: Quantity) => q.milliValue(), memory: (q: Quantity) => q.value() };
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const requested = parseQuantity(requests[resource] ?? '0');
    const allocatable = parseQuantity(node.status.allocatable?.[resource] ?? '0');
    if (requested.compare(allocatable) <= 0) return [];
    const [wanted, there] = [requested, allocatable].map(shown[resource]);
    return [`${resource}, requested: ${wanted}, allocatable: ${there}`];
  });
}

function withCause(error: ApiError, reason: string): ApiError {
  error.status.details = { ...error.status.details, causes: [{ reason }] };
  return error;
}

function check(request: AdmissionRequest, pod: Pod, node: Node): void {
  const system = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
  if (system !== 'linux') {
    const name = JSON.stringify(node.metadata.name);
    const why = `pod resize is only supported on linux nodes, node ${name} is ${JSON.stringify(system)}`;
    throw withCause(refusal(request, why), 'UnsupportedPlatform');
  }
  const lacking = shortages(pod, node);
  if (lacking.length > 0) {
    const why = `node didn't have enough allocatable resources: ${lacking.join('; ')}`;
    throw withCause(refusal(request, why), 'NodeCapacity');
  }
}

/** `nodes`: the resource whose objects are looked up. */
export function podResize(nodes: () => ServedResource): AdmissionStep {
  return {
    name: 'PodResizeValidator',
    validate(request) {
      const { operation, resource, subresource, object, oldObject } = request;
      const { group, resource: plural } = resource.groupResource;
      if (subresource !== 'resize' || operation !== 'UPDATE' || group !== '' || plural !== 'pods') return;
      const pod = object as unknown as Pod;
      const { nodeName } = pod.spec;
      // the generation counts changes of the spec
      if (!nodeName || oldObject?.metadata.generation === pod.metadata.generation) return;
      const found = nodes().cache!.get(`nodes/${nodeName}`);
      if (!found) throw refusal(request, `node ${JSON.stringify(nodeName)} not found`);
      check(request, pod, parseObject(found.bytes) as unknown as Node);
    },
  };
}
