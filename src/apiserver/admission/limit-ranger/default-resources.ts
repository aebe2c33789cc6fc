// The requests and limits of a LimitRange, given to containers that state none.
// Upstream: PodMutateLimitFunc in plugin/pkg/admission/limitranger/admission.go in kubernetes/kubernetes.
import type { Container, LimitRange, Pod } from '#types/core_v1';
import type { ResourceList } from '../../../kinds/pod-spec/resources.ts';

const annotation = 'kubernetes.io/limit-ranger';

/** Adds what is missing; returns the sorted names of what was added. */
function fillIn(list: ResourceList, defaults: ResourceList): string[] {
  const added = Object.keys(defaults).filter((name) => list[name] === undefined);
  for (const name of added) list[name] = defaults[name]!;
  return added.sort();
}

/** Fills in one container and notes what was done. */
function fillContainer(
  container: Container,
  what: string,
  defaults: { requests: ResourceList; limits: ResourceList },
  notes: string[],
): void {
  const limits = { ...container.resources?.limits };
  const requests = { ...container.resources?.requests };
  const limitNames = fillIn(limits, defaults.limits);
  const requestNames = fillIn(requests, defaults.requests);
  if (requestNames.length > 0) notes.push(`${requestNames.join(', ')} request for ${what} ${container.name}`);
  if (limitNames.length > 0) notes.push(`${limitNames.join(', ')} limit for ${what} ${container.name}`);
  if (requestNames.length + limitNames.length > 0)
    container.resources = { ...container.resources, limits, requests };
}

/** Fills in the containers of `pod` in place; an annotation tells what was set. */
export function setDefaultResources({ spec: { limits } }: LimitRange, pod: Pod): void {
  const ofContainers = (limits ?? []).filter(({ type }) => type === 'Container');
  const defaults = {
    requests: Object.assign({}, ...ofContainers.map((item) => item.defaultRequest)) as ResourceList,
    limits: Object.assign({}, ...ofContainers.map((item) => item.default)) as ResourceList,
  };
  const notes: string[] = [];
  for (const container of pod.spec.containers ?? []) fillContainer(container, 'container', defaults, notes);
  for (const container of pod.spec.initContainers ?? [])
    fillContainer(container, 'init container', defaults, notes);
  if (notes.length === 0) return;
  const text = `LimitRanger plugin set: ${notes.join('; ')}`;
  pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: text };
}
