// Role: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go.
import type { Role } from '#types/rbac.authorization.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { nameOf } from '../table/ages.ts';
import { column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { pathSegment } from '../validation/names.ts';
import { emptyRulesToNull, validateRules } from './rules.ts';

function validate(role: Role) {
  const errors = new FieldErrors();
  validateRules(errors, role.rules, true);
  return errors.list;
}

export const role = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  metadataChecks: ['change', 'whole'],
  nameRule: pathSegment,
  validateCreate: (role) => validate(role),
  canonicalize: emptyRulesToNull,
  allowCreateOnUpdate: true,
  validateUpdate: (role) => validate(role),
  table: {
    columns: [nameColumn, column('Created At', 'date', doc('meta/v1.ObjectMeta.creationTimestamp'))],
    row: (role) => ({ cells: [nameOf(role), role.metadata.creationTimestamp ?? null] }),
  },
});
