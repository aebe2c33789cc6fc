// The roles and bindings that every cluster starts with, unfolded from their short form in rbac-policy.json.
// Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/*.go in kubernetes/kubernetes.
import type { KubeObject } from '../../api/object.ts';
import policy from './rbac-policy.json' with { type: 'json' };

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const aggregateLabel = 'rbac.authorization.k8s.io/aggregate-to-';

interface ShortRule {
  verbs: string;
  apiGroups?: string;
  resources?: string;
  resourceNames?: string;
  nonResourceURLs?: string;
}

interface ShortRole {
  name: string;
  namespace?: string;
  /** Cluster roles that take these rules in. */
  aggregateTo?: string[];
  /** Its rules are those of the roles labelled for these names. */
  aggregate?: string[];
  rules: ShortRule[];
}

interface ShortBinding {
  name: string;
  namespace?: string;
  role: string;
  subjects: string[];
}

function unfoldRule(short: ShortRule): object {
  const list = (text: string | undefined): string[] | undefined =>
    text?.split(' ').map((item) => (item === 'core' || item === '""' ? '' : item));
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = short;
  return {
    verbs: list(verbs),
    ...(apiGroups !== undefined && { apiGroups: list(apiGroups) }),
    ...(resources !== undefined && { resources: list(resources) }),
    ...(resourceNames !== undefined && { resourceNames: list(resourceNames) }),
    ...(nonResourceURLs !== undefined && { nonResourceURLs: list(nonResourceURLs) }),
  };
}

function metadata({
  name,
  namespace,
  aggregateTo,
}: {
  name: string;
  namespace?: string;
  aggregateTo?: string[];
}): KubeObject['metadata'] {
  const labels: Record<string, string> = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  for (const target of aggregateTo ?? []) labels[aggregateLabel + target] = 'true';
  return {
    name,
    ...(namespace && { namespace }),
    labels,
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
}

function unfoldRole(kind: 'ClusterRole' | 'Role', short: ShortRole): KubeObject {
  const selectors = short.aggregate?.map((target) => ({
    matchLabels: { [aggregateLabel + target]: 'true' },
  }));
  return {
    kind,
    apiVersion,
    metadata: metadata(short),
    rules: short.rules.length > 0 ? short.rules.map(unfoldRule) : null,
    ...(selectors && { aggregationRule: { clusterRoleSelectors: selectors } }),
  };
}

function unfoldSubject(text: string): object {
  const at = text.indexOf(' ');
  const kind = text.slice(0, at);
  const name = text.slice(at + 1);
  if (kind !== 'ServiceAccount') return { kind, apiGroup, name };
  const [namespace, account] = name.split('/');
  return { kind, name: account, namespace };
}

function unfoldBinding(kind: 'ClusterRoleBinding' | 'RoleBinding', short: ShortBinding): KubeObject {
  const [roleKind, roleName] = short.role.split(' ');
  return {
    kind,
    apiVersion,
    metadata: metadata(short),
    subjects: short.subjects.map(unfoldSubject),
    roleRef: { apiGroup, kind: roleKind, name: roleName },
  };
}

/** All bootstrap roles and bindings. */
export function rbacObjects(): KubeObject[] {
  return [
    ...(policy.clusterRoles as ShortRole[]).map((r) => unfoldRole('ClusterRole', r)),
    ...(policy.roles as ShortRole[]).map((r) => unfoldRole('Role', r)),
    ...(policy.clusterRoleBindings as ShortBinding[]).map((b) => unfoldBinding('ClusterRoleBinding', b)),
    ...(policy.roleBindings as ShortBinding[]).map((b) => unfoldBinding('RoleBinding', b)),
  ];
}
