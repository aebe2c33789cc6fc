// Pods: how many, and what they request and may use.
// Upstream: pkg/quota/v1/evaluator/core/pods.go in kubernetes/kubernetes.
import type { Container, Pod, PodAffinityTerm, ScopedResourceSelectorRequirement } from '#types/core_v1';
import { parseTime } from '../../../api/time.ts';
import { podQos, type ResourceList } from '../../../kinds/pod-spec/resources.ts';
import {
  isExtendedResource,
  isHugePages,
  isNativeResource,
} from '../../../kinds/validation/resource-names.ts';
import { sum } from './amounts.ts';
import { countName, type Evaluator } from './evaluator.ts';
import { hasPodResources, podLimits, podRequests } from './pod-resources.ts';
import { scopeMatches } from './scope-selector.ts';

const count = countName('', 'pods');
const computed = ['cpu', 'memory', 'ephemeral-storage'];
const names = new Set([
  count,
  'pods',
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** What each container must state when a quota limits it. An old mistake of upstream's that must stay. */
const mandatory = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);
const deviceClass = 'deviceclass.resource.kubernetes.io/';

function isExtendedQuotaName(name: string): boolean {
  return (
    name.startsWith('requests.') && (!isNativeResource(name) || name.startsWith(`requests.${deviceClass}`))
  );
}

function isTerminating({ spec }: Pod): boolean {
  return (spec.activeDeadlineSeconds ?? -1) >= 0;
}

/** Whether the pod still takes resources: it has not ended, nor is it overdue to be gone. */
function isAlive({ metadata, status }: Pod, now: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = metadata;
  if (!deletionTimestamp || grace === undefined) return true;
  return now <= parseTime(deletionTimestamp) + grace * 1000;
}

function crossesNamespaces({ spec: { affinity } }: Pod): boolean {
  const terms: PodAffinityTerm[] = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((rules) => [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) => w.podAffinityTerm),
  ]);
  return terms.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector);
}

function inScope(scope: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(pod);
    case 'NotTerminating':
      return !isTerminating(pod);
    case 'BestEffort':
      return podQos(pod) === 'BestEffort';
    case 'NotBestEffort':
      return podQos(pod) !== 'BestEffort';
    case 'PriorityClass':
      return scopeMatches(scope, pod.spec.priorityClassName || undefined);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

/** Requests and limits under the names that quotas know them by. */
function quotaNames(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: ResourceList = { pods: '1' };
  for (const name of computed) {
    if (requests[name] !== undefined) usage[name] = usage[`requests.${name}`] = requests[name];
    if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name];
  }
  for (const name in requests) {
    if (isHugePages(name)) usage[name] = usage[`requests.${name}`] = requests[name]!;
    // these can't be overcommitted: there are requests only
    if (isExtendedResource(name) || name.startsWith(deviceClass)) usage[`requests.${name}`] = requests[name]!;
  }
  return usage;
}

function missingOf(required: readonly string[], pod: Pod): string | undefined {
  if (hasPodResources(pod)) return undefined;
  const wanted = required.filter((name) => mandatory.has(name)).sort();
  const containers: Container[] = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
  const stated = containers.map(({ name, resources }) => ({
    name,
    usage: quotaNames(resources?.requests ?? {}, resources?.limits ?? {}),
  }));
  const texts = wanted.flatMap((resource) => {
    const lacking = stated.filter(({ usage }) => usage[resource] === undefined).map(({ name }) => name);
    return lacking.length > 0 ? [`${resource} for: ${[...new Set(lacking)].sort().join(',')}`] : [];
  });
  return texts.length > 0 ? `must specify ${texts.join('; ')}` : undefined;
}

export const podEvaluator: Evaluator = {
  handles({ operation, subresource, object, oldObject }) {
    if (subresource === 'resize') return operation === 'UPDATE';
    if (subresource !== '') return false;
    // a pod may come into another scope
    if (operation === 'UPDATE')
      return isTerminating(object as unknown as Pod) !== isTerminating(oldObject as unknown as Pod);
    return operation === 'CREATE';
  },
  matchingResources: (asked) =>
    asked.filter(
      (name) =>
        names.has(name) ||
        isHugePages(name) ||
        name.startsWith('requests.hugepages-') ||
        isExtendedQuotaName(name),
    ),
  inScope: (scope, object) => inScope(scope, object as unknown as Pod),
  missing: (required, object) => missingOf(required, object as unknown as Pod),
  usage(object, now) {
    const pod = object as unknown as Pod;
    const usage: ResourceList = { [count]: '1' };
    return isAlive(pod, now) ? sum(usage, quotaNames(podRequests(pod), podLimits(pod))) : usage;
  },
};
