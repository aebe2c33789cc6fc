// RoleBinding: what tables cannot say. What it binds never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go.
import type { RoleBinding } from '#types/rbac.authorization.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { pathSegment } from '../validation/names.ts';
import {
  setBindingDefaults,
  subjectCells,
  validateRoleRef,
  validateSameRole,
  validateSubjects,
} from './rules.ts';

function validate(errors: FieldErrors, { roleRef, subjects }: RoleBinding): void {
  validateRoleRef(errors, roleRef, ['Role', 'ClusterRole']);
  validateSubjects(errors, subjects, true);
}

export const roleBinding = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  metadataChecks: ['change', 'whole'],
  nameRule: pathSegment,
  setDefaults: setBindingDefaults,
  validateCreate(binding) {
    const errors = new FieldErrors();
    validate(errors, binding);
    return errors.list;
  },
  allowCreateOnUpdate: true,
  validateUpdate(binding, old) {
    const errors = new FieldErrors();
    validate(errors, binding);
    validateSameRole(errors, binding.roleRef, old.roleRef);
    return errors.list;
  },
  table: {
    columns: [
      nameColumn,
      column(
        'Role',
        'string',
        'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
      ),
      ageColumn,
      wideColumn('Users', 'string', 'Users in the roleBinding'),
      wideColumn('Groups', 'string', 'Groups in the roleBinding'),
      wideColumn('ServiceAccounts', 'string', 'ServiceAccounts in the roleBinding'),
    ],
    row: (binding, context) => ({
      cells: [
        nameOf(binding),
        `${binding.roleRef.kind}/${binding.roleRef.name}`,
        ageOf(binding, context),
        ...subjectCells(binding.subjects),
      ],
    }),
  },
});
