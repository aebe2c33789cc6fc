// What an update of a pod may change: images, deadlines, additional tolerations, and more while it is gated.
// Upstream: ValidatePodUpdate in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Container, NodeAffinity, NodeSelectorTerm, Pod, PodSpec, Toleration } from '#types/core_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { copyAsSent, dropMember } from '../../../api/schema/sent-empty.ts';
import { diffText } from '../../diff-text.ts';
import { internalJson } from '../../internal-json.ts';
import { validatePodAnnotations, validatePodAnnotationUpdate } from '../../pod-spec/annotations.ts';
import type { PodSpecOptions } from '../../pod-spec/options.ts';
import { podOptions } from '../../pod-spec/options-of.ts';
import { validateTolerations } from '../../pod-spec/scheduling.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { rangeMessage } from '../../validation/names.ts';
import { validatePodMetadataAndSpec } from './create-rules.ts';

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');
const maxInt32 = 2147483647;
const hard = 'requiredDuringSchedulingIgnoredDuringExecution';

type Containers = readonly Container[] | null | undefined;

/** False when containers came or went: nothing more can be compared then. */
function validateContainerUpdates(
  errors: FieldErrors,
  now: Containers,
  old: Containers,
  path: string,
): boolean {
  if ((now ?? []).length !== (old ?? []).length) {
    errors.forbidden(path, 'pod updates may not add or remove containers');
    return false;
  }
  now?.forEach(({ image = '' }, i) => {
    if (image === '') errors.required(`${path}[${i}].image`);
    if (image.trim() !== image)
      errors.invalid(`${path}[${i}].image`, image, 'must not have leading or trailing whitespace');
  });
  return true;
}

/** False when the deadline is bad: upstream stops there. */
function validateDeadline(errors: FieldErrors, now: number | undefined, old: number | undefined): boolean {
  const path = 'spec.activeDeadlineSeconds';
  if (now === undefined) {
    if (old !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value');
    return true;
  }
  if (now < 0 || now > maxInt32) {
    errors.invalid(path, now, rangeMessage(0, maxInt32));
    return false;
  }
  if (old !== undefined && old < now) {
    errors.invalid(path, now, 'must be less than or equal to previous value');
    return false;
  }
  return true;
}

function sameButSeconds(a: Toleration, b: Toleration): boolean {
  return (['key', 'operator', 'value', 'effect'] as const).every(
    (field) => (a[field] ?? '') === (b[field] ?? ''),
  );
}

function validateAddedTolerations(errors: FieldErrors, pod: Pod, old: Pod, options: PodSpecOptions): void {
  const path = 'spec.tolerations';
  const now = pod.spec.tolerations ?? [];
  const kept = (old.spec.tolerations ?? []).every((toleration) =>
    now.some((candidate) => sameButSeconds(candidate, toleration)),
  );
  if (!kept) errors.forbidden(path, 'existing toleration can not be modified except its tolerationSeconds');
  else validateTolerations(errors, now, path, options);
}

function validateRemovedGates(errors: FieldErrors, pod: Pod, old: Pod): void {
  const before = new Set((old.spec.schedulingGates ?? []).map((gate) => gate.name));
  const gates = new Map(pod.spec.schedulingGates?.map(({ name }, i) => [name, i]));
  gates.forEach((i, name) => {
    if (before.has(name)) return;
    errors.forbidden(
      `spec.schedulingGates[${i}].name`,
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    );
  });
}

function hasOnlyAdditions(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const;
  const wasEmpty = lists.every((list) => !old[list]?.length);
  if (wasEmpty) return lists.every((list) => !now[list]?.length);
  return lists.every((list) => {
    const length = old[list]?.length ?? 0;
    return length === 0 || semanticEqual((now[list] ?? []).slice(0, length), old[list]);
  });
}

function printedTerms(terms: readonly NodeSelectorTerm[]): unknown {
  return terms.length === 0 ? null : terms.map((term) => internalJson(term, 'NodeSelectorTerm'));
}

function validateGatedAffinity(
  errors: FieldErrors,
  now: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): void {
  const path = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`;
  if (!old?.[hard]) return;
  const oldTerms = old[hard].nodeSelectorTerms ?? [];
  const terms = now?.[hard]?.nodeSelectorTerms ?? [];
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) {
    errors.invalid(
      path,
      printedTerms(terms),
      'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    );
    return;
  }
  oldTerms.forEach((term, i) => {
    if (!hasOnlyAdditions(terms[i]!, term)) {
      errors.invalid(
        `${path}[${i}]`,
        internalJson(terms[i]!, 'NodeSelectorTerm'),
        'only additions are allowed (no mutations or deletions)',
      );
    }
  });
}

function withOldImages(now: Containers, old: Containers): Container[] {
  return (now ?? []).map((container, i) => Object.assign(copyAsSent(container), { image: old![i]!.image }));
}

// While gated, a pod may narrow down where it can go.
function takeBackGated(errors: FieldErrors, spec: PodSpec, old: PodSpec): void {
  if (!semanticEqual(spec.nodeSelector ?? {}, old.nodeSelector ?? {})) {
    const now = spec.nodeSelector ?? {};
    const changed = Object.entries(old.nodeSelector ?? {}).some(([key, value]) => now[key] !== value);
    if (changed) {
      errors.invalid(
        'spec.nodeSelector',
        spec.nodeSelector ?? null,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      );
    }
    spec.nodeSelector = old.nodeSelector;
  }
  const oldAffinity = old.affinity?.nodeAffinity;
  const affinity = spec.affinity?.nodeAffinity;
  if (semanticEqual(affinity, oldAffinity)) return;
  validateGatedAffinity(errors, affinity, oldAffinity);
  const rest = { ...spec.affinity, nodeAffinity: oldAffinity };
  const nothingElse = !rest.podAffinity && !rest.podAntiAffinity;
  if (!old.affinity && nothingElse) delete spec.affinity;
  else spec.affinity = rest;
}

/** The new spec with everything taken back that may change; a difference that is left is forbidden. */
function takeBackUpdatable(errors: FieldErrors, pod: Pod, old: Pod): PodSpec {
  const spec = copyAsSent(pod.spec);
  spec.containers = withOldImages(spec.containers, old.spec.containers);
  if (spec.initContainers) spec.initContainers = withOldImages(spec.initContainers, old.spec.initContainers);
  else dropMember(spec, 'initContainers');
  spec.activeDeadlineSeconds = old.spec.activeDeadlineSeconds;
  for (const list of ['schedulingGates', 'tolerations'] as const) {
    dropMember(spec, list);
    if (old.spec[list]) Object.assign(spec, { [list]: old.spec[list] });
  }
  if ((old.spec.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1)
    spec.terminationGracePeriodSeconds = old.spec.terminationGracePeriodSeconds;
  if (old.spec.schedulingGates?.length) takeBackGated(errors, spec, old.spec);
  return spec;
}

/** The rules of PUT and PATCH on a pod itself. */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = new FieldErrors();
  const options = podOptions(old);
  validatePodMetadataAndSpec(errors, pod, options);
  validatePodAnnotationUpdate(
    errors,
    pod.metadata.annotations,
    old.metadata.annotations,
    'metadata.annotations',
  );
  validatePodAnnotations(errors, pod.metadata.annotations, pod.spec, 'metadata.annotations', options);
  if (!validateContainerUpdates(errors, pod.spec.containers, old.spec.containers, 'spec.containers'))
    return errors.list;
  if (
    !validateContainerUpdates(errors, pod.spec.initContainers, old.spec.initContainers, 'spec.initContainers')
  )
    return errors.list;
  if (!validateDeadline(errors, pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds))
    return errors.list;
  validateAddedTolerations(errors, pod, old, options);
  validateRemovedGates(errors, pod, old);
  if (semanticEqual(pod.spec, old.spec)) return errors.list;
  const rest = takeBackUpdatable(errors, pod, old);
  if (!semanticEqual(rest, old.spec)) {
    const diff = diffText(internalJson(old.spec, 'PodSpec'), internalJson(rest, 'PodSpec'));
    errors.forbidden('spec', `pod updates may not change fields other than ${updatable}\n${diff}`);
  }
  return errors.list;
}
