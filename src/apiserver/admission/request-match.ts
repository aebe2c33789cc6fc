// Whether an admission configuration is for a request: by rules and selectors. Webhooks and policies have both.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/{rules/rules,predicates/*/matcher}.go.

import type { RuleWithOperations } from '#types/admissionregistration.k8s.io_v1';
import type { LabelSelector } from '#types/meta_v1';
import { selectorOfObject } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ServedResource } from '../resources.ts';
import type { AdmissionRequest } from './admission.ts';

/** What matching looks things up in. */
export interface MatchLookups {
  /** The labels of a namespace; undefined where there is none. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined;
  /** All served versions of a resource, itself among them. */
  versionsOf(resource: ServedResource): readonly ServedResource[];
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((entry) => entry === '*' || entry === value) ?? false;
}

function matchesResource(rule: RuleWithOperations, plural: string, subresource: string): boolean {
  return (
    rule.resources?.some((pattern) => {
      const [name = '', sub = ''] = pattern.split('/');
      return (name === '*' || name === plural) && (sub === '*' || sub === subresource);
    }) ?? false
  );
}

/** Whether a rule is for a request, were it one of the resource in this version. */
export function matchesRule(
  rule: RuleWithOperations,
  { operation, subresource }: AdmissionRequest,
  { definition }: ServedResource,
): boolean {
  const { scope = '*' } = rule;
  const isNamespaced = definition.namespaced;
  if (scope === 'Namespaced' && !isNamespaced) return false;
  if (scope === 'Cluster' && isNamespaced) return false;
  return (
    includes(rule.operations, operation) &&
    includes(rule.apiGroups, definition.group) &&
    includes(rule.apiVersions, definition.version) &&
    matchesResource(rule, definition.plural, subresource)
  );
}

/** Whether the namespace of a request is selected; what is in none always is. */
export function selectsNamespace(
  namespaceSelector: LabelSelector | undefined,
  request: AdmissionRequest,
  lookups: MatchLookups,
): boolean {
  const selector = selectorOfObject(namespaceSelector ?? {});
  if (selector.isEmpty()) return true;
  const { resource, subresource, operation, object, namespace, name } = request;
  const isNamespace = resource.groupResource.group === '' && resource.groupResource.resource === 'namespaces';
  if (!isNamespace && !resource.definition.namespaced) return true;
  if (isNamespace && subresource === '' && operation !== 'DELETE' && object)
    return selector.matches(object.metadata.labels);
  return selector.matches(lookups.namespaceLabels(isNamespace ? name : namespace));
}

/** Whether the object of a request is selected, as it was or as it is to be. */
export function selectsObject(
  objectSelector: LabelSelector | undefined,
  { object, oldObject }: AdmissionRequest,
): boolean {
  const selector = selectorOfObject(objectSelector ?? {});
  if (selector.isEmpty()) return true;
  const matches = (candidate: KubeObject | undefined): boolean =>
    // options of connections have no metadata
    candidate?.metadata !== undefined && selector.matches(candidate.metadata.labels);
  return matches(object) || matches(oldObject);
}
