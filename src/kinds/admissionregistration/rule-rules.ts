// The rules by which admission configurations choose requests: groups, versions, resources, operations.
// Upstream: validateRuleWithOperations in k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type { RuleWithOperations } from '#types/admissionregistration.k8s.io_v1';
import type { FieldErrors } from '../validation/field-errors.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

function validateResources(errors: FieldErrors, resources: readonly string[], path: string): void {
  if (resources.length === 0) errors.required(path);
  // Resources of which all subresources are there, and subresources that are there of all resources.
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let plain = false;
  resources.forEach((text, i) => {
    const at = `${path}[${i}]`;
    if (text === '') {
      errors.required(at);
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      // As upstream: the last resource without a subresource decides.
      plain = text !== '*';
      return;
    }
    const resource = text.slice(0, slash);
    const subresource = text.slice(slash + 1);
    if (wholeResources.has(resource))
      errors.invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`);
    if (wholeSubresources.has(subresource))
      errors.invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`);
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes('*') && plain)
    errors.invalid(
      path,
      resources,
      "if '*' is present, must not specify other resources without subresources",
    );
}

/** Checks one rule. */
export function validateRule(errors: FieldErrors, rule: RuleWithOperations, path: string): void {
  const { operations: chosen = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const alone = (list: readonly string[], field: string, what: string): void => {
    if (list.length === 0) errors.required(`${path}.${field}`);
    if (list.length > 1 && list.includes('*'))
      errors.invalid(`${path}.${field}`, list, `if '*' is present, must not specify other ${what}`);
  };
  alone(chosen, 'operations', 'operations');
  chosen.forEach((operation, i) => {
    if (!operations.includes(operation))
      errors.notSupported(`${path}.operations[${i}]`, operation, operations);
  });
  alone(apiGroups, 'apiGroups', 'API groups');
  alone(apiVersions, 'apiVersions', 'API versions');
  apiVersions.forEach((version, i) => {
    if (version === '') errors.required(`${path}.apiVersions[${i}]`);
  });
  validateResources(errors, resources, `${path}.resources`);
  if (scope !== undefined && !scopes.includes(scope)) errors.notSupported(`${path}.scope`, scope, scopes);
}

/** A rule is for all scopes unless it says otherwise. */
export function setRuleDefaults(rules: readonly RuleWithOperations[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}
