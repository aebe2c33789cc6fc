// The subresources that change containers of a running pod: ephemeralcontainers adds, resize gives other resources.
// Upstream: ValidatePodEphemeralContainersUpdate and ValidatePodResize in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go; the strategies in pkg/registry/core/pod/strategy.go.
import type { Container, Pod, PodSpec, ResourceRequirements } from '#types/core_v1';
import { type FieldError, forbiddenField } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { goQuote } from '../../../api/go-text.ts';
import { diffText } from '../../diff-text.ts';
import { internalJson } from '../../internal-json.ts';
import {
  mirrorAnnotation,
  validatePodAnnotations,
  validatePodAnnotationUpdate,
} from '../../pod-spec/annotations.ts';
import { isSidecar } from '../../pod-spec/containers-of.ts';
import { podOptions } from '../../pod-spec/options-of.ts';
import { podQos, qosClassOf, type ResourceList } from '../../pod-spec/resources.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { validatePodMetadataAndSpec } from './create-rules.ts';

function refuse(detail: string): FieldError[] {
  return [forbiddenField(new FieldPath(''), detail)];
}

/** Ephemeral containers come, and neither go nor change. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return refuse('static pods do not support ephemeral containers');
  const errors = new FieldErrors();
  const options = podOptions(old);
  const { annotations } = pod.metadata;
  validatePodMetadataAndSpec(errors, pod, options);
  validatePodAnnotationUpdate(errors, annotations, old.metadata.annotations, 'metadata.annotations');
  validatePodAnnotations(errors, annotations, pod.spec, 'metadata.annotations', options);
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.findLast((container) => container.name === before.name);
    const path = 'spec.ephemeralContainers';
    if (!now)
      errors.forbidden(path, `existing ephemeral containers ${goQuote(before.name)} may not be removed\n`);
    else if (!semanticEqual(now, before)) {
      const diff = diffText(
        internalJson(before, 'EphemeralContainer'),
        internalJson(now, 'EphemeralContainer'),
      );
      errors.forbidden(
        path,
        `existing ephemeral containers ${goQuote(before.name)} may not be changed\n${diff}`,
      );
    }
  }
  return errors.list;
}

type Containers = readonly Container[] | null | undefined;

function validateOrder(errors: FieldErrors, list: 'containers' | 'initContainers', pod: Pod, old: Pod): void {
  const now: Containers = pod.spec[list] ?? [];
  const before: Containers = old.spec[list] ?? [];
  const path = `spec.${list}`;
  if (now.length !== before.length) {
    errors.forbidden(path, `${list} may not be added or removed on resize`);
    return;
  }
  before.forEach((container, i) => {
    if (now[i]!.name !== container.name)
      errors.forbidden(`${path}[${i}].name`, `${list} may not be renamed or reordered on resize`);
  });
}

function isRemoved(now: ResourceList | undefined, old: ResourceList | undefined): boolean {
  return Object.keys(old ?? {}).some((name) => now?.[name] === undefined);
}

function validateKept(
  errors: FieldErrors,
  now: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  path: string,
  what: string,
): void {
  if (isRemoved(now?.requests, old?.requests))
    errors.forbidden(`${path}.requests`, `${what} requests cannot be removed`);
  if (isRemoved(now?.limits, old?.limits))
    errors.forbidden(`${path}.limits`, `${what} limits cannot be removed`);
}

function withOldCpuAndMemory(
  now: ResourceList | undefined,
  old: ResourceList | undefined,
): ResourceList | undefined {
  const { cpu: _cpu, memory: _memory, ...rest } = now ?? {};
  for (const name of ['cpu', 'memory']) if (old?.[name] !== undefined) rest[name] = old[name];
  return Object.keys(rest).length > 0 ? rest : undefined;
}

function compact(requirements: ResourceRequirements): ResourceRequirements {
  return Object.fromEntries(
    Object.entries(requirements).filter(([, value]) => value !== undefined && Object.keys(value).length > 0),
  );
}

function withOldResources(container: Container, old: Container): Container {
  const limits = withOldCpuAndMemory(container.resources?.limits, old.resources?.limits);
  const requests = withOldCpuAndMemory(container.resources?.requests, old.resources?.requests);
  // Claims do not survive here, upstream too: a container with claims cannot be resized.
  return { ...container, resources: compact({ limits, requests }) };
}

function hasPodResources(spec: PodSpec): boolean {
  const { requests = {}, limits = {} } = spec.resources ?? {};
  return Object.keys(requests).length + Object.keys(limits).length > 0;
}

function resizedPodResources(
  errors: FieldErrors,
  spec: PodSpec,
  old: PodSpec,
): ResourceRequirements | undefined {
  if (old.resources && !spec.resources) {
    errors.forbidden('spec.resources', 'pod-level resources cannot be removed');
    return spec.resources;
  }
  if (old.resources)
    validateKept(errors, spec.resources, old.resources, 'spec.resources', 'pod-level resource');
  if (!spec.resources) return undefined;
  const limits = withOldCpuAndMemory(spec.resources.limits, old.resources?.limits);
  const requests = withOldCpuAndMemory(spec.resources.requests, old.resources?.requests);
  const kept = compact({ ...spec.resources, limits, requests });
  const rest = !old.resources && Object.keys(kept).length === 0 ? undefined : kept;
  if (!semanticEqual(rest, old.resources))
    errors.forbidden('spec', 'only cpu and memory resources are mutable at pod-level');
  return rest;
}

function isSupportedByNode(pod: Pod): boolean {
  const running = pod.status?.containerStatuses?.find((status) => status.state?.running);
  return running === undefined || running.resources !== undefined;
}

function restOfInitContainer(
  errors: FieldErrors,
  container: Container,
  old: Container,
  i: number,
): Container {
  const path = `spec.initContainers[${i}]`;
  const changed = !semanticEqual(container, old);
  const rest = withOldResources(container, old);
  if (!semanticEqual(rest, old))
    errors.forbidden(path, 'only cpu and memory resources for init or sidecar containers are mutable');
  if (changed && !isSidecar(container)) {
    for (const policy of container.resizePolicy ?? [])
      if (policy.restartPolicy === 'RestartContainer')
        errors.forbidden(
          path,
          'non-sidecar init containers with a resize policy of RestartContainer cannot be resized',
        );
  }
  return rest;
}

/** CPU and memory of containers may change, and nothing else. */
export function validateResize(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return refuse('static pods cannot be resized');
  if (old.spec.os?.name === 'windows') return refuse('windows pods cannot be resized');
  const errors = new FieldErrors();
  validatePodMetadataAndSpec(errors, pod, podOptions(old));
  if (podQos(old) !== qosClassOf(pod.spec)) {
    errors.invalid('spec', pod.status.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing');
  }
  if (!isSupportedByNode(old)) errors.forbidden('spec', 'Pod running on node without support for resize');
  const rest: PodSpec = { ...pod.spec };
  if (hasPodResources(old.spec) || hasPodResources(pod.spec))
    rest.resources = resizedPodResources(errors, pod.spec, old.spec);
  if (old.status?.nodeAllocatableResourceClaimStatuses?.length)
    errors.forbidden('spec', 'pods with node allocatable resource claims cannot be resized');
  const before = errors.list.length;
  validateOrder(errors, 'containers', pod, old);
  validateOrder(errors, 'initContainers', pod, old);
  if (errors.list.length > before) return errors.list;
  for (const list of ['initContainers', 'containers'] as const) {
    old.spec[list]?.forEach((container, i) => {
      const now = pod.spec[list]![i]!;
      validateKept(errors, now.resources, container.resources, `spec.${list}[${i}].resources`, 'resource');
    });
  }
  rest.containers = (pod.spec.containers ?? []).map((container, i) => {
    const was = old.spec.containers![i]!;
    const kept = withOldResources(container, was);
    if (!semanticEqual(kept, was)) errors.forbidden('spec', 'only cpu and memory resources are mutable');
    return kept;
  });
  rest.initContainers = pod.spec.initContainers?.map((container, i) =>
    restOfInitContainer(errors, container, old.spec.initContainers![i]!, i),
  );
  if (errors.empty && !semanticEqual(rest, old.spec))
    errors.forbidden('spec', 'only cpu and memory resources are mutable');
  return errors.list;
}

function withNewResources(now: Containers, old: Containers): Container[] {
  const containers = now ?? [];
  const renamed = containers.some((container, i) => container.name !== old?.[i]?.name);
  if (renamed) return [...containers];
  return containers.map((container, i) => {
    const merged: Container = { ...old![i]!, resources: container.resources };
    if (container.resizePolicy) merged.resizePolicy = container.resizePolicy;
    else delete merged.resizePolicy;
    return merged;
  });
}

/** Takes back everything that resize may not write. */
export function keepOnlyResize(pod: Pod, old: Pod): void {
  const sameCount = (['containers', 'initContainers'] as const).every(
    (list) => (pod.spec[list] ?? []).length === (old.spec[list] ?? []).length,
  );
  if (!sameCount) return;
  const { resources, containers, initContainers } = pod.spec;
  pod.spec = { ...old.spec, containers: withNewResources(containers, old.spec.containers) };
  if (initContainers) pod.spec.initContainers = withNewResources(initContainers, old.spec.initContainers);
  if (resources) pod.spec.resources = resources;
  else delete pod.spec.resources;
}
