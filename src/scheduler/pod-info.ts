// A pod with everything that scheduling asks of it computed once. Upstream: PodInfo in pkg/scheduler/framework/types.go.
import type { Pod } from '#types/core_v1';
import type { Labels } from '../api/label-selector.ts';
import { type RequiredNodeAffinity, requiredNodeAffinity } from '../kinds/core/node-selector.ts';
import { type AffinityTerms, affinityTerms, noTerms } from './affinity-term.ts';
import { type HostPort, hostPortsOf } from './host-ports.ts';
import {
  type Amounts,
  defaultMemory,
  defaultMilliCpu,
  hasPodLevelRequests,
  podRequests,
  type Resources,
  resourcesOf,
  sameResources,
} from './resource-amounts.ts';
import { errorText } from './status.ts';

/** A pod, precomputed. `pod` is shared with informers: never change it. */
export interface PodInfo {
  /** Replaced by newer versions that mean the same to the scheduler. */
  pod: Pod;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly priority: number;
  readonly requests: Resources;
  /** What a node's load counts in scores: like `requests`, but containers without cpu and memory count a little. */
  readonly nonZeroCpu: number;
  readonly nonZeroMemory: number;
  /** The same as scores count it for the pod itself; differs only for pods with requests as a whole. */
  readonly scoredCpu: number;
  readonly scoredMemory: number;
  readonly hostPorts: readonly HostPort[];
  readonly nodeAffinity: RequiredNodeAffinity | undefined;
  readonly affinity: AffinityTerms;
  readonly antiAffinity: AffinityTerms;
  /** Why the affinity terms can't be read. */
  readonly affinityError: string | undefined;
}

const defaults: Amounts = new Map([
  ['cpu', defaultMilliCpu],
  ['memory', defaultMemory],
]);

/** The priority of a pod. */
export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

function isWhole(amounts: Amounts, pod: Pod): boolean {
  const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
  return (
    amounts.has('cpu') &&
    amounts.has('memory') &&
    containers.every(
      ({ resources }) =>
        resources?.requests?.['cpu'] !== undefined && resources.requests['memory'] !== undefined,
    )
  );
}

function nonZeroRequests(pod: Pod, requests: Amounts): { counted: Amounts; scored: Amounts } {
  if (isWhole(requests, pod)) return { counted: requests, scored: requests };
  const scored = podRequests(pod, defaults);
  if (!hasPodLevelRequests(pod)) return { counted: scored, scored };
  const missing = new Map([...defaults].filter(([name]) => !requests.has(name)));
  return { counted: missing.size === 0 ? requests : podRequests(pod, missing), scored };
}

function affinities(pod: Pod): Pick<PodInfo, 'affinity' | 'antiAffinity' | 'affinityError'> {
  const { affinity } = pod.spec;
  try {
    return {
      affinity: affinityTerms(pod, affinity?.podAffinity),
      antiAffinity: affinityTerms(pod, affinity?.podAntiAffinity),
      affinityError: undefined,
    };
  } catch (error) {
    return { affinity: noTerms, antiAffinity: noTerms, affinityError: errorText(error) };
  }
}

/** Computes a pod's info. */
export function podInfoOf(pod: Pod): PodInfo {
  const requests = podRequests(pod);
  const { counted, scored } = nonZeroRequests(pod, requests);
  return {
    pod,
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name ?? '',
    priority: priorityOf(pod),
    requests: resourcesOf(requests),
    nonZeroCpu: counted.get('cpu') ?? 0,
    nonZeroMemory: counted.get('memory') ?? 0,
    scoredCpu: scored.get('cpu') ?? 0,
    scoredMemory: scored.get('memory') ?? 0,
    hostPorts: hostPortsOf(pod),
    nodeAffinity: requiredNodeAffinity(pod),
    ...affinities(pod),
  };
}

/** The same pod as if it were on the node. */
export function podInfoOnNode(info: PodInfo, nodeName: string): PodInfo {
  return { ...info, pod: { ...info.pod, spec: { ...info.pod.spec, nodeName } } };
}

/** Whether two sets of labels are the same. */
export function sameLabels(a: Labels, b: Labels): boolean {
  if (a === b) return true;
  const keys = Object.keys(a ?? {});
  if (keys.length !== Object.keys(b ?? {}).length) return false;
  return keys.every((key) => b?.[key] === a?.[key]);
}

/** Whether two versions of a pod on a node mean the same to the scheduling of other pods. */
export function meansTheSame(a: PodInfo, b: PodInfo): boolean {
  return (
    !a.pod.metadata.deletionTimestamp === !b.pod.metadata.deletionTimestamp &&
    a.priority === b.priority &&
    sameResources(a.requests, b.requests) &&
    a.nonZeroCpu === b.nonZeroCpu &&
    a.nonZeroMemory === b.nonZeroMemory &&
    sameLabels(a.pod.metadata.labels, b.pod.metadata.labels)
  );
}
