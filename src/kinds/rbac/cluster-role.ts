// ClusterRole: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go.
import type { ClusterRole } from '#types/rbac.authorization.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { nameOf } from '../table/ages.ts';
import { column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { hasInvalidSelectorValue, validateLabelSelector } from '../validation/labels.ts';
import { pathSegment } from '../validation/names.ts';
import { emptyRulesToNull, validateRules } from './rules.ts';

function validate(role: ClusterRole, old?: ClusterRole) {
  const errors = new FieldErrors();
  validateRules(errors, role.rules, false);
  if (!role.aggregationRule) return errors.list;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  const allowInvalidValues =
    old?.aggregationRule?.clusterRoleSelectors?.some(hasInvalidSelectorValue) === true;
  selectors.forEach((selector, i) => {
    const before = errors.list.length;
    validateLabelSelector(errors, selector, `${path}[${i}]`, { allowInvalidValues });
    // The same selector, read: what cannot be read prints as null.
    if (errors.list.length > before) errors.invalid(`${path}[${i}]`, null, 'invalid label selector.');
  });
  return errors.list;
}

export const clusterRole = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  metadataChecks: ['change', 'whole'],
  nameRule: pathSegment,
  validateCreate: (role) => validate(role),
  canonicalize: emptyRulesToNull,
  allowCreateOnUpdate: true,
  validateUpdate: validate,
  table: {
    columns: [nameColumn, column('Created At', 'date', doc('meta/v1.ObjectMeta.creationTimestamp'))],
    row: (role) => ({ cells: [nameOf(role), role.metadata.creationTimestamp ?? null] }),
  },
});
