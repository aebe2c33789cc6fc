// Requests that a pod does not state follow from its limits; those of the pod as a whole from its containers.
// Upstream: SetDefaults_Pod in k8s.io/kubernetes/pkg/apis/core/v1/defaults.go.
import type { Container, PodSpec } from '#types/core_v1';
import { memberAsSent, noteSentEmpty } from '../../api/schema/sent-empty.ts';
import { isHugePages, isOvercommitAllowed, isPodLevelResource } from '../validation/resource-names.ts';
import { type ResourceList, sumOfContainers } from './resources.ts';

function setRequests(container: Container): void {
  const { resources } = container;
  if (!resources) return;
  if (!resources.limits) {
    // limits that are there and empty make such requests
    if (memberAsSent(resources, 'limits') && !resources.requests) noteSentEmpty(resources, 'requests', {});
    return;
  }
  resources.requests ??= {};
  for (const name in resources.limits) resources.requests[name] ??= resources.limits[name]!;
}

function setPodHugePages(spec: PodSpec): void {
  const { resources } = spec;
  if (!resources) return;
  const { limits = {}, requests = {} } = resources;
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return;
  const own: ResourceList = { ...limits };
  const sum = sumOfContainers(spec, 'limits');
  for (const name in sum) if (isHugePages(name) && requests[name] === undefined) own[name] ??= sum[name]!;
  if (Object.keys(own).length > 0) resources.limits = own;
}

function setPodRequests(spec: PodSpec): void {
  const { resources } = spec;
  const limits = resources?.limits ?? {};
  if (!resources || Object.keys(limits).length === 0) return;
  const own: ResourceList = { ...resources.requests };
  const sum = sumOfContainers(spec, 'requests');
  for (const name in sum) if (isPodLevelResource(name) && isOvercommitAllowed(name)) own[name] ??= sum[name]!;
  for (const name in limits) if (isPodLevelResource(name)) own[name] ??= limits[name]!;
  if (Object.keys(own).length > 0) resources.requests = own;
}

/** Fills requests of containers and of the pod. */
export function setPodResourceDefaults(spec: PodSpec): void {
  if (spec.containers) for (const container of spec.containers) setRequests(container);
  if (spec.initContainers) for (const container of spec.initContainers) setRequests(container);
  if (!spec.resources) return;
  setPodHugePages(spec);
  setPodRequests(spec);
}
