// What validating and mutating webhooks share.
// Upstream: k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type { MutatingWebhook, ValidatingWebhook } from '#types/admissionregistration.k8s.io_v1';
import { semanticEqual } from '../semantic-equal.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1035Label, dnsSubdomain } from '../validation/names.ts';
import { validateWebhookClient } from '../validation/webhook-client.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { setRuleDefaults, validateRule } from './rule-rules.ts';

type Webhook = ValidatingWebhook | MutatingWebhook;

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const noSideEffects = ['None', 'NoneOnDryRun'];
const reviewVersions = ['v1', 'v1beta1'];

/** What a configuration may keep because its old version has it. */
interface Kept {
  readonly matchConditions?: boolean;
  readonly sideEffects?: boolean;
  readonly reviewVersions?: boolean;
  readonly duplicateNames?: boolean;
  readonly invalidValues?: boolean;
}

/** A domain of at least three segments. */
function validateHookName(errors: FieldErrors, name: string, path: string): void {
  const faults = dnsSubdomain(name);
  if (name === '') errors.required(path);
  else if (faults.length > 0) errors.invalid(path, name, faults.join(','));
  else if (name.split('.').length < 3)
    errors.invalid(path, name, 'should be a domain with at least three segments separated by dots');
}

function validateReviewVersions(errors: FieldErrors, hook: Webhook, path: string, kept: Kept): void {
  const versions = hook.admissionReviewVersions ?? [];
  const known = reviewVersions.join(', ');
  if (versions.length === 0) errors.required(path, `must specify one of ${known}`);
  versions.forEach((version, i) => {
    const at = `${path}[${i}]`;
    if (versions.indexOf(version) < i) errors.invalid(at, version, 'duplicate version');
    else errors.invalids(at, version, dns1035Label(version));
  });
  const accepted = versions.some((version) => reviewVersions.includes(version));
  if (versions.length > 0 && !kept.reviewVersions && !accepted)
    errors.invalid(path, versions, `must include at least one of ${known}`);
}

function validateHook(errors: FieldErrors, hook: Webhook, path: string, kept: Kept): void {
  const { failurePolicy, matchPolicy, timeoutSeconds: timeout } = hook;
  const selectorOptions = { allowInvalidValues: kept.invalidValues };
  validateHookName(errors, hook.name, `${path}.name`);
  hook.rules?.forEach((rule, i) => {
    validateRule(errors, rule, `${path}.rules[${i}]`);
  });
  if (failurePolicy !== undefined && !failurePolicies.includes(failurePolicy))
    errors.notSupported(`${path}.failurePolicy`, failurePolicy, failurePolicies);
  if (matchPolicy !== undefined && !matchPolicies.includes(matchPolicy))
    errors.notSupported(`${path}.matchPolicy`, matchPolicy, matchPolicies);
  const effects = kept.sideEffects ? sideEffects : noSideEffects;
  if (hook.sideEffects === undefined || hook.sideEffects === null)
    errors.required(`${path}.sideEffects`, `must specify one of ${effects.join(', ')}`);
  else if (!effects.includes(hook.sideEffects))
    errors.notSupported(`${path}.sideEffects`, hook.sideEffects, effects);
  if (timeout !== undefined && (timeout > 30 || timeout < 1))
    errors.invalid(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds');
  for (const field of ['namespaceSelector', 'objectSelector'] as const)
    validateLabelSelector(errors, hook[field], `${path}.${field}`, selectorOptions);
  const reinvocation = 'reinvocationPolicy' in hook ? hook.reinvocationPolicy : undefined;
  if (reinvocation !== undefined && !['IfNeeded', 'Never'].includes(reinvocation))
    errors.notSupported(`${path}.reinvocationPolicy`, reinvocation, ['IfNeeded', 'Never']);
  validateWebhookClient(errors, hook.clientConfig, `${path}.clientConfig`);
  if (!kept.matchConditions) validateMatchConditions(errors, hook.matchConditions, `${path}.matchConditions`);
  validateReviewVersions(errors, hook, `${path}.admissionReviewVersions`, kept);
}

function keptOf(hooks: readonly Webhook[], old: readonly Webhook[]): Kept {
  const names = old.map(({ name }) => name);
  const sameConditions =
    hooks.length === old.length &&
    hooks.every((hook, i) => semanticEqual(hook.matchConditions, old[i]!.matchConditions));
  const hasInvalidSelector = ({ namespaceSelector, objectSelector }: Webhook): boolean => {
    const faults = new FieldErrors();
    validateLabelSelector(faults, namespaceSelector, '');
    validateLabelSelector(faults, objectSelector, '');
    return !faults.empty;
  };
  return {
    matchConditions: sameConditions,
    sideEffects: old.some((hook) => !noSideEffects.includes(hook.sideEffects ?? '')),
    reviewVersions: old.some(({ admissionReviewVersions }) => {
      const versions = admissionReviewVersions ?? [];
      return versions.length > 0 && !versions.some((version) => reviewVersions.includes(version));
    }),
    duplicateNames: new Set(names).size < names.length,
    invalidValues: old.some(hasInvalidSelector),
  };
}

/** Checks the webhooks of a configuration. */
export function validateWebhooks(
  errors: FieldErrors,
  hooks: readonly Webhook[] = [],
  old?: readonly Webhook[],
): void {
  const kept = old ? keptOf(hooks, old) : {};
  const names = new Set<string>();
  hooks.forEach((hook, i) => {
    const path = `webhooks[${i}]`;
    validateHook(errors, hook, path, kept);
    if (kept.duplicateNames || hook.name === '') return;
    if (names.has(hook.name)) errors.duplicate(`${path}.name`, hook.name);
    names.add(hook.name);
  });
}

/** Fills what webhooks may leave out. */
export function setWebhookDefaults(hooks: readonly Webhook[] | undefined): void {
  for (const hook of hooks ?? []) {
    hook.failurePolicy ??= 'Fail';
    hook.matchPolicy ??= 'Equivalent';
    hook.namespaceSelector ??= {};
    hook.objectSelector ??= {};
    hook.timeoutSeconds ??= 10;
    setRuleDefaults(hook.rules);
    if (hook.clientConfig.service) hook.clientConfig.service.port ??= 443;
  }
}
