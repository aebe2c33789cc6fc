// Whether a webhook wants to see a request.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go.
import type { MutatingWebhook, ValidatingWebhook } from '#types/admissionregistration.k8s.io_v1';
import type { AdmissionRequest } from '../admission/admission.ts';
import {
  type MatchLookups,
  matchesRule,
  selectsNamespace,
  selectsObject,
} from '../admission/request-match.ts';
import type { ServedResource } from '../resources.ts';

/** A webhook of either sort. */
export type Webhook = MutatingWebhook | ValidatingWebhook;

/** The resource as which the webhook wants the request: as it is, or as another version; undefined: not at all. */
export function matchedResource(
  hook: Webhook,
  request: AdmissionRequest,
  lookups: MatchLookups,
): ServedResource | undefined {
  const { resource } = request;
  if (!selectsNamespace(hook.namespaceSelector, request, lookups)) return undefined;
  if (!selectsObject(hook.objectSelector, request)) return undefined;
  const rules = hook.rules ?? [];
  if (rules.some((rule) => matchesRule(rule, request, resource))) return resource;
  if (hook.matchPolicy === 'Exact') return undefined;
  for (const rule of rules)
    for (const other of lookups.versionsOf(resource))
      if (other !== resource && matchesRule(rule, request, other)) return other;
  return undefined;
}
