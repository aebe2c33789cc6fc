// Rules of a Job's status. Most hold only for what a write changes: older servers let more pass.
// Upstream: ValidateJobStatusUpdate in k8s.io/kubernetes/pkg/apis/batch/validation/validation.go and
// getStatusValidationOptions in pkg/registry/batch/job/strategy.go.
import type { Job, JobStatus } from '#types/batch_v1';
import { internalJson } from '../../internal-json.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { commonIndex, countIndexes } from './indexes.ts';

/** Whether a condition is True. */
export function hasCondition({ conditions = [] }: JobStatus, type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}

function isFinished(status: JobStatus): boolean {
  return hasCondition(status, 'Complete') || hasCondition(status, 'Failed');
}

function validateUncounted(errors: FieldErrors, { uncountedTerminatedPods: pods }: JobStatus): void {
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const)
    pods?.[list]?.forEach((uid, i) => {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (uid === '') errors.invalid(at, uid, 'must not be empty');
      else if (seen.has(uid)) errors.duplicate(at, uid);
      seen.add(uid);
    });
}

type Change = (field: keyof JobStatus) => boolean;

function validateConditionsAgree(
  errors: FieldErrors,
  now: JobStatus,
  turned: (type: string) => boolean,
): void {
  const is = (type: string): boolean => hasCondition(now, type);
  const wrong = (detail: string): void => errors.wrong('status.conditions', detail);
  if ((turned('Complete') || turned('Failed')) && is('Complete') && is('Failed'))
    wrong('cannot set Complete=True and Failed=true conditions');
  if ((turned('Complete') || turned('FailureTarget')) && is('Complete') && is('FailureTarget'))
    wrong('cannot set Complete=True and FailureTarget=true conditions');
}

function validateCompletionTime(
  errors: FieldErrors,
  now: JobStatus,
  changed: Change,
  turned: (type: string) => boolean,
): void {
  const { startTime, completionTime } = now;
  const complete = hasCondition(now, 'Complete');
  if (turned('Complete') || changed('completionTime')) {
    if (completionTime && !complete)
      errors.invalid(
        'status.completionTime',
        completionTime,
        'cannot set completionTime when there is no Complete=True condition',
      );
    if (!completionTime && complete)
      errors.required('status.completionTime', 'completionTime is required for Complete jobs');
  }
  const moved = changed('startTime') || changed('completionTime');
  if (moved && startTime && completionTime && completionTime < startTime)
    errors.invalid('status.completionTime', completionTime, 'must be equal to or after `startTime`');
}

function validateFinished(
  errors: FieldErrors,
  { spec, status: now }: Job,
  changed: Change,
  ended: boolean,
): void {
  if (!isFinished(now)) return;
  const { active = 0, startTime, uncountedTerminatedPods: pods } = now;
  if ((ended || changed('active')) && active > 0)
    errors.invalid('status.active', active, 'active>0 is invalid for finished job');
  const neverRuns = spec.suspend === true && spec.completions === 0;
  if ((ended || changed('startTime')) && !neverRuns && !startTime)
    errors.required('status.startTime', 'startTime is required for finished job');
  const left = (pods?.failed?.length ?? 0) + (pods?.succeeded?.length ?? 0);
  if ((ended || changed('uncountedTerminatedPods')) && left > 0)
    errors.invalid(
      'status.uncountedTerminatedPods',
      internalJson(pods!, 'UncountedTerminatedPods'),
      'must be empty for finished job',
    );
}

function validateIndexes(errors: FieldErrors, { spec, status: now }: Job, changed: Change): void {
  const { completedIndexes = '', failedIndexes } = now;
  const { completions, backoffLimitPerIndex } = spec;
  const [completedChanged, failedChanged] = [changed('completedIndexes'), changed('failedIndexes')];
  const read = (field: 'completedIndexes' | 'failedIndexes', text: string): void => {
    const counted = countIndexes(text, completions ?? 0);
    if (typeof counted === 'string')
      errors.invalid(`status.${field}`, text, `error parsing ${field}: ${counted}`);
  };
  if (completedChanged && completions !== undefined) read('completedIndexes', completedIndexes);
  const reads =
    completions !== undefined && backoffLimitPerIndex !== undefined && failedIndexes !== undefined;
  if (failedChanged && reads) read('failedIndexes', failedIndexes);
  if (completedChanged && completedIndexes !== '' && spec.completionMode !== 'Indexed')
    errors.invalid(
      'status.completedIndexes',
      completedIndexes,
      'cannot set non-empty completedIndexes when non-indexed completion mode',
    );
  if (failedIndexes === undefined || (!failedChanged && !completedChanged)) return;
  if (failedChanged && backoffLimitPerIndex === undefined)
    errors.invalid(
      'status.failedIndexes',
      failedIndexes,
      'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    );
  if (completions === undefined) return;
  const common = commonIndex(completedIndexes, failedIndexes, completions);
  if (common !== undefined)
    errors.invalid(
      'status.failedIndexes',
      failedIndexes,
      `failedIndexes and completedIndexes overlap at index: ${common}`,
    );
}

function validateSuccessCriteria(errors: FieldErrors, { spec, status: now }: Job): void {
  const wrong = (detail: string): void => errors.wrong('status.conditions', detail);
  const met = hasCondition(now, 'SuccessCriteriaMet');
  if (met && hasCondition(now, 'Failed'))
    wrong('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (met && hasCondition(now, 'FailureTarget'))
    wrong('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  if (spec.successPolicy && !met && hasCondition(now, 'Complete'))
    wrong('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
}

function validateHistory(errors: FieldErrors, { spec, status: now }: Job, old: JobStatus): void {
  const wrong = (detail: string): void => errors.wrong('status.conditions', detail);
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (hasCondition(old, type) && !hasCondition(now, type))
      wrong(`cannot disable the terminal ${type}=True condition`);
  const falls = (field: 'failed' | 'succeeded'): void => {
    if ((now[field] ?? 0) < (old[field] ?? 0))
      errors.invalid(`status.${field}`, now[field] ?? 0, `cannot decrease the ${field} counter`);
  };
  falls('failed');
  if (spec.completionMode !== 'Indexed' || spec.completions !== spec.parallelism) falls('succeeded');
  if (now.completionTime && old.completionTime && now.completionTime !== old.completionTime)
    errors.invalid('status.completionTime', now.completionTime, 'field is immutable');
  const resumes =
    hasCondition(old, 'Suspended') &&
    (now.conditions ?? []).some(({ type, status }) => type === 'Suspended' && status === 'False');
  if (old.startTime && old.startTime !== (now.startTime ?? undefined) && !resumes && spec.suspend !== true)
    errors.invalid(
      'status.startTime',
      now.startTime ?? null,
      'field is immutable for unsuspended job once set',
    );
  const [wasMet, met] = [hasCondition(old, 'SuccessCriteriaMet'), hasCondition(now, 'SuccessCriteriaMet')];
  if (wasMet && !met) wrong('cannot disable the SuccessCriteriaMet=True condition');
  if (hasCondition(old, 'Complete') && !wasMet && met)
    wrong('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
}

/** Checks a write of the status. */
export function validateJobStatus(errors: FieldErrors, job: Job, oldJob: Job): void {
  const { status: now } = job;
  const { status: old } = oldJob;
  const changed: Change = (field) => !semanticEqual(now[field] ?? null, old[field] ?? null);
  const turned = (type: string): boolean => hasCondition(now, type) !== hasCondition(old, type);
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    if ((now[field] ?? 0) < 0)
      errors.invalid(`status.${field}`, now[field], 'must be greater than or equal to 0');
  validateUncounted(errors, now);
  validateConditionsAgree(errors, now, turned);
  validateCompletionTime(errors, now, changed, turned);
  const needs = (type: string, before: string): void => {
    if (hasCondition(now, type) && !hasCondition(now, before))
      errors.wrong(
        'status.conditions',
        `cannot set ${type}=True condition without the ${before}=true condition`,
      );
  };
  if (turned('Failed') || changed('failedIndexes')) needs('Failed', 'FailureTarget');
  if (turned('Complete') || turned('SuccessCriteriaMet')) needs('Complete', 'SuccessCriteriaMet');
  const ended = isFinished(now) !== isFinished(old);
  validateFinished(errors, job, changed, ended);
  validateIndexes(errors, job, changed);
  const { terminating, ready, active = 0 } = now;
  if ((ended || changed('terminating')) && (terminating ?? 0) > 0 && isFinished(now))
    errors.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job');
  if ((changed('ready') || changed('active')) && ready !== undefined && ready > active)
    errors.invalid('status.ready', ready, 'cannot set more ready pods than active');
  validateSuccessCriteria(errors, job);
  validateHistory(errors, job, old);
}
