// Job: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/batch/job/strategy.go and pkg/apis/batch/v1/defaults.go.

import type { Job, JobSpec } from '#types/batch_v1';
import { goQuote } from '../../../api/go-text.ts';
import { defineKind } from '../../define-kind.ts';
import { setPodSpecDefaults } from '../../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../../pod-spec/disabled-fields.ts';
import { templateOptions } from '../../pod-spec/options-of.ts';
import { podTemplateWarnings } from '../../pod-spec/warnings.ts';
import { ageOf, humanDuration, nameOf } from '../../table/ages.ts';
import { containerCells, selectorCell } from '../../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../../table/columns.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { dnsLabel, subdomainName } from '../../validation/names.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../../validation/status-strategy.ts';
import { podNameWarnings } from '../../workloads/template.ts';
import { makeSelector, validateMadeSelector } from './selector.ts';
import { validateJobSpec, validateJobUpdate } from './spec-rules.ts';
import { hasCondition, validateJobStatus } from './status-rules.ts';

/** Defaults of a Job's pods and policies, also in the templates of CronJobs. */
export function setJobTemplateDefaults(spec: JobSpec): void {
  setPodSpecDefaults(spec.template.spec);
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of onPodConditions ?? []) if (!pattern.status) pattern.status = 'True';
}

/** Warnings of a Job's spec. */
export function jobSpecWarnings(spec: JobSpec, path: string): string[] {
  const { completions = 0, parallelism = 0 } = spec;
  const warnings = podTemplateWarnings(spec.template, `${path}.template`);
  if (spec.completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000)
    warnings.unshift(
      `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
    );
  return warnings;
}

function validateJob(errors: FieldErrors, job: Job, old?: Job): void {
  const { metadata, spec } = job;
  validateMadeSelector(errors, job, old);
  validateJobSpec(errors, spec, templateOptions(old?.spec.template), old?.spec);
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions <= 0) return;
  const host = `${metadata.name ?? ''}-${spec.completions - 1}`;
  if (dnsLabel(host).length > 0)
    errors.invalid(
      'metadata.name',
      metadata.name ?? '',
      `will not able to create pod with invalid DNS label: ${host}`,
    );
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function statusCell({ metadata, status }: Job): string {
  if (hasCondition(status, 'Complete')) return 'Complete';
  if (hasCondition(status, 'Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  const state = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) =>
    hasCondition(status, type),
  );
  return state ?? 'Running';
}

function durationCell({ status }: Job, now: number): string {
  if (!status.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  return humanDuration(end - Date.parse(status.startTime));
}

// The same map, as upstream: what the selector adds to the template's labels, the job gets too.
function labelLikeTemplate({ metadata, spec }: Pick<Job, 'metadata' | 'spec'>): void {
  const { labels } = spec.template.metadata;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels;
}

export const job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  defaultPropagation: 'orphan',

  setDefaults({ metadata, spec }) {
    setJobTemplateDefaults(spec);
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    spec.parallelism ??= 1;
    spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
    labelLikeTemplate({ metadata, spec });
    spec.completionMode ??= 'NonIndexed';
    spec.suspend ??= false;
    spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
    spec.manualSelector ??= false;
  },

  // Upstream's defaults run once more when the object is read back, and then the template has labels.
  canonicalize: labelLikeTemplate,
  prepareForCreate(job, context) {
    makeSelector(job);
    job.status = {};
    firstGeneration(job);
    dropDisabledTemplateFields(context, job.spec.template);
  },
  validateCreate(job) {
    const errors = new FieldErrors();
    validateJob(errors, job);
    return errors.list;
  },
  warningsOnCreate: ({ metadata, spec }) => [
    ...podNameWarnings(metadata.name),
    ...jobSpecWarnings(spec, 'spec'),
  ],

  prepareForUpdate(job, old, context) {
    takeBack(job, old, 'status');
    dropDisabledTemplateFields(context, job.spec.template, old.spec.template);
    raiseGeneration(job, old);
  },
  validateUpdate(job, old) {
    const errors = new FieldErrors();
    validateJob(errors, job, old);
    validateJobSpec(errors, job.spec, templateOptions(old.spec.template), old.spec);
    validateJobUpdate(errors, job, old);
    return errors.list;
  },
  warningsOnUpdate: ({ metadata, spec }, old) =>
    metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(spec, 'spec'),

  subresources: {
    status: {
      prepareForUpdate(job, old) {
        takeBack(job, old, 'spec');
      },
      validateUpdate(job, old) {
        const errors = new FieldErrors();
        validateJobStatus(errors, job, old);
        return errors.list;
      },
    },
  },

  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
  fieldLabelError: (field) => `field label ${goQuote(field)} not supported for Job`,

  table: {
    columns: [
      nameColumn,
      column('Status', 'string', 'Status of the job.'),
      column('Completions', 'string', doc('batch/v1.JobStatus.succeeded')),
      column('Duration', 'string', 'Time required to complete the job.'),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('batch/v1.JobSpec.selector')),
    ],
    row: (job, context) => ({
      cells: [
        nameOf(job),
        statusCell(job),
        completionsCell(job),
        durationCell(job, context.now),
        ageOf(job, context),
        ...containerCells(job.spec.template.spec.containers),
        selectorCell(job.spec.selector),
      ],
    }),
  },
});
