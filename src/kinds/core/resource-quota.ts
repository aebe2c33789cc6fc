// ResourceQuota: what tables cannot say.
// Upstream: ValidateResourceQuota in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { ResourceQuota, ResourceQuotaSpec } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import {
  isStandardQuotaResource,
  roundResources,
  validateQuotaResourceName,
  validateResourceQuantity,
} from '../validation/resource-names.ts';
import { takeBack } from '../validation/status-strategy.ts';

const podScopes = new Set([
  'Terminating',
  'NotTerminating',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
]);
const scopes = new Set([...podScopes, 'BestEffort', 'VolumeAttributesClass']);
const existsOnly = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);
const podResources = new Set([
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
]);
const claimResources = new Set(['persistentvolumeclaims', 'requests.storage']);

function suits(scope: string, resource: string): boolean {
  if (podScopes.has(scope)) return podResources.has(resource);
  if (scope === 'BestEffort') return resource === 'pods';
  return scope !== 'VolumeAttributesClass' || claimResources.has(resource);
}

function unsuitable(spec: ResourceQuotaSpec, scope: string): string[] {
  return Object.keys(spec.hard ?? {})
    .sort()
    .filter((name) => isStandardQuotaResource(name) && !suits(scope, name));
}

function validateConflicts(
  errors: FieldErrors,
  set: ReadonlySet<string>,
  spec: ResourceQuotaSpec,
  path: string,
): void {
  for (const pair of [
    ['BestEffort', 'NotBestEffort'],
    ['NotTerminating', 'Terminating'],
  ])
    if (pair.every((scope) => set.has(scope)))
      errors.invalid(path, memberAsSent(spec, 'scopes') ?? null, 'conflicting scopes');
}

function validateScopes(errors: FieldErrors, spec: ResourceQuotaSpec): void {
  const list = spec.scopes ?? [];
  if (list.length === 0) return;
  const path = 'spec.scopes';
  for (const scope of list) {
    if (!scopes.has(scope)) errors.invalid(path, list, 'unsupported scope');
    for (const _ of unsuitable(spec, scope))
      errors.invalid(path, list, 'unsupported scope applied to resource');
  }
  validateConflicts(errors, new Set(list), spec, path);
}

function validateScopeSelector(errors: FieldErrors, spec: ResourceQuotaSpec): void {
  const selector = spec.scopeSelector;
  if (!selector) return;
  const path = 'spec.scopeSelector.matchExpressions';
  const expressions = selector.matchExpressions ?? [];
  const printed = {
    MatchExpressions: expressions.map((expression) => ({
      ScopeName: expression.scopeName,
      Operator: expression.operator,
      Values: memberAsSent(expression, 'values') ?? null,
    })),
  };
  for (const { scopeName, operator, values = [] } of expressions) {
    if (!scopes.has(scopeName)) errors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope');
    for (const _ of unsuitable(spec, scopeName))
      errors.invalid(path, printed, 'unsupported scope applied to resource');
    if (existsOnly.has(scopeName) && operator !== 'Exists') {
      errors.invalid(
        `${path}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      );
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.required(
          `${path}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        );
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.invalid(
          `${path}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        );
    } else errors.invalid(`${path}.operator`, ofNamedType(operator), 'not a valid selector operator');
  }
  validateConflicts(errors, new Set(expressions.map(({ scopeName }) => scopeName)), spec, path);
}

function validateList(
  errors: FieldErrors,
  list: Readonly<Record<string, string>> | undefined,
  path: string,
): void {
  for (const name in list) {
    validateQuotaResourceName(errors, name, `${path}[${name}]`);
    validateResourceQuantity(errors, name, list[name]!, `${path}[${name}]`);
  }
}

function validateSpec(errors: FieldErrors, spec: ResourceQuotaSpec): void {
  validateList(errors, spec.hard, 'spec.hard');
  validateScopes(errors, spec);
  validateScopeSelector(errors, spec);
}

function amountsCell({ status }: ResourceQuota, limits: boolean): string {
  const { hard = {}, used = {} } = status ?? {};
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}

export const resourceQuota = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  nameRule: subdomainName,
  setDefaults({ spec, status }) {
    roundResources(spec.hard);
    roundResources(status?.hard);
    roundResources(status?.used);
  },
  prepareForCreate(quota) {
    quota.status = {};
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec);
    return errors.list;
  },
  prepareForUpdate(quota, old) {
    takeBack(quota, old, 'status');
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateSpec(errors, spec);
    const now = new Set(spec.scopes);
    const before = new Set(old.spec.scopes);
    const same = now.size === before.size && [...now].every((scope) => before.has(scope));
    if (!same) errors.invalid('spec.scopes', memberAsSent(spec, 'scopes') ?? null, 'field is immutable');
    return errors.list;
  },
  subresources: {
    status: {
      prepareForUpdate(quota, old) {
        quota.spec = old.spec;
      },
      validateUpdate({ metadata, status }) {
        const errors = new FieldErrors();
        if (!metadata.resourceVersion) errors.required('resourceVersion');
        validateList(errors, status?.hard, 'status.hard');
        validateList(errors, status?.used, 'status.used');
        return errors.list;
      },
    },
  },
  table: {
    columns: [
      nameColumn,
      column(
        'Request',
        'string',
        'Request represents a minimum amount of cpu/memory that a container may consume.',
      ),
      column(
        'Limit',
        'string',
        'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      ),
      ageColumn,
    ],
    row: (quota, context) => ({
      cells: [nameOf(quota), amountsCell(quota, false), amountsCell(quota, true), ageOf(quota, context)],
    }),
  },
});
