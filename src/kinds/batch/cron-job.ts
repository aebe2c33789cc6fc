// CronJob: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/batch/cronjob/strategy.go and pkg/apis/batch/validation/validation.go.
import type { CronJob, CronJobSpec } from '#types/batch_v1';
import { defineKind } from '../define-kind.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { ageOf, nameOf, since } from '../table/ages.ts';
import { boolCell, containerCells, selectorCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { podNameWarnings } from '../workloads/template.ts';
import { isTimeZone, scheduleFault } from './cron-schedule.ts';
import { jobSpecWarnings, setJobTemplateDefaults } from './job/kind.ts';
import { validateJobTemplateSpec } from './job/spec-rules.ts';

/** Job names are made of the CronJob's name and eleven characters. */
const maxNameLength = 52;
const concurrencyPolicies = ['Allow', 'Forbid', 'Replace'];

function validateTimeZone(errors: FieldErrors, zone: string, path: string): void {
  if (zone === '') {
    errors.invalid(path, zone, 'timeZone must be nil or non-empty string');
    return;
  }
  const bad = (part: string): boolean =>
    part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part);
  if (zone.split('/').some(bad)) {
    errors.invalid(path, zone, `unknown time zone ${zone}`);
    return;
  }
  if (zone.toLowerCase() === 'local')
    errors.invalid(
      path,
      zone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    );
  if (!isTimeZone(zone)) errors.invalid(path, zone, `unknown time zone ${zone}`);
}

function validateSchedule(errors: FieldErrors, { schedule, timeZone }: CronJobSpec, old?: CronJobSpec): void {
  const path = 'spec.schedule';
  if (schedule === '') {
    errors.required(path);
    return;
  }
  const fault = scheduleFault(schedule);
  if (fault !== undefined) errors.invalid(path, schedule, fault);
  if (!schedule.includes('TZ')) return;
  if (!old?.schedule.includes('TZ'))
    errors.invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  else if (timeZone !== undefined)
    errors.invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
}

function validateSpec(errors: FieldErrors, spec: CronJobSpec, old?: CronJobSpec): void {
  validateSchedule(errors, spec, old);
  validateNonnegative(errors, spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds');
  if (spec.timeZone !== undefined && spec.timeZone !== old?.timeZone)
    validateTimeZone(errors, spec.timeZone, 'spec.timeZone');
  const policy = spec.concurrencyPolicy ?? '';
  if (policy === '') errors.required('spec.concurrencyPolicy');
  else if (!concurrencyPolicies.includes(policy))
    errors.notSupported('spec.concurrencyPolicy', policy, concurrencyPolicies);
  const job = spec.jobTemplate.spec;
  const path = 'spec.jobTemplate.spec';
  validateJobTemplateSpec(errors, job, path, templateOptions(old?.jobTemplate.spec.template));
  if (job.selector) errors.invalid(`${path}.selector`, job.selector, '`selector` will be auto-generated');
  if (job.manualSelector) errors.notSupported(`${path}.manualSelector`, true, ['nil', 'false']);
  validateNonnegative(errors, spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit');
  validateNonnegative(errors, spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit');
}

export const cronJob = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  nameRule: subdomainName,

  setDefaults({ spec }) {
    setJobTemplateDefaults(spec.jobTemplate.spec);
    if (!spec.concurrencyPolicy) spec.concurrencyPolicy = 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
  },

  prepareForCreate(cronJob, context) {
    cronJob.status = {};
    firstGeneration(cronJob);
    dropDisabledTemplateFields(context, cronJob.spec.jobTemplate.spec.template);
  },
  validateCreate({ metadata, spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec);
    const name = metadata.name ?? '';
    if (name.length > maxNameLength)
      errors.invalid('metadata.name', name, `must be no more than ${maxNameLength} characters`);
    return errors.list;
  },
  warningsOnCreate: ({ metadata, spec }) => [
    ...podNameWarnings(metadata.name),
    ...jobSpecWarnings(spec.jobTemplate.spec, 'spec.jobTemplate.spec'),
  ],

  prepareForUpdate(cronJob, old, context) {
    takeBack(cronJob, old, 'status');
    dropDisabledTemplateFields(
      context,
      cronJob.spec.jobTemplate.spec.template,
      old.spec.jobTemplate.spec.template,
    );
    raiseGeneration(cronJob, old);
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, old.spec);
    return errors.list;
  },
  warningsOnUpdate({ metadata, spec }, old) {
    const changed = metadata.generation !== old.metadata.generation;
    const warnings = changed ? jobSpecWarnings(spec.jobTemplate.spec, 'spec.jobTemplate.spec') : [];
    if (spec.schedule.includes('TZ'))
      warnings.push(
        'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
      );
    return warnings;
  },

  subresources: {
    status: {
      metadataChecks: [],
      prepareForUpdate(cronJob, old) {
        takeBack(cronJob, old, 'spec');
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Schedule', 'string', doc('batch/v1.CronJobSpec.schedule')),
      column('Timezone', 'string', doc('batch/v1.CronJobSpec.timeZone')),
      column('Suspend', 'boolean', doc('batch/v1.CronJobSpec.suspend')),
      column('Active', 'integer', doc('batch/v1.CronJobStatus.active')),
      column('Last Schedule', 'string', doc('batch/v1.CronJobStatus.lastScheduleTime')),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('batch/v1.JobSpec.selector')),
    ],
    row(cronJob, context) {
      const { spec, status } = cronJob;
      const job = spec.jobTemplate.spec;
      return {
        cells: [
          nameOf(cronJob),
          spec.schedule,
          spec.timeZone ?? '<none>',
          boolCell(spec.suspend),
          status.active?.length ?? 0,
          status.lastScheduleTime ? since(status.lastScheduleTime, context.now) : '<none>',
          ageOf(cronJob, context),
          ...containerCells(job.template.spec.containers),
          selectorCell(job.selector),
        ],
      };
    },
  },
});
