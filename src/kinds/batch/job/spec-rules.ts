// Rules of a Job's spec, also in the templates of CronJobs.
// Upstream: validateJobSpec in k8s.io/kubernetes/pkg/apis/batch/validation/validation.go.
import type { Job, JobSpec } from '#types/batch_v1';
import type { PodTemplateSpec } from '#types/core_v1';
import { goQuote } from '../../../api/go-text.ts';
import { internalJson, internalTemplate } from '../../internal-json.ts';
import type { PodSpecOptions } from '../../pod-spec/options.ts';
import { validatePodTemplateSpec } from '../../pod-spec/rules.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateDomainPath } from '../../validation/domain-path.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { hasInvalidSelectorValue, validateLabelSelector } from '../../validation/labels.ts';
import { validateImmutable, validateNonnegative } from '../../validation/numbers.ts';
import { matcherOf } from '../../workloads/template.ts';
import { validateFailurePolicy, validateReplacementPolicy, validateSuccessPolicy } from './policies.ts';

const maxManagedByLength = 63;
const manyCompletions = 100_000;
const maxIndexedParallelism = 100_000;
const maxFailedIndexes = 100_000;
const limitForManyCompletions = 10_000;
const restartPolicies = ['OnFailure', 'Never'];

function validateIndexed(errors: FieldErrors, spec: JobSpec, path: string): void {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec;
  const most = (
    field: 'parallelism' | 'maxFailedIndexes',
    value: number,
    max: number,
    when: string,
  ): void => {
    if (value > max) errors.invalid(`${path}.${field}`, value, `must be less than or equal to ${max}${when}`);
  };
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  most('parallelism', parallelism, maxIndexedParallelism, ' when completion mode is Indexed');
  if (completions !== undefined && failed !== undefined && failed > completions)
    errors.invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions');
  most('maxFailedIndexes', failed ?? 0, maxFailedIndexes, '');
  if (completions === undefined || completions <= manyCompletions || spec.backoffLimitPerIndex === undefined)
    return;
  if (failed === undefined)
    errors.required(
      `${path}.maxFailedIndexes`,
      `must be specified when completions is above ${manyCompletions}`,
    );
  const when = ` when completions are above ${manyCompletions} and used with backoff limit per index`;
  most('parallelism', parallelism, limitForManyCompletions, when);
  most('maxFailedIndexes', failed ?? 0, limitForManyCompletions, when);
}

function validateCompletionMode(errors: FieldErrors, spec: JobSpec, path: string): void {
  const mode = spec.completionMode ?? 'NonIndexed';
  if (mode === 'Indexed') validateIndexed(errors, spec, path);
  else if (mode !== 'NonIndexed')
    errors.notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']);
  else
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[field] !== undefined)
        errors.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode');
}

function validateRestartPolicy(errors: FieldErrors, spec: JobSpec, path: string): void {
  const policy = spec.template.spec.restartPolicy ?? '';
  if (policy === 'Always' || policy === '')
    errors.required(path, `valid values: ${restartPolicies.map(goQuote).join(', ')}`);
  else if (!restartPolicies.includes(policy)) errors.notSupported(path, policy, restartPolicies);
  else if (spec.podFailurePolicy && policy !== 'Never')
    errors.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified');
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** All but the selector. */
export function validateJobTemplateSpec(
  errors: FieldErrors,
  spec: JobSpec,
  path: string,
  options: PodSpecOptions,
): void {
  for (const field of counts) validateNonnegative(errors, spec[field], `${path}.${field}`);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  if (spec.managedBy !== undefined) {
    validateDomainPath(errors, spec.managedBy, `${path}.managedBy`);
    if (spec.managedBy.length > maxManagedByLength) errors.tooLong(`${path}.managedBy`, maxManagedByLength);
  }
  validateCompletionMode(errors, spec, path);
  if (spec.podFailurePolicy) validateFailurePolicy(errors, spec, `${path}.podFailurePolicy`);
  if (spec.successPolicy) {
    const at = `${path}.successPolicy`;
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(errors, spec, at);
    else
      errors.invalid(
        at,
        internalJson(spec.successPolicy, 'SuccessPolicy'),
        'requires indexed completion mode',
      );
  }
  validateReplacementPolicy(errors, spec, `${path}.podReplacementPolicy`);
  validatePodTemplateSpec(errors, spec.template, `${path}.template`, options);
  validateRestartPolicy(errors, spec, `${path}.template.spec.restartPolicy`);
}

/** A whole spec. */
export function validateJobSpec(
  errors: FieldErrors,
  spec: JobSpec,
  options: PodSpecOptions,
  old?: JobSpec,
): void {
  validateJobTemplateSpec(errors, spec, 'spec', options);
  const { selector } = spec;
  if (!selector) errors.required('spec.selector');
  else
    validateLabelSelector(errors, selector, 'spec.selector', {
      allowInvalidValues: hasInvalidSelectorValue(old?.selector),
    });
  const matcher = matcherOf(selector);
  const labels = spec.template.metadata.labels;
  if (matcher && !matcher.matches(labels ?? {}))
    errors.invalid(
      'spec.template.metadata.labels',
      labels ?? null,
      '`selector` does not match template `labels`',
    );
}

/** Whether a Job that stands still may still change its pods. */
function mayChangeTemplate({ spec, status }: Job): boolean {
  const suspended = (status.conditions ?? []).some(
    (one) => one.type === 'Suspended' && one.status === 'True',
  );
  return spec.suspend === true && (!status.startTime || suspended) && !status.active;
}

function withDirectivesOf(template: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec {
  const { labels, annotations } = template.metadata;
  const { affinity, nodeSelector, tolerations, schedulingGates } = template.spec;
  const oldAffinity = old.spec.affinity;
  const { nodeAffinity: _, ...others } = oldAffinity ?? {};
  const nodeAffinity = affinity?.nodeAffinity;
  const merged = { ...others, ...(nodeAffinity ? { nodeAffinity } : {}) };
  const keeps = affinity !== undefined || Object.keys(others).length > 0;
  return {
    ...old,
    metadata: { ...old.metadata, labels, annotations } as PodTemplateSpec['metadata'],
    spec: {
      ...old.spec,
      affinity: keeps ? merged : undefined,
      nodeSelector,
      tolerations,
      schedulingGates,
    } as PodTemplateSpec['spec'],
  };
}

type Named = { name: string; resources?: unknown };

function withResourcesOf<T extends Named>(
  now: readonly T[] | null | undefined,
  old: readonly T[] | null | undefined,
): T[] {
  const containers = [...(old ?? [])];
  if (now?.length !== containers.length) return containers;
  return containers.map((one, i) =>
    one.name === now[i]!.name ? { ...one, resources: now[i]!.resources } : one,
  );
}

function validateTemplateUpdate(errors: FieldErrors, job: Job, old: Job): void {
  const { template } = job.spec;
  if (!mayChangeTemplate(old)) {
    validateImmutable(errors, template, old.spec.template, 'spec.template', internalTemplate(template));
    return;
  }
  const spec = withDirectivesOf(template, old.spec.template).spec;
  const expected = {
    ...spec,
    containers: withResourcesOf(template.spec.containers, spec.containers),
    initContainers: withResourcesOf(template.spec.initContainers, spec.initContainers),
  };
  validateImmutable(
    errors,
    template.spec,
    expected,
    'spec.template.spec',
    internalJson(template.spec, 'PodSpec'),
  );
}

function validateCompletionsUpdate(errors: FieldErrors, spec: JobSpec, old: JobSpec): void {
  const { completions, parallelism } = spec;
  if (spec.completionMode !== 'Indexed') {
    validateImmutable(errors, completions, old.completions, 'spec.completions');
    return;
  }
  if (completions !== undefined && completions !== old.completions && completions !== parallelism)
    errors.invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism');
}

/** What an update may not change. */
export function validateJobUpdate(errors: FieldErrors, job: Job, old: Job): void {
  const { spec } = job;
  const before = old.spec;
  const keep = (field: keyof JobSpec, type?: string): void => {
    const value = spec[field];
    const shown = type && value ? internalJson(value as object, type) : value;
    if (!semanticEqual(value, before[field])) errors.invalid(`spec.${field}`, shown, 'field is immutable');
  };
  validateCompletionsUpdate(errors, spec, before);
  keep('selector');
  validateTemplateUpdate(errors, job, old);
  keep('completionMode');
  keep('podFailurePolicy', 'PodFailurePolicy');
  keep('backoffLimitPerIndex');
  keep('managedBy');
  keep('successPolicy', 'SuccessPolicy');
}
