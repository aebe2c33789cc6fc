// What admission policies and their bindings share.
// Upstream: k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type {
  MatchResources,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  Variable,
} from '#types/admissionregistration.k8s.io_v1';
import { formatLabelSelector } from '../../api/label-selector.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1035Label, dnsSubdomain, pathSegment } from '../validation/names.ts';
import type { ExpressionRules } from './expression-rules.ts';
import { setRuleDefaults, validateRule } from './rule-rules.ts';
import { failurePolicies, matchPolicies } from './webhook-rules.ts';

const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const notFoundActions = ['Deny', 'Allow'];
const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Fail or Ignore. */
export function validateFailurePolicy(errors: FieldErrors, policy: string | undefined): void {
  const path = 'spec.failurePolicy';
  if (policy === undefined) errors.required(path);
  else if (!failurePolicies.includes(policy)) errors.notSupported(path, policy, failurePolicies);
}

function validateParamVersion(errors: FieldErrors, apiVersion: string, path: string): void {
  if (apiVersion === '') {
    errors.required(path);
    return;
  }
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (parts.length > 2) {
    errors.invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
    return;
  }
  const group = parts.length === 2 ? parts[0]! : '';
  const version = parts.at(-1)!;
  const groupFaults = group === '' ? [] : dnsSubdomain(group);
  if (groupFaults.length > 0) errors.invalid(path, group, groupFaults.join(','));
  const versionFaults = dns1035Label(version);
  if (version === '') errors.invalid(path, apiVersion, 'version must be specified');
  else if (versionFaults.length > 0) errors.invalid(path, version, versionFaults.join(','));
}

/** The kind of a policy's parameters. */
export function validateParamKind(errors: FieldErrors, paramKind: ParamKind | undefined): void {
  if (!paramKind) return;
  const { apiVersion = '', kind = '' } = paramKind;
  validateParamVersion(errors, apiVersion, 'spec.paramKind.apiVersion');
  const path = 'spec.paramKind.kind';
  const faults = dns1035Label(kind.toLowerCase());
  if (kind === '') errors.required(path);
  else if (faults.length > 0)
    errors.invalid(path, kind, `may have mixed case, but should otherwise match: ${faults.join(',')}`);
}

function validateNamedRule(errors: FieldErrors, rule: NamedRuleWithOperations, path: string): void {
  const names = new Set<string>();
  rule.resourceNames?.forEach((name, i) => {
    const at = `${path}.resourceNames[${i}]`;
    errors.invalids(at, name, pathSegment(name));
    if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
  });
  validateRule(errors, rule, path);
}

/** Which requests a policy or binding is for. */
export function validateMatchResources(
  errors: FieldErrors,
  resources: MatchResources | undefined,
  path: string,
): void {
  if (!resources) return;
  const { matchPolicy } = resources;
  if (matchPolicy === undefined) errors.required(`${path}.matchPolicy`);
  else if (!matchPolicies.includes(matchPolicy))
    errors.notSupported(`${path}.matchPolicy`, matchPolicy, matchPolicies);
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    if (!resources[field]) errors.required(`${path}.${field}`);
    validateLabelSelector(errors, resources[field], `${path}.${field}`);
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const)
    resources[field]?.forEach((rule, i) => {
      validateNamedRule(errors, rule, `${path}.${field}[${i}]`);
    });
}

/** Deletions cannot be mutated. */
export function validateMutatingOperations(
  errors: FieldErrors,
  resources: MatchResources | undefined,
  path: string,
): void {
  for (const rule of resources?.resourceRules ?? [])
    for (const operation of rule.operations ?? [])
      if (!mutatingOperations.includes(operation))
        errors.notSupported(`${path}.resourceRules.operations`, operation, mutatingOperations);
}

/** A policy's constraints: there, with at least one rule. */
export function validateConstraints(errors: FieldErrors, constraints: MatchResources | undefined): void {
  const path = 'spec.matchConstraints';
  if (!constraints) {
    errors.required(path);
    return;
  }
  validateMatchResources(errors, constraints, path);
  if (!constraints.resourceRules?.length) errors.required(`${path}.resourceRules`);
}

/** Variables of a policy; `rules` knows them afterwards. */
export function validateVariables(
  errors: FieldErrors,
  variables: readonly Variable[] | undefined,
  rules: ExpressionRules,
  hasParams: boolean,
): void {
  variables?.forEach((variable, i) => {
    const { name, expression } = variable;
    const path = `spec.variables[${i}]`;
    if (name.trim() === '') errors.required(`${path}.name`, 'name is not specified');
    else if (!identifier.test(name) || reserved.has(name))
      errors.invalid(`${path}.name`, name, 'must be a valid CEL identifier');
    if (expression.trim() === '') errors.required(`${path}.expression`, 'expression is not specified');
    else rules.variable(`${path}.expression`, variable, { hasParams, hasAuthorizer: true });
  });
}

/** The policy and the parameters of a binding. */
export function validateBinding(
  errors: FieldErrors,
  { policyName, paramRef }: { policyName?: string; paramRef?: ParamRef },
): void {
  if (!policyName) errors.required('spec.policyName');
  else errors.invalids('spec.policyName', policyName, dnsSubdomain(policyName));
  if (!paramRef) return;
  const path = 'spec.paramRef';
  const exclusive = 'name and selector are mutually exclusive';
  const { name, selector, parameterNotFoundAction: action } = paramRef;
  if (name) {
    errors.invalids(`${path}.name`, name, pathSegment(name));
    if (selector) errors.forbidden(`${path}.name`, exclusive);
  }
  if (selector) {
    validateLabelSelector(errors, selector, `${path}.selector`);
    if (name) errors.forbidden(`${path}.selector`, exclusive);
  }
  if (!name && !selector) errors.required(path, 'one of name or selector must be specified');
  const at = `${path}.parameterNotFoundAction`;
  if (!action) errors.required(at);
  else if (!notFoundActions.includes(action)) errors.notSupported(at, action, notFoundActions);
}

/** Fills what may be left out. */
export function setMatchDefaults(resources: MatchResources | undefined): void {
  if (!resources) return;
  resources.matchPolicy ??= 'Equivalent';
  resources.namespaceSelector ??= {};
  resources.objectSelector ??= {};
  setRuleDefaults(resources.resourceRules);
  setRuleDefaults(resources.excludeResourceRules);
}

/** `v1/ConfigMap`. */
export function paramKindCell(paramKind: ParamKind | undefined): string {
  return paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>';
}

/** `default/limits`. */
export function paramRefCell(paramRef: ParamRef | undefined): string {
  if (paramRef?.name) return `${paramRef.namespace || '*'}/${paramRef.name}`;
  return paramRef?.selector ? formatLabelSelector(paramRef.selector) : '<unset>';
}
