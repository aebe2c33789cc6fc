// Whether a webhook wants to see a request: by its rules and selectors.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/{generic/webhook,rules/rules,predicates/*/matcher}.go.
import type {
  MutatingWebhook,
  RuleWithOperations,
  ValidatingWebhook,
} from '#types/admissionregistration.k8s.io_v1';
import { selectorOfObject } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import type { ServedResource } from '../resources.ts';

/** A webhook of either sort. */
export type Webhook = MutatingWebhook | ValidatingWebhook;

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

function matchesRule(
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

function selectsNamespace(hook: Webhook, request: AdmissionRequest, lookups: MatchLookups): boolean {
  const selector = selectorOfObject(hook.namespaceSelector ?? {});
  if (selector.isEmpty()) return true;
  const { resource, subresource, operation, object, namespace, name } = request;
  const isNamespace = resource.groupResource.group === '' && resource.groupResource.resource === 'namespaces';
  if (!isNamespace && !resource.definition.namespaced) return true;
  if (isNamespace && subresource === '' && operation !== 'DELETE' && object)
    return selector.matches(object.metadata.labels);
  return selector.matches(lookups.namespaceLabels(isNamespace ? name : namespace));
}

function selectsObject(hook: Webhook, { object, oldObject }: AdmissionRequest): boolean {
  const selector = selectorOfObject(hook.objectSelector ?? {});
  if (selector.isEmpty()) return true;
  const matches = (candidate: KubeObject | undefined): boolean =>
    candidate !== undefined && selector.matches(candidate.metadata.labels);
  return matches(object) || matches(oldObject);
}

/** The resource as which the webhook wants the request: as it is, or as another version; undefined: not at all. */
export function matchedResource(
  hook: Webhook,
  request: AdmissionRequest,
  lookups: MatchLookups,
): ServedResource | undefined {
  const { resource } = request;
  if (!selectsNamespace(hook, request, lookups) || !selectsObject(hook, request)) return undefined;
  const rules = hook.rules ?? [];
  if (rules.some((rule) => matchesRule(rule, request, resource))) return resource;
  if (hook.matchPolicy === 'Exact') return undefined;
  for (const rule of rules)
    for (const other of lookups.versionsOf(resource))
      if (other !== resource && matchesRule(rule, request, other)) return other;
  return undefined;
}
