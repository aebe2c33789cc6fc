// What the quota step needs to know of a resource, and what is the same for all of them.
// Upstream: Evaluator in k8s.io/apiserver/pkg/quota/v1/interfaces.go, generic/evaluator.go.
import type { ResourceQuota, ScopedResourceSelectorRequirement } from '#types/core_v1';
import type { KubeObject } from '../../../api/object.ts';
import type { ResourceList } from '../../../kinds/pod-spec/resources.ts';
import type { AdmissionRequest } from '../admission.ts';

/** Measures the objects of one resource. */
export interface Evaluator {
  /** Whether the write may change what the object uses. `request.object` is given. */
  handles(request: AdmissionRequest): boolean;
  /** Those of the names that this resource has a part in. */
  matchingResources(names: readonly string[]): string[];
  /** Whether the object is of a quota's scope; absent: the resource knows no scopes, so that it is in none. */
  inScope?(scope: ScopedResourceSelectorRequirement, object: KubeObject): boolean;
  /** What the object must say but does not, given the names that a quota limits; undefined when nothing is missing. */
  missing?(names: readonly string[], object: KubeObject): string | undefined;
  /** What the object uses. `now`: milliseconds since the Unix epoch. */
  usage(object: KubeObject, now: number): ResourceList;
}

/** `count/deployments.apps`, `count/pods`. */
export function countName(group: string, resource: string): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}

/** The scopes of a quota, from both fields. */
function scopesOf({ spec }: ResourceQuota): ScopedResourceSelectorRequirement[] {
  return [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
}

/** Whether the quota limits anything of the object. */
export function isCovered(quota: ResourceQuota, evaluator: Evaluator, object: KubeObject): boolean {
  if (evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length === 0) return false;
  return scopesOf(quota).every((scope) => evaluator.inScope?.(scope, object) ?? false);
}
