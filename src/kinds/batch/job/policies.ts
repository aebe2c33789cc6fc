// Rules of a Job's podFailurePolicy, successPolicy and podReplacementPolicy.
// Upstream: k8s.io/kubernetes/pkg/apis/batch/validation/validation.go.
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '#types/batch_v1';
import { goQuote } from '../../../api/go-text.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { qualifiedName } from '../../validation/names.ts';
import { validateNonnegative } from '../../validation/numbers.ts';
import { countIndexes } from './indexes.ts';

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const conditionStatuses = ['False', 'True', 'Unknown'];
const maxRules = 20;
const maxExitCodes = 255;
const maxConditions = 20;
const maxIndexesLength = 64 * 1024;

function oneOf(errors: FieldErrors, value: string, known: readonly string[], path: string): void {
  if (value === '') errors.required(path, `valid values: [${known.map(goQuote).join(' ')}]`);
  else if (!known.includes(value)) errors.notSupported(path, value, known);
}

function validateConditions(
  errors: FieldErrors,
  conditions: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: string,
): void {
  if (conditions.length > maxConditions) errors.tooMany(path, conditions.length, maxConditions);
  conditions.forEach(({ type, status }, i) => {
    errors.invalids(`${path}[${i}].type`, type, qualifiedName(type));
    oneOf(errors, status, conditionStatuses, `${path}[${i}].status`);
  });
}

function validateExitCodes(
  errors: FieldErrors,
  { operator, containerName, values }: PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
  path: string,
): void {
  oneOf(errors, operator, operators, `${path}.operator`);
  if (containerName !== undefined && !containers.has(containerName))
    errors.invalid(
      `${path}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    );
  const codes = values ?? [];
  if (codes.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required');
  else if (codes.length > maxExitCodes) errors.tooMany(`${path}.values`, codes.length, maxExitCodes);
  codes.forEach((code, i) => {
    const at = `${path}.values[${i}]`;
    if (operator === 'In' && code === 0) errors.invalid(at, code, 'must not be 0 for the In operator');
    if (codes.indexOf(code) < i) errors.duplicate(at, code);
  });
  if (codes.some((code, i) => i > 0 && codes[i - 1]! > code))
    errors.invalid(`${path}.values`, codes, 'must be ordered');
}

function validateFailureRule(
  errors: FieldErrors,
  { action, onExitCodes, onPodConditions = [] }: PodFailurePolicyRule,
  spec: JobSpec,
  containers: ReadonlySet<string>,
  path: string,
): void {
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set');
  oneOf(errors, action, actions, `${path}.action`);
  if (onExitCodes) validateExitCodes(errors, onExitCodes, containers, `${path}.onExitCodes`);
  const hasConditions = onPodConditions.length > 0;
  if (hasConditions) validateConditions(errors, onPodConditions, `${path}.onPodConditions`);
  if (onExitCodes && hasConditions)
    errors.wrong(path, 'specifying both OnExitCodes and OnPodConditions is not supported');
  if (!onExitCodes && !hasConditions)
    errors.wrong(path, 'specifying one of OnExitCodes and OnPodConditions is required');
}

/** Checks which failures of pods count. */
export function validateFailurePolicy(errors: FieldErrors, spec: JobSpec, path: string): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > maxRules) errors.tooMany(`${path}.rules`, rules.length, maxRules);
  const { containers, initContainers } = spec.template.spec;
  const names = new Set([...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name));
  rules.forEach((rule, i) => {
    validateFailureRule(errors, rule, spec, names, `${path}.rules[${i}]`);
  });
}

function validateSuccessRule(
  errors: FieldErrors,
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  completions: number,
  path: string,
): void {
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified');
  let total = 0;
  if (succeededIndexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (succeededIndexes.length > maxIndexesLength) errors.tooLong(at, maxIndexesLength);
    const counted = countIndexes(succeededIndexes, completions);
    if (typeof counted === 'number') total = counted;
    else errors.invalid(at, succeededIndexes, `error parsing succeededIndexes: ${counted}`);
  }
  if (succeededCount === undefined) return;
  const at = `${path}.succeededCount`;
  validateNonnegative(errors, succeededCount, at);
  const most = (max: number, of: string): void => {
    if (succeededCount > max)
      errors.invalid(at, succeededCount, `must be less than or equal to ${max} (the number of ${of})`);
  };
  most(completions, 'specified completions');
  if (succeededIndexes !== undefined) most(total, 'indexes in the specified succeededIndexes field');
}

/** Checks when an Indexed Job is done. */
export function validateSuccessPolicy(errors: FieldErrors, spec: JobSpec, path: string): void {
  const rules = spec.successPolicy?.rules ?? [];
  if (rules.length === 0)
    errors.required(
      `${path}.rules`,
      'at least one rules must be specified when the successPolicy is specified',
    );
  if (rules.length > maxRules) errors.tooMany(`${path}.rules`, rules.length, maxRules);
  rules.forEach((rule, i) => {
    validateSuccessRule(errors, rule, spec.completions ?? 0, `${path}.rules[${i}]`);
  });
}

/** Checks when a new pod replaces an old one. */
export function validateReplacementPolicy(errors: FieldErrors, spec: JobSpec, path: string): void {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return;
  const known = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (!known.includes(policy)) errors.notSupported(path, policy, known);
}
