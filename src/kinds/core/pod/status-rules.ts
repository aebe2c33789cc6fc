// The rules of the status subresource of pods.
// Upstream: ValidatePodStatusUpdate in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Container, ContainerStatus, Pod, PodSpec } from '#types/core_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import { internalJson } from '../../internal-json.ts';
import { validatePodAnnotations, validatePodAnnotationUpdate } from '../../pod-spec/annotations.ts';

import { podOptions } from '../../pod-spec/options-of.ts';
import { isDualStack, parseIpSloppy, validateLegacyIp } from '../../validation/addresses.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, longerThan, qualifiedName, unixId } from '../../validation/names.ts';
import { validateImmutable } from '../../validation/numbers.ts';
import { isNativeResource } from '../../validation/resource-names.ts';

const systemConditions = new Set(['PodScheduled', 'Ready', 'Initialized']);
const notNegative = 'must be a non-negative integer';

function validateConditions(errors: FieldErrors, pod: Pod): void {
  pod.status.conditions?.forEach(({ type, observedGeneration = 0 }, i) => {
    const at = `status.conditions[${i}]`;
    if (observedGeneration < 0) errors.invalid(`${at}.observedGeneration`, observedGeneration, notNegative);
    if (!systemConditions.has(type)) errors.invalids(`${at}.Type`, type, qualifiedName(type));
  });
}

function validateNominated(errors: FieldErrors, pod: Pod, old: Pod): void {
  const name = pod.status.nominatedNodeName ?? '';
  if (name === '' || name === (old.status.nominatedNodeName ?? '')) return;
  errors.invalids('status.nominatedNodeName', name, dnsSubdomain(name));
  if (old.spec.nodeName)
    errors.forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node');
}

type Rule = { action?: string; exitCodes?: { operator?: string; values?: number[] } };

function matchingAction(rules: readonly Rule[] | undefined, exitCode: number): string | undefined {
  return rules?.find(({ exitCodes }) => {
    const listed = exitCodes?.values?.includes(exitCode) === true;
    return exitCodes?.operator === 'In' ? listed : exitCodes?.operator === 'NotIn' && !listed;
  })?.action;
}

function shouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (matchingAction(container.restartPolicyRules, exitCode) === 'Restart') return true;
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function couldRestartAll(spec: PodSpec): boolean {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].some((container) =>
    container.restartPolicyRules?.some((rule) => rule.action === 'RestartAllContainers'),
  );
}

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';

/** A container that has ended stays so, unless it may restart. */
function validateTransitions(
  errors: FieldErrors,
  list: StatusList,
  pod: Pod,
  old: Pod,
  mayRestart: (name: string, exitCode: number) => boolean,
): void {
  old.status[list]?.forEach((status, i) => {
    const ended = status.state?.terminated;
    if (!ended) return;
    const now = pod.status[list]?.find(
      (candidate) => candidate.name === status.name && !candidate.state?.terminated,
    );
    if (now && !mayRestart(status.name, ended.exitCode))
      errors.forbidden(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state');
  });
}

function validateStates(errors: FieldErrors, pod: Pod, old: Pod): void {
  const restartable =
    (containers: readonly Container[] | null | undefined) => (name: string, code: number) => {
      const container = containers?.find((candidate) => candidate.name === name);
      return container !== undefined && shouldRestart(container, old.spec, code);
    };
  if (!couldRestartAll(old.spec)) {
    validateTransitions(errors, 'containerStatuses', pod, old, restartable(old.spec.containers));
    validateTransitions(errors, 'initContainerStatuses', pod, old, restartable(old.spec.initContainers));
  }
  validateTransitions(errors, 'ephemeralContainerStatuses', pod, old, () => false);
}

function validateClaimStatuses(errors: FieldErrors, pod: Pod): void {
  const seen = new Set<string>();
  pod.status.resourceClaimStatuses?.forEach(({ name, resourceClaimName }, i) => {
    const at = `status.resourceClaimStatuses[${i}]`;
    if (!pod.spec.resourceClaims?.some((claim) => claim.name === name))
      errors.invalid(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`');
    if (seen.has(name)) errors.duplicate(`${at}.name`, name);
    seen.add(name);
    if (resourceClaimName !== undefined)
      errors.invalids(`${at}.resourceClaimName`, resourceClaimName, dnsSubdomain(resourceClaimName));
  });
  validateExtendedClaim(errors, pod);
  validateAllocatableClaims(errors, pod);
}

function validateExtendedClaim(errors: FieldErrors, pod: Pod): void {
  const status = pod.status.extendedResourceClaimStatus;
  if (!status) return;
  const path = 'status.extendedResourceClaimStatus';
  const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
  const mappings = status.requestMappings ?? [];
  if (mappings.length === 0)
    errors.required(`${path}.requestMappings`, 'at least one request mapping is required');
  const seen = new Set<string>();
  mappings.forEach(({ containerName, resourceName, requestName }, i) => {
    const at = `${path}.requestMappings[${i}]`;
    const container = containers.find((candidate) => candidate.name === containerName);
    if (!container) {
      errors.invalid(
        `${at}.containerName`,
        containerName,
        'must match the name of an entry in spec.initContainers.name or spec.containers.name',
      );
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      errors.invalid(
        `${at}.resourceName`,
        resourceName,
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
      );
    }
    errors.invalids(`${path}.requestName`, requestName, dnsLabel(requestName));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key)) {
      errors.duplicate(`${at}.containerName`, containerName);
      errors.duplicate(`${at}.resourceName`, resourceName);
      errors.duplicate(`${at}.requestName`, requestName);
    }
    seen.add(key);
  });
  const name = status.resourceClaimName;
  if (!name) errors.required(`${path}.resourceClaimName`);
  else errors.invalids(`${path}.resourceClaimName`, name, dnsSubdomain(name));
}

function validateAllocatableClaims(errors: FieldErrors, pod: Pod): void {
  pod.status.nodeAllocatableResourceClaimStatuses?.forEach((status, i) => {
    const at = `status.nodeAllocatableResourceClaimStatuses[${i}]`;
    const name = status.resourceClaimName;
    if (!name) errors.required(`${at}.resourceClaimName`, 'must not be empty');
    const refs = [...(pod.spec.resourceClaims ?? []), ...(pod.status.resourceClaimStatuses ?? [])];
    if (!refs.some((ref) => ref.resourceClaimName === name))
      errors.invalid(`${at}.resourceClaimName`, name, 'no mapping found in pod reference');
    if (!status.containers?.length) errors.required(`${at}.containers`, 'must not be empty');
    const resources = status.resources ?? {};
    if (Object.keys(resources).length === 0) errors.required(`${at}.resources`, 'must not be empty');
    for (const [resource, quantity] of Object.entries(resources)) {
      const key = `${at}.resources[${resource}]`;
      if (!isNativeResource(resource))
        errors.invalid(key, resource, 'must be a node allocatable resource name');
      if (compareQuantities(quantity, '0') < 0) errors.invalid(key, quantity, 'must be non-negative');
    }
  });
}

function validateAddresses(errors: FieldErrors, pod: Pod, old: Pod): void {
  const { hostIPs = [], podIPs = [] } = pod.status;
  const check = (field: 'podIPs' | 'hostIPs', type: 'PodIP' | 'HostIP'): void => {
    const list = pod.status[field] ?? [];
    const kept = (old.status[field] ?? []).map(({ ip }) => ip);
    list.forEach(({ ip }, i) => {
      validateLegacyIp(errors, `status.${field}[${i}]`, ip, kept);
    });
    if (list.length < 2) return;
    const dual = isDualStack(list.map(({ ip }) => ip));
    if (dual === undefined) {
      const bad = list.findIndex(({ ip }) => parseIpSloppy(ip) === undefined);
      errors.internal(
        `status.${field}`,
        `failed to check for dual stack with error:invalid IP[${bad}]: ${list[bad]!.ip}`,
      );
    }
    if (!dual || list.length > 2) {
      const shown = list.map((item) => internalJson(item, type));
      errors.invalid(`status.${field}`, shown, 'may specify no more than one IP for each IP family');
    }
  };
  if (podIPs.length > 0) check('podIPs', 'PodIP');
  if (hostIPs.length === 0) return;
  if ((pod.status.hostIP ?? '') !== hostIPs[0]!.ip)
    errors.invalid('status.hostIPs[0].ip', hostIPs[0]!.ip, 'must be equal to `hostIP`');
  check('hostIPs', 'HostIP');
}

function validateUsers(errors: FieldErrors, pod: Pod): void {
  const os = pod.spec.os?.name ?? 'linux';
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const) {
    pod.status[list]?.forEach(({ user }, i) => {
      const linux = user?.linux;
      if (!linux) return;
      const at = `status.${list}[${i}].user.linux`;
      if (os === 'windows') errors.forbidden(at, 'cannot be set for a windows pod');
      if (os !== 'linux') return;
      errors.invalids(`${at}.uid`, linux.uid, unixId(linux.uid));
      errors.invalids(`${at}.gid`, linux.gid, unixId(linux.gid));
      linux.supplementalGroups?.forEach((gid, j) => {
        errors.invalids(`${at}.supplementalGroups[${j}]`, gid, unixId(gid));
      });
    });
  }
}

const healths = ['Healthy', 'Unhealthy', 'Unknown'];

function validateResourceName(
  errors: FieldErrors,
  name: string,
  container: Container | undefined,
  path: string,
): void {
  if (!container) return;
  if (name.startsWith('claim:')) {
    const claims = container.resources?.claims ?? [];
    const found = claims.some(
      (claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}` === name,
    );
    if (!found) {
      errors.invalid(
        path,
        name,
        "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
      );
    }
  } else if (container.resources?.requests?.[name] === undefined) {
    errors.invalid(path, name, "must match one of the container's resource requests");
  }
}

function validateAllocated(
  errors: FieldErrors,
  statuses: readonly ContainerStatus[] | undefined,
  containers: readonly Container[] | null | undefined,
  path: string,
): void {
  statuses?.forEach((status, i) => {
    const container = containers?.find((candidate) => candidate.name === status.name);
    status.allocatedResourcesStatus?.forEach((resource, j) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      validateResourceName(errors, resource.name, container, `${at}.name`);
      const seen = new Set<string>();
      resource.resources?.forEach(({ resourceID, health = '', message }, k) => {
        const item = `${at}.resources[${k}]`;
        if (!healths.includes(health)) errors.notSupported(`${item}.health`, health, healths);
        if (message === '') errors.required(`${item}.message`, 'must be non-empty if specified');
        else if (message !== undefined && longerThan(message, 1024)) errors.tooLong(`${item}.message`, 1024);
        if (seen.has(resourceID)) errors.duplicate(`${item}.resourceID`, resourceID);
        seen.add(resourceID);
      });
    });
  });
}

/** The rules of PUT and PATCH on `/status`. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = new FieldErrors();
  const { annotations } = pod.metadata;
  validatePodAnnotationUpdate(errors, annotations, old.metadata.annotations, 'metadata.annotations');
  validatePodAnnotations(errors, annotations, pod.spec, 'metadata.annotations', podOptions(old));
  validateConditions(errors, pod);
  validateNominated(errors, pod, old);
  const generation = pod.status.observedGeneration ?? 0;
  if (generation < 0) errors.invalid('status.observedGeneration', generation, notNegative);
  validateImmutable(errors, pod.status.qosClass ?? '', old.status.qosClass ?? '', 'status.qosClass');
  validateStates(errors, pod, old);
  validateClaimStatuses(errors, pod);
  validateAddresses(errors, pod, old);
  validateUsers(errors, pod);
  validateAllocated(errors, pod.status.containerStatuses, pod.spec.containers, 'status.containerStatuses');
  validateAllocated(
    errors,
    pod.status.initContainerStatuses,
    pod.spec.initContainers,
    'status.initContainerStatuses',
  );
  pod.status.ephemeralContainerStatuses?.forEach((status, i) => {
    if (status.allocatedResourcesStatus?.length)
      errors.forbidden(
        `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`,
        'must not be specified in container status',
      );
  });
  return errors.list;
}
