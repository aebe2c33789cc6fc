// Rules that roles and bindings share.
// Upstream: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go.
import type { PolicyRule, RoleRef, Subject } from '#types/rbac.authorization.k8s.io_v1';
import { ofPlainType } from '../../api/field-error.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** Checks the rules of a role. */
export function validateRules(
  errors: FieldErrors,
  rules: readonly PolicyRule[] | null | undefined,
  namespaced: boolean,
): void {
  rules?.forEach((rule, i) => {
    const at = `rules[${i}]`;
    const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (!verbs?.length) errors.required(`${at}.verbs`, 'verbs must contain at least one value');
    if (nonResourceURLs.length > 0) {
      const path = `${at}.nonResourceURLs`;
      if (namespaced)
        errors.invalid(path, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
      if (apiGroups.length + resources.length + resourceNames.length > 0) {
        errors.invalid(
          path,
          nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        );
      }
      return;
    }
    if (apiGroups.length === 0)
      errors.required(`${at}.apiGroups`, 'resource rules must supply at least one api group');
    if (resources.length === 0)
      errors.required(`${at}.resources`, 'resource rules must supply at least one resource');
  });
}

/** Checks what a binding binds. */
export function validateRoleRef(errors: FieldErrors, ref: RoleRef, kinds: readonly string[]): void {
  if (ref.apiGroup !== rbacGroup)
    errors.notSupported('roleRef.apiGroup', ofPlainType(ref.apiGroup), [rbacGroup]);
  if (!kinds.includes(ref.kind)) errors.notSupported('roleRef.kind', ofPlainType(ref.kind), kinds);
  if (!ref.name) errors.required('roleRef.name');
  else errors.invalids('roleRef.name', ref.name, pathSegment(ref.name));
}

/** A binding's role never changes. */
export function validateSameRole(errors: FieldErrors, ref: RoleRef, old: RoleRef): void {
  if (ref.apiGroup === old.apiGroup && ref.kind === old.kind && ref.name === old.name) return;
  errors.invalid(
    'roleRef',
    { APIGroup: ref.apiGroup, Kind: ref.kind, Name: ref.name },
    'cannot change roleRef',
  );
}

/** Checks to whom a binding gives. */
export function validateSubjects(
  errors: FieldErrors,
  subjects: readonly Subject[] | undefined,
  namespaced: boolean,
): void {
  subjects?.forEach((subject, i) => {
    const at = `subjects[${i}]`;
    const { kind, name, namespace, apiGroup = '' } = subject;
    if (!name) errors.required(`${at}.name`);
    switch (kind) {
      case 'ServiceAccount':
        if (name) errors.invalids(`${at}.name`, name, dnsSubdomain(name));
        if (apiGroup !== '') errors.notSupported(`${at}.apiGroup`, ofPlainType(apiGroup), ['']);
        if (!namespaced && !namespace) errors.required(`${at}.namespace`);
        break;
      case 'User':
      case 'Group':
        if (apiGroup !== rbacGroup) errors.notSupported(`${at}.apiGroup`, ofPlainType(apiGroup), [rbacGroup]);
        break;
      default:
        errors.notSupported(`${at}.kind`, ofPlainType(kind), ['ServiceAccount', 'User', 'Group']);
    }
  });
}

/** Fills the groups that clients leave out. */
export function setBindingDefaults({ roleRef, subjects }: { roleRef: RoleRef; subjects?: Subject[] }): void {
  if (!roleRef.apiGroup) roleRef.apiGroup = rbacGroup;
  for (const subject of subjects ?? [])
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group'))
      subject.apiGroup = rbacGroup;
}

/** Users, groups and service accounts, each in a cell. */
export function subjectCells(subjects: readonly Subject[] | undefined): [string, string, string] {
  const of = (kind: string): string =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => {
        return kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name;
      })
      .join(', ');
  return [of('User'), of('Group'), of('ServiceAccount')];
}

/** An empty list comes back from upstream's storage as none. */
export function emptyRulesToNull(role: { rules: PolicyRule[] | null }): void {
  if (role.rules?.length === 0) role.rules = null;
}
