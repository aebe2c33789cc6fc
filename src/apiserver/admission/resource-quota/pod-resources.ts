// What a pod takes of a node: what it asks for, or what a resize under way has made of that.
// Upstream: PodRequests and PodLimits in k8s.io/component-helpers/resource/helpers.go.
import type { Container, ContainerStatus, Pod } from '#types/core_v1';
import { compareQuantities, parseQuantity } from '../../../api/quantity.ts';
import { isSidecar } from '../../../kinds/pod-spec/containers-of.ts';
import { addResources, type ResourceList, sumOfContainers } from '../../../kinds/pod-spec/resources.ts';
import { isPodLevelResource } from '../../../kinds/validation/resource-names.ts';

type ListName = 'requests' | 'limits';

function isResizeInfeasible({ status }: Pod): boolean {
  return status?.conditions?.find((c) => c.type === 'PodResizePending')?.reason === 'Infeasible';
}

/** The larger value of each name. */
function largest(lists: readonly (ResourceList | undefined)[]): ResourceList {
  const most: ResourceList = {};
  for (const list of lists)
    for (const name in list)
      if (most[name] === undefined || compareQuantities(list[name]!, most[name]) > 0)
        most[name] = list[name]!;
  return most;
}

/** A container's list as it is now. */
function effective(container: Container, pod: Pod, list: ListName, status: ContainerStatus): ResourceList {
  const wanted = isResizeInfeasible(pod) ? undefined : container.resources?.[list];
  const allocated = list === 'requests' ? status.allocatedResources : undefined;
  return largest([wanted, status.resources?.[list], allocated]);
}

/** The containers with what they have now in the place of what they ask for. */
function withEffective(
  containers: readonly Container[] | null | undefined,
  statuses: readonly ContainerStatus[] | undefined,
  pod: Pod,
  list: ListName,
): Container[] {
  return (containers ?? []).map((container) => {
    const status = statuses?.find(({ name }) => name === container.name);
    if (!status?.resources) return container;
    const resources = { ...container.resources, [list]: effective(container, pod, list, status) };
    return { ...container, resources };
  });
}

function sumOf(pod: Pod, list: ListName): ResourceList {
  const { spec, status } = pod;
  const init = (spec.initContainers ?? []).flatMap((container) =>
    isSidecar(container) ? withEffective([container], status?.initContainerStatuses, pod, list) : [container],
  );
  const containers = withEffective(spec.containers, status?.containerStatuses, pod, list);
  const sum = sumOfContainers({ ...spec, containers, initContainers: init }, list);
  const own = spec.resources?.[list] ?? {};
  for (const name in own) if (isPodLevelResource(name)) sum[name] = own[name]!;
  return sum;
}

/** Whether the pod as a whole asks for something, so that its containers need not. */
export function hasPodResources({ spec: { resources } }: Pod): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).some(isPodLevelResource);
}

/** All that the pod requests, its overhead included. */
export function podRequests(pod: Pod): ResourceList {
  const requests = sumOf(pod, 'requests');
  addResources(requests, pod.spec.overhead);
  return requests;
}

/** The pod's limits; its overhead raises those that there are. */
export function podLimits(pod: Pod): ResourceList {
  const limits = sumOf(pod, 'limits');
  for (const [name, value] of Object.entries(pod.spec.overhead ?? {}))
    if (limits[name] !== undefined && !parseQuantity(limits[name]).isZero())
      addResources(limits, { [name]: value });
  return limits;
}
