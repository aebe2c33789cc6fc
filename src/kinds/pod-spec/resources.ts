// Requests, limits and claims of containers and of a pod as a whole; sums over containers; quality of service.
// Upstream: validateResourceRequirements in k8s.io/kubernetes/pkg/apis/core/validation/validation.go,
// k8s.io/component-helpers/resource/helpers.go, pkg/apis/core/helper/qos/qos.go.
import type { Pod, PodSpec, ResourceClaim, ResourceRequirements } from '#types/core_v1';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel } from '../validation/names.ts';
import {
  isHugePages,
  isOvercommitAllowed,
  isWholeHugePages,
  validateContainerResourceName,
  validatePodResourceName,
  validateResourceQuantity,
} from '../validation/resource-names.ts';
import { isSidecar } from './containers-of.ts';
import type { PodSpecOptions } from './options.ts';

/** Resource names to quantities. */
export type ResourceList = Record<string, string>;

type NameRule = (errors: FieldErrors, name: string, path: string) => void;

function validateHugePages(
  errors: FieldErrors,
  name: string,
  value: string,
  path: string,
  options: PodSpecOptions,
): boolean {
  if (!isHugePages(name)) return false;
  if (!options.allowIndivisibleHugePages && !isWholeHugePages(name, value))
    errors.invalid(path, value, `${value} is not positive integer multiple of ${name}`);
  return true;
}

function validateClaims(
  errors: FieldErrors,
  claims: readonly ResourceClaim[],
  podClaims: ReadonlySet<string>,
  path: string,
): void {
  const names = new Set<string>();
  claims.forEach(({ name, request }, i) => {
    const at = `${path}[${i}]`;
    if (!name) {
      errors.required(at);
      return;
    }
    if (names.has(name)) errors.duplicate(at, name);
    else {
      if (request) errors.invalids(`${at}.request`, request, dnsLabel(request));
      const key = request ? `${name}/${request}` : name;
      if (names.has(key)) errors.duplicate(at, key);
      else if (!request)
        for (const other of names)
          if (other.includes('/') && other.slice(0, other.indexOf('/')) === name) errors.duplicate(at, name);
      names.add(key);
    }
    if (podClaims.has(name)) return;
    const known = podClaims.size === 0 ? ' which is empty' : `: ${[...podClaims].sort().join(', ')}`;
    errors.notFound(at, name, `must be one of the names in pod.spec.resourceClaims${known}`);
  });
}

function validateRequirements(
  errors: FieldErrors,
  requirements: ResourceRequirements,
  nameRule: NameRule,
  podClaims: ReadonlySet<string>,
  path: string,
  options: PodSpecOptions,
): void {
  const { limits, requests } = requirements;
  let compute = false;
  let hugePages = false;
  for (const name in limits) {
    const value = limits[name]!;
    const at = `${path}.limits[${name}]`;
    nameRule(errors, name, at);
    validateResourceQuantity(errors, name, value, at);
    if (validateHugePages(errors, name, value, at, options)) hugePages = true;
    if (name === 'cpu' || name === 'memory') compute = true;
  }
  for (const name in requests) {
    const value = requests[name]!;
    const at = `${path}.requests[${name}]`;
    nameRule(errors, name, at);
    validateResourceQuantity(errors, name, value, at);
    const limit = limits?.[name];
    if (limit !== undefined) {
      const order = value === limit ? 0 : compareQuantities(value, limit);
      // Upstream reports these at the list.
      if (order !== 0 && !isOvercommitAllowed(name))
        errors.invalid(`${path}.requests`, value, `must be equal to ${name} limit of ${limit}`);
      else if (order > 0)
        errors.invalid(`${path}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`);
    } else if (!isOvercommitAllowed(name))
      errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    if (validateHugePages(errors, name, value, at, options)) hugePages = true;
    if (name === 'cpu' || name === 'memory') compute = true;
  }
  if (hugePages && !compute) errors.forbidden(path, 'HugePages require cpu or memory');
  if (requirements.claims) validateClaims(errors, requirements.claims, podClaims, `${path}.claims`);
}

/** Checks what a container asks for. */
export function validateContainerResources(
  errors: FieldErrors,
  requirements: ResourceRequirements | undefined,
  podClaims: ReadonlySet<string>,
  path: string,
  options: PodSpecOptions,
): void {
  if (requirements)
    validateRequirements(errors, requirements, validateContainerResourceName, podClaims, path, options);
}

/** Adds `more` to `sum`. */
export function addResources(sum: ResourceList, more: ResourceList | undefined): void {
  for (const name in more) {
    const old = sum[name];
    sum[name] =
      old === undefined ? more[name]! : parseQuantity(old).add(parseQuantity(more[name]!)).toString();
  }
}

function maxResources(most: ResourceList, other: ResourceList): void {
  for (const name in other) {
    const value = other[name]!;
    const old = most[name];
    if (old === undefined || compareQuantities(value, old) > 0) most[name] = value;
  }
}

/**
 * What a pod's containers ask for together: regular containers and sidecars at once, or the largest init container with
 * the sidecars before it.
 */
export function sumOfContainers(spec: PodSpec, list: 'requests' | 'limits'): ResourceList {
  const sum: ResourceList = {};
  for (const container of spec.containers ?? []) addResources(sum, container.resources?.[list]);
  const sidecars: ResourceList = {};
  const init: ResourceList = {};
  for (const container of spec.initContainers ?? []) {
    const own: ResourceList = { ...container.resources?.[list] };
    if (isSidecar(container)) {
      addResources(sum, own);
      addResources(sidecars, own);
      maxResources(init, sidecars);
    } else {
      addResources(own, sidecars);
      maxResources(init, own);
    }
  }
  maxResources(sum, init);
  return sum;
}

function validateConsistency(
  errors: FieldErrors,
  spec: PodSpec,
  resources: ResourceRequirements,
  path: string,
): void {
  const { requests = {}, limits = {} } = resources;
  const requested = sumOfContainers(spec, 'requests');
  for (const name in requested) {
    const own = requests[name];
    if (own !== undefined && compareQuantities(requested[name]!, own) > 0) {
      errors.invalid(
        `${path}.requests[${name}]`,
        own,
        `must be greater than or equal to aggregate container requests of ${requested[name]}`,
      );
    }
  }
  const limited = sumOfContainers(spec, 'limits');
  for (const name in limited) {
    const own = limits[name];
    if (isHugePages(name) && own !== undefined && compareQuantities(limited[name]!, own) > 0) {
      errors.invalid(
        `${path}.limits[${name}]`,
        own,
        `must be greater than or equal to aggregate container limits of ${limited[name]}`,
      );
    }
  }
  spec.containers?.forEach((container, i) => {
    for (const name in container.resources?.limits) {
      const limit = container.resources.limits[name]!;
      const own = limits[name];
      if (own !== undefined && compareQuantities(limit, own) > 0)
        errors.invalid(
          `${path}.containers[${i}][${name}].limits`,
          limit,
          `must be less than or equal to pod limits of ${own}`,
        );
    }
  });
}

/** Checks `spec.resources` of a pod. */
export function validatePodResources(
  errors: FieldErrors,
  spec: PodSpec,
  podClaims: ReadonlySet<string>,
  path: string,
  options: PodSpecOptions,
): void {
  const { resources } = spec;
  if (!resources) return;
  const at = `${path}.resources`;
  if (spec.os?.name === 'windows') {
    errors.forbidden(at, 'may not be set for a windows pod');
    return;
  }
  if (memberAsSent(resources, 'claims'))
    errors.forbidden(`${at}.claims`, 'claims may not be set for Resources at pod-level');
  validateRequirements(errors, resources, validatePodResourceName, podClaims, at, options);
  validateConsistency(errors, spec, resources, at);
}

type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

function collectQos(into: ResourceList, list: ResourceList | undefined): number {
  let found = 0;
  for (const name of ['cpu', 'memory']) {
    const value = list?.[name];
    if (value === undefined || value === '0' || compareQuantities(value, '0') <= 0) continue;
    found++;
    addResources(into, { [name]: value });
  }
  return found;
}

/** The quality of service that follows from what a pod asks for. */
export function qosClassOf(spec: PodSpec): QosClass {
  const requests: ResourceList = {};
  const limits: ResourceList = {};
  let guaranteed = true;
  const add = (resources: ResourceRequirements | undefined): void => {
    collectQos(requests, resources?.requests);
    if (collectQos(limits, resources?.limits) < 2) guaranteed = false;
  };
  if (spec.resources) {
    collectQos(requests, spec.resources.requests);
    const limited = Object.keys(spec.resources.limits ?? {}).length > 0;
    if (limited && collectQos(limits, spec.resources.limits) < 2) guaranteed = false;
  } else {
    for (const container of spec.containers ?? []) add(container.resources);
    for (const container of spec.initContainers ?? []) add(container.resources);
  }
  const asked = Object.keys(requests);
  const limited = Object.keys(limits);
  if (asked.length === 0 && limited.length === 0) return 'BestEffort';
  const same = asked.every(
    (name) => limits[name] !== undefined && compareQuantities(limits[name]!, requests[name]!) === 0,
  );
  return guaranteed && same && asked.length === limited.length ? 'Guaranteed' : 'Burstable';
}

/** The class in the status, or the one that follows from the spec. */
export function podQos(pod: Pod): string {
  return pod.status?.qosClass || qosClassOf(pod.spec);
}
