// ClusterRoleBinding: what tables cannot say. What it binds never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go.
import type { ClusterRoleBinding } from '#types/rbac.authorization.k8s.io_v1';
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

function validate(errors: FieldErrors, { roleRef, subjects }: ClusterRoleBinding): void {
  validateRoleRef(errors, roleRef, ['ClusterRole']);
  validateSubjects(errors, subjects, false);
}

export const clusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
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
        'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
      ),
      ageColumn,
      wideColumn('Users', 'string', 'Users in the clusterRoleBinding'),
      wideColumn('Groups', 'string', 'Groups in the clusterRoleBinding'),
      wideColumn('ServiceAccounts', 'string', 'ServiceAccounts in the clusterRoleBinding'),
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
