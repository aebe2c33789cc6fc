// Role based access control over the roles and bindings in the watch caches.
// Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go in kubernetes/kubernetes.
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '#types/rbac.authorization.k8s.io_v1';
import { aggregateText } from '../../api/field-error.ts';
import type { CachedObject, WatchCache } from '../../storage/watch-cache.ts';
import type { UserInfo } from '../exchange.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from './authorizer.ts';

/** The caches that hold the rules; read anew for each decision. */
export interface RbacCaches {
  readonly clusterRoles: WatchCache;
  readonly clusterRoleBindings: WatchCache;
  readonly roles: WatchCache;
  readonly roleBindings: WatchCache;
}

// Parsed once per stored state: the bytes of an entry never change.
const parsed = new WeakMap<Buffer, unknown>();

function read<T>(object: CachedObject): T {
  let value = parsed.get(object.bytes);
  if (value === undefined) {
    value = JSON.parse(object.bytes.toString('utf8'));
    parsed.set(object.bytes, value);
  }
  return value as T;
}

function has(list: readonly string[] | null | undefined, value: string): boolean {
  if (!list) return false;
  for (const item of list) if (item === '*' || item === value) return true;
  return false;
}

function hasResource(rule: PolicyRule, resource: string, subresource: string): boolean {
  if (!rule.resources) return false;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  const any = subresource === '' ? undefined : `*/${subresource}`;
  for (const item of rule.resources) if (item === '*' || item === combined || item === any) return true;
  return false;
}

function hasPath(rule: PolicyRule, path: string): boolean {
  return (
    rule.nonResourceURLs?.some(
      (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
    ) ?? false
  );
}

/** Whether one rule allows it. */
export function ruleAllows(rule: PolicyRule, a: AuthorizationAttributes): boolean {
  if (!has(rule.verbs, a.verb)) return false;
  if (!a.isResource) return hasPath(rule, a.path);
  if (!has(rule.apiGroups, a.group) || !hasResource(rule, a.resource, a.subresource)) return false;
  return !rule.resourceNames || rule.resourceNames.length === 0 || rule.resourceNames.includes(a.name);
}

/** Whether a subject of a binding is the user; `namespace`: that of the binding, for service accounts without one. */
export function subjectApplies(subject: Subject, user: UserInfo, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  if (subject.kind !== 'ServiceAccount') return false;
  const home = subject.namespace || namespace;
  return home !== '' && user.name === `system:serviceaccount:${home}:${subject.name}`;
}

/** One rule that a user has, and through which binding. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** Text that explains the grant. */
  readonly grant: string;
}

function subjectText(subject: Subject): string {
  const name =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? ''}` : subject.name;
  return `${subject.kind} ${JSON.stringify(name)}`;
}

/** A binding that means a user. */
interface Bound {
  readonly roleRef: RoleRef;
  readonly grant: string;
}

const roleOfNodes: RoleRef = {
  apiGroup: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  name: 'system:node',
};

/** The users whose bindings are remembered. */
const rememberedUsers = 1024;

/** Reads the rules of users. */
export class RbacRules {
  private readonly caches: RbacCaches;
  /** Cluster-wide bindings by user, as long as the cache gives the same list of bindings. */
  private readonly bound = new Map<string, readonly Bound[]>();
  private boundIn: readonly CachedObject[] = [];

  constructor(caches: RbacCaches) {
    this.caches = caches;
  }

  /** The rules of a role; undefined where there is no such role. `namespace`: that of the binding. */
  ofRole(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const isCluster = ref.kind === 'ClusterRole';
    const cache = isCluster ? this.caches.clusterRoles : this.caches.roles;
    const found = cache.get(cache.prefix + (isCluster ? ref.name : `${namespace}/${ref.name}`));
    return found && (read<Role | ClusterRole>(found).rules ?? []);
  }

  private rulesOf(ref: RoleRef, namespace: string, missing: RoleRef[]): readonly PolicyRule[] {
    const rules = this.ofRole(ref, namespace);
    if (rules) return rules;
    missing.push(ref);
    return [];
  }

  /** Every rule of the user: cluster-wide ones, and those of `namespace` where it is not ''. Missing roles go to `missing`. */
  granted(user: UserInfo, namespace: string, missing: RoleRef[]): GrantedRule[] {
    const found: GrantedRule[] = [];
    this.find(user, namespace, missing, (rule, grant) => {
      found.push({ rule, grant });
      return false;
    });
    return found;
  }

  /** The grant of the first rule of the user that `accepts`; undefined where none does. Otherwise as `granted`. */
  find(
    user: UserInfo,
    namespace: string,
    missing: RoleRef[],
    accepts: (rule: PolicyRule, grant: string) => boolean,
  ): string | undefined {
    // Nodes have no binding in a real cluster (the node authorizer judges them); their role stands in for it here.
    if (user.groups.includes('system:nodes'))
      for (const rule of this.rulesOf(roleOfNodes, '', missing)) if (accepts(rule, '')) return '';
    for (const { roleRef, grant } of this.clusterWide(user))
      for (const rule of this.rulesOf(roleRef, '', missing)) if (accepts(rule, grant)) return grant;
    if (namespace === '') return undefined;
    const { roleBindings } = this.caches;
    for (const object of roleBindings.list({ prefix: `${roleBindings.prefix}${namespace}/` }).objects) {
      const binding = read<RoleBinding>(object);
      const subject = binding.subjects?.find((s) => subjectApplies(s, user, namespace));
      if (!subject) continue;
      const { kind, name } = binding.roleRef;
      const grant = `RBAC: allowed by RoleBinding ${JSON.stringify(`${binding.metadata.name}/${namespace}`)} of ${kind} ${JSON.stringify(name)} to ${subjectText(subject)}`;
      for (const rule of this.rulesOf(binding.roleRef, namespace, missing))
        if (accepts(rule, grant)) return grant;
    }
    return undefined;
  }

  private clusterWide(user: UserInfo): readonly Bound[] {
    const { clusterRoleBindings } = this.caches;
    const { objects } = clusterRoleBindings.list({ prefix: clusterRoleBindings.prefix });
    if (objects !== this.boundIn || this.bound.size === rememberedUsers) {
      this.boundIn = objects;
      this.bound.clear();
    }
    const who = JSON.stringify([user.name, user.groups]);
    const known = this.bound.get(who);
    if (known) return known;
    const bound: Bound[] = [];
    for (const object of objects) {
      const { metadata, subjects, roleRef } = read<ClusterRoleBinding>(object);
      const subject = subjects?.find((s) => subjectApplies(s, user, ''));
      if (!subject) continue;
      const grant = `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(metadata.name)} of ClusterRole ${JSON.stringify(roleRef.name)} to ${subjectText(subject)}`;
      bound.push({ roleRef, grant });
    }
    this.bound.set(who, bound);
    return bound;
  }
}

/** That a bound role is not there. The lister of the authorizer names it in the singular. */
export function missingRoleText({ kind, name }: RoleRef): string {
  return `${kind === 'ClusterRole' ? 'clusterrole' : 'role'}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

/** Decides by roles and bindings. */
export function rbacAuthorizer(rules: RbacRules): Authorizer {
  return {
    authorize(attributes): Decision {
      const missing: RoleRef[] = [];
      const { user, namespace } = attributes;
      const grant = rules.find(user, namespace, missing, (rule) => ruleAllows(rule, attributes));
      if (grant !== undefined) return { allowed: true, reason: grant };
      if (missing.length === 0) return { allowed: false, reason: '' };
      return { allowed: false, reason: `RBAC: ${aggregateText(missing.map(missingRoleText))}` };
    },
  };
}
