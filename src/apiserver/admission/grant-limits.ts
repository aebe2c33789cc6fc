// Who writes roles and bindings gives no more than he has, unless he may `escalate` the role or `bind` it.
// Upstream: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go,
// pkg/registry/rbac/escalation_check.go, helpers.go and validation/rule.go (ConfirmNoEscalation) in kubernetes/kubernetes.
import type { ClusterRole, PolicyRule, RoleBinding, RoleRef } from '#types/rbac.authorization.k8s.io_v1';
import { aggregateText } from '../../api/field-error.ts';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError, badRequest, failure, forbidden, notFound } from '../../api/status.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { RbacRules } from '../authorization/rbac.ts';
import { quotedList, ruleLines, uncovered } from '../authorization/rule-coverage.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { isForCollectionOnly } from './collection-only.ts';

const group = 'rbac.authorization.k8s.io';
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function roleResource(ref: RoleRef): string {
  return ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
}

/** Upstream's stores say of everything that it is not found by the resource of the request (qualifiedResourceFromContext). */
function noRole({ resource }: AdmissionRequest, ref: RoleRef): ApiError {
  return notFound(resource.groupResource, ref.name);
}

function gathersOthers(object: KubeObject | undefined): boolean {
  const role = object as ClusterRole | undefined;
  return (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;
}

/** Why the user may not give these rules; undefined where he has them all. */
function excess(
  request: AdmissionRequest,
  rules: RbacRules,
  wanted: readonly PolicyRule[],
): string | undefined {
  const { user, namespace } = request;
  const missing: RoleRef[] = [];
  const held = rules.granted(user, namespace, missing).map(({ rule }) => rule);
  const lacking = uncovered(held, wanted);
  if (lacking.length === 0) return undefined;
  const text = `user ${goQuote(user.name)} (groups=${quotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${ruleLines(lacking)}`;
  if (missing.length === 0) return text;
  const faults = missing.map((ref) => noRole(request, ref).message);
  return `${text}; resolution errors: [${aggregateText(faults)}]`;
}

/** The rules that a binding gives. Throws 404 where there is no such role. */
function boundRules(request: AdmissionRequest, rules: RbacRules, ref: RoleRef): readonly PolicyRule[] {
  const { namespace } = request;
  if (ref.kind !== 'ClusterRole' && ref.kind !== 'Role')
    throw new ApiError(failure(500, '', `unsupported role reference kind: ${goQuote(ref.kind)}`));
  if (ref.kind === 'Role' && namespace === '') throw badRequest('Namespace parameter required.');
  const found = rules.ofRole(ref, namespace);
  if (!found) throw noRole(request, ref);
  return found;
}

/** Throws 403 for rights that the user does not have. */
export function grantLimits(authorizer: Authorizer, rules: RbacRules): AdmissionStep {
  const allows = (
    { user, namespace }: AdmissionRequest,
    verb: string,
    of: { group: string; resource: string },
    name: string,
  ): boolean => {
    const target = { ...of, version: '*', subresource: '', namespace, name, path: '' };
    return authorizer.authorize({ user, verb, isResource: true, ...target }).allowed;
  };

  const checkRole = (request: AdmissionRequest, role: ClusterRole): string | undefined => {
    // A POST has no name in its path to ask about; a PUT that creates is held to the same.
    const name = request.operation === 'CREATE' ? '' : request.name;
    if (allows(request, 'escalate', request.resource.groupResource, name)) return undefined;
    if (isForCollectionOnly(request)) return undefined;
    const text = excess(request, rules, role.rules ?? []);
    if (text !== undefined) return text;
    if (!gathersOthers(request.object) && !gathersOthers(request.oldObject)) return undefined;
    const lacks = excess(request, rules, everything) !== undefined;
    return lacks ? 'must have cluster-admin privileges to use the aggregationRule' : undefined;
  };

  const checkBinding = (request: AdmissionRequest, { roleRef }: RoleBinding): string | undefined => {
    if (isForCollectionOnly(request)) return undefined;
    const role = { group: roleRef.apiGroup ?? '', resource: roleResource(roleRef) };
    const isKnown = roleRef.kind === 'ClusterRole' || roleRef.kind === 'Role';
    if (isKnown && allows(request, 'bind', role, roleRef.name)) return undefined;
    return excess(request, rules, boundRules(request, rules, roleRef));
  };

  return {
    name: 'GrantLimits',
    // Once the object is as it will be and before anything validates it, as upstream does.
    admit(request) {
      const { object, resource, user } = request;
      const { groupResource } = resource;
      if (groupResource.group !== group || !object) return;
      // the API server's own connections are such users
      if (user.groups.includes('system:masters')) return;
      const isBinding = groupResource.resource.endsWith('bindings');
      const why = isBinding
        ? checkBinding(request, object as unknown as RoleBinding)
        : checkRole(request, object as unknown as ClusterRole);
      if (why !== undefined) throw forbidden(groupResource, object.metadata.name ?? '', why);
    },
  };
}
