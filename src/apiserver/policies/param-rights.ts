// Who writes a policy can read the parameters that it shows: all of a kind for a policy, the chosen ones for a binding.
// Upstream: pkg/registry/admissionregistration/{validating,mutating}admissionpolicy{,binding}/authz.go in kubernetes/kubernetes.
import type { ParamKind, ParamRef } from '#types/admissionregistration.k8s.io_v1';
import { forbiddenField } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { type KubeObject, parseApiVersion } from '../../api/object.ts';
import { invalidObject } from '../../api/status.ts';
import { semanticEqual } from '../../kinds/semantic-equal.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission/admission.ts';
import { storedPolicy } from '../admission/stored-policies.ts';
import type { UserInfo } from '../exchange.ts';
import type { PolicyLookups } from './policy-lookups.ts';

interface Configuration extends KubeObject {
  readonly spec: {
    readonly paramKind?: ParamKind | null;
    readonly policyName?: string;
    readonly paramRef?: ParamRef | null;
  };
}

/** A user as Go prints the struct. */
function printed({ name, uid, groups, extra }: UserInfo): string {
  const entries = Object.keys(extra)
    .sort()
    .map((key) => `${key}:[${extra[key]!.join(' ')}]`);
  return `&{${name} ${uid} [${groups.join(' ')}] map[${entries.join(' ')}]}`;
}

/** What has to be allowed for a kind; where nothing is known of it, everything. */
function targetOf(paramKind: ParamKind | null | undefined, lookups: PolicyLookups) {
  const { apiVersion = '', kind = '' } = paramKind ?? {};
  const version = parseApiVersion(apiVersion);
  if (!paramKind || version === undefined) return { group: '*', version: '*', resource: '*', isKnown: false };
  const found = lookups.resourceOfKind(version.group, version.version, kind);
  return { ...version, resource: found?.definition.plural ?? '*', isKnown: found !== undefined };
}

/** Why the user may not write a policy. */
function policyFault(request: AdmissionRequest, lookups: PolicyLookups): string | undefined {
  const { paramKind } = (request.object as Configuration).spec;
  const old = (request.oldObject as Configuration | undefined)?.spec.paramKind;
  if (!paramKind || (old && semanticEqual(old, paramKind))) return undefined;
  const { isKnown: _, ...target } = targetOf(paramKind, lookups);
  const of = { ...target, subresource: '', namespace: '*', name: '*', path: '' };
  const { user } = request;
  if (lookups.authorizer.authorize({ user, verb: 'get', isResource: true, ...of }).allowed) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  return `user ${printed(user)} must have "get" permission on all objects of the referenced paramKind (kind=${kind}, apiVersion=${apiVersion})`;
}

/** Why the user may not write a binding; `policies`: the plural of what it binds. */
function bindingFault(
  request: AdmissionRequest,
  lookups: PolicyLookups,
  policies: string,
): string | undefined {
  const { paramRef, policyName = '' } = (request.object as Configuration).spec;
  if (!paramRef) return undefined;
  const { cache } = lookups.configurations(policies);
  const found = cache!.get(cache!.prefix + policyName);
  const paramKind = found && storedPolicy<Configuration>(found).spec.paramKind;
  const { isKnown, ...target } = targetOf(paramKind, lookups);
  const { name = '', namespace = '' } = paramRef;
  const verb = name === '' ? 'list' : 'get';
  const of = { ...target, subresource: '', namespace, name, path: '' };
  const { user } = request;
  if (lookups.authorizer.authorize({ user, verb, isResource: true, ...of }).allowed) return undefined;
  const lacks = `user ${printed(user)} does not have "${verb}" permission`;
  const everywhere = 'for all groups, versions and resources';
  if (!found)
    return `unable to get policy ${policyName} to determine minimum required permissions and ${lacks} ${everywhere}`;
  if (paramKind && !isKnown)
    return `unable to resolve paramKind &ParamKind{APIVersion:${paramKind.apiVersion},Kind:${paramKind.kind},} to determine minimum required permissions and ${lacks} ${everywhere}`;
  // upstream swaps the two for mutating policies
  const told = policies.startsWith('mutating')
    ? `user ${verb} does not have "${printed(user)}" permission`
    : lacks;
  return `${told} on the object referenced by paramRef`;
}

/** Throws 422 for parameters that the user may not read. */
export function paramRights(lookups: PolicyLookups): AdmissionStep {
  const check = (request: AdmissionRequest): void => {
    const { resource, object, user } = request;
    // the API server's own connections are such users
    if (!object || user.groups.includes('system:masters')) return;
    const plural = resource.groupResource.resource;
    const isBinding = plural.endsWith('bindings');
    const fault = isBinding
      ? bindingFault(request, lookups, `${plural.slice(0, -'ybindings'.length)}ies`)
      : policyFault(request, lookups);
    if (fault === undefined) return;
    const field = path('spec', isBinding ? 'paramRef' : 'paramKind');
    const { group, kind } = resource.kind;
    throw invalidObject({ group, kind }, object.metadata.name ?? '', [forbiddenField(field, fault)]);
  };
  return {
    name: 'ParamRights',
    validate(request) {
      const { group, resource } = request.resource.groupResource;
      if (group !== 'admissionregistration.k8s.io' || request.subresource !== '') return;
      if (resource.includes('admissionpolic')) check(request);
    },
  };
}
