// Whether a policy, or a binding of one, is for a request.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/{matching/matching,generic/plugin}.go.
import type { MatchResources, NamedRuleWithOperations } from '#types/admissionregistration.k8s.io_v1';
import type { AdmissionRequest } from '../admission/admission.ts';
import {
  type MatchLookups,
  matchesRule,
  selectsNamespace,
  selectsObject,
} from '../admission/request-match.ts';
import type { ServedResource } from '../resources.ts';

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
