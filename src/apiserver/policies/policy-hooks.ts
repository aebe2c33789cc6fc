// The policies that are bound, with their bindings, as they are stored right now: a policy is in force once it is stored.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_source.go.
import type {
  MatchResources,
  NamedRuleWithOperations,
  ParamRef,
} from '#types/admissionregistration.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import {
  type MatchLookups,
  matchesRule,
  selectsNamespace,
  selectsObject,
} from '../admission/request-match.ts';
import { storedPolicy } from '../admission/stored-policies.ts';
import type { ServedResource } from '../resources.ts';

/** A binding of either sort. */
export interface PolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef | null;
    readonly matchResources?: MatchResources | null;
  };
}

/** A policy and what binds it. */
export interface PolicyHook<P, B> {
  readonly policy: P;
  readonly bindings: readonly B[];
}

/** Finds what is bound; cheap while there are no bindings. */
export class PolicyHooks<P extends KubeObject, B extends PolicyBinding> {
  private readonly policies: () => ServedResource;
  private readonly bindings: () => ServedResource;
  private seen: readonly Buffer[] = [];
  private hooks: readonly PolicyHook<P, B>[] = [];

  constructor(policies: () => ServedResource, bindings: () => ServedResource) {
    this.policies = policies;
    this.bindings = bindings;
  }

  /** Bound policies in the order of their names. They are shared: nobody may change them. */
  current(): readonly PolicyHook<P, B>[] {
    const bindings = this.bindings().cache!.list({ prefix: '' }).objects;
    if (bindings.length === 0) return [];
    const policies = this.policies().cache!.list({ prefix: '' }).objects;
    const seen = [...bindings, ...policies].map(({ bytes }) => bytes);
    if (seen.length !== this.seen.length || seen.some((bytes, i) => bytes !== this.seen[i])) {
      this.seen = seen;
      const bound = bindings.map((object) => storedPolicy<B>(object));
      this.hooks = policies
        .map((object) => storedPolicy<P>(object))
        .map((policy) => ({
          policy,
          bindings: bound.filter(({ spec }) => spec.policyName === policy.metadata.name),
        }))
        .filter((hook) => hook.bindings.length > 0);
    }
    return this.hooks;
  }
}

const configurations = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);
const reviews: Readonly<Record<string, ReadonlySet<string>>> = {
  'authentication.k8s.io': new Set(['selfsubjectreviews', 'tokenreviews']),
  'authorization.k8s.io': new Set([
    'localsubjectaccessreviews',
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
    'subjectaccessreviews',
  ]),
};

/**
 * Whether no policy sees requests for a resource: policies themselves, or nobody could mend them, and reviews, without which
 * the cluster cannot work. Upstream: pkg/kubeapiserver/admission/exclusion/resources.go in kubernetes/kubernetes.
 */
export function isExcluded({ groupResource: { group, resource } }: ServedResource): boolean {
  if (group === 'admissionregistration.k8s.io') return configurations.has(resource);
  return reviews[group]?.has(resource) ?? false;
}

function isNamed({ resourceNames }: NamedRuleWithOperations, name: string): boolean {
  return !resourceNames || resourceNames.length === 0 || resourceNames.includes(name);
}

/** The resource as which some rule is for a request. */
function ruledResource(
  rules: readonly NamedRuleWithOperations[],
  matchPolicy: string | undefined,
  request: AdmissionRequest,
  lookups: MatchLookups,
): ServedResource | undefined {
  const { resource, name } = request;
  const matches = (rule: NamedRuleWithOperations, as: ServedResource): boolean =>
    matchesRule(rule, request, as) && isNamed(rule, name);
  if (rules.some((rule) => matches(rule, resource))) return resource;
  if (matchPolicy !== 'Equivalent') return undefined;
  for (const rule of rules)
    for (const other of lookups.versionsOf(resource))
      if (other !== resource && matches(rule, other)) return other;
  return undefined;
}

/**
 * The resource as which a policy or a binding is for a request: as it is, or as another version; undefined: it is not.
 * Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go.
 */
export function matchedResource(
  resources: MatchResources,
  request: AdmissionRequest,
  lookups: MatchLookups,
): ServedResource | undefined {
  const { resourceRules, excludeResourceRules, matchPolicy } = resources;
  // the rules first: they cost least and rule out most
  const matched = resourceRules?.length
    ? ruledResource(resourceRules, matchPolicy, request, lookups)
    : request.resource;
  if (matched === undefined) return undefined;
  if (excludeResourceRules?.length && ruledResource(excludeResourceRules, matchPolicy, request, lookups))
    return undefined;
  if (!selectsNamespace(resources.namespaceSelector, request, lookups)) return undefined;
  return selectsObject(resources.objectSelector, request) ? matched : undefined;
}
