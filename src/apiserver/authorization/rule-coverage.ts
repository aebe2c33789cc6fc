// Whether rules allow all that other rules allow, and what they leave out.
// Upstream: auth/rbac/validation/policy_comparator.go in k8s.io/component-helpers, pkg/registry/rbac/validation/policy_compact.go
// and CompactString in pkg/apis/rbac/v1/evaluation_helpers.go in kubernetes/kubernetes.
import type { PolicyRule } from '#types/rbac.authorization.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';

type Texts = readonly string[] | null | undefined;

/** A rule about one verb of one resource, perhaps by one name, or about one verb of one path. */
function singleRules(rule: PolicyRule): PolicyRule[] {
  const { apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const verbs = rule.verbs ?? [];
  const singles: PolicyRule[] = [];
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs) {
        const single = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (!resourceNames?.length) singles.push(single);
        else for (const name of resourceNames) singles.push({ ...single, resourceNames: [name] });
      }
  for (const url of nonResourceURLs ?? [])
    for (const verb of verbs) singles.push({ nonResourceURLs: [url], verbs: [verb] });
  return singles;
}

function hasAll(held: Texts, wanted: Texts): boolean {
  return wanted?.every((text) => held?.includes(text)) ?? true;
}

function hasAllOrStar(held: Texts, wanted: Texts): boolean {
  return held?.includes('*') || hasAll(held, wanted);
}

/** Whether `held` has the resource, a subresource perhaps as that of every resource (a star before the slash). */
function hasResources(held: Texts, wanted: Texts): boolean {
  if (hasAllOrStar(held, wanted)) return true;
  return wanted!.every((resource) => {
    const slash = resource.indexOf('/');
    return held?.includes(resource) || (slash >= 0 && held?.includes(`*${resource.slice(slash)}`));
  });
}

function hasPaths(held: Texts, wanted: Texts): boolean {
  const hasPath = (path: string): boolean =>
    held?.some((url) => url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')))) ??
    false;
  return wanted?.every(hasPath) ?? true;
}

function covers(held: PolicyRule, single: PolicyRule): boolean {
  if (!hasAllOrStar(held.verbs, single.verbs) || !hasAllOrStar(held.apiGroups, single.apiGroups))
    return false;
  if (!hasResources(held.resources, single.resources)) return false;
  if (!hasPaths(held.nonResourceURLs, single.nonResourceURLs)) return false;
  if (!held.resourceNames?.length) return true;
  return single.resourceNames !== undefined && hasAll(held.resourceNames, single.resourceNames);
}

/** What `wanted` allows and `held` does not: rules about one verb of one resource or path each. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(singleRules).filter((single) => !held.some((rule) => covers(rule, single)));
}

/** Single rules that differ in their verb only are put together. */
function compact(singles: readonly PolicyRule[]): PolicyRule[] {
  const verbsByResource = new Map<string, string[]>();
  const compacted: PolicyRule[] = [];
  for (const single of singles) {
    const { apiGroups, resources, resourceNames } = single;
    const verbs = [...(single.verbs ?? [])];
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const before = resources && verbsByResource.get(key);
    if (before) before.push(...verbs);
    else {
      verbsByResource.set(key, verbs);
      compacted.push({ ...single, verbs });
    }
  }
  return compacted;
}

function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: string[] = [];
  const add = (name: string, list: Texts): void => {
    if (list?.length) parts.push(`${name}:${quotedList(list)}`);
  };
  add('APIGroups', apiGroups);
  add('Resources', resources);
  add('NonResourceURLs', nonResourceURLs);
  add('ResourceNames', resourceNames);
  add('Verbs', verbs);
  return `{${parts.join(', ')}}`;
}

/** A list as Go's %q prints it: `["a" "b"]`. */
export function quotedList(list: readonly string[]): string {
  return `[${list.map(goQuote).join(' ')}]`;
}

/** Single rules as they are told to a client: verbs put together, one rule a line, in order. */
export function ruleLines(singles: readonly PolicyRule[]): string {
  return [...new Set(compact(singles).map(ruleText))].sort().join('\n');
}
