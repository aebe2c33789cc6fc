// The node must have what the pod asks for; nodes are scored by what is left. Upstream: plugins/noderesources/fit.go.
import type { Node, Pod } from '#types/core_v1';
import { actions } from '../cluster-events.ts';
import type { Plugin, PluginContext } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { type PodInfo, podInfoOf } from '../pod-info.ts';
import { noResources, type Resources, resourcesOfList } from '../resource-amounts.ts';
import type { Status } from '../status.ts';
import { resourceScorer } from './resource-strategies.ts';

const name = 'NodeResourcesFit';

function asksForNothing({ milliCpu, memory, ephemeralStorage, scalars }: Resources): boolean {
  return milliCpu === 0 && memory === 0 && ephemeralStorage === 0 && !scalars;
}

/** Whether the pod fits beside what is on the node: asked for every node, so nothing is made. */
function fits(wanted: Resources, podCount: number, used: Resources, allocatable: Resources): boolean {
  if (podCount + 1 > allocatable.pods) return false;
  if (wanted.milliCpu > 0 && wanted.milliCpu > allocatable.milliCpu - used.milliCpu) return false;
  if (wanted.memory > 0 && wanted.memory > allocatable.memory - used.memory) return false;
  const { ephemeralStorage } = wanted;
  if (ephemeralStorage > 0 && ephemeralStorage > allocatable.ephemeralStorage - used.ephemeralStorage)
    return false;
  if (!wanted.scalars) return true;
  for (const [resource, want] of wanted.scalars) {
    const left = (allocatable.scalars?.get(resource) ?? 0) - (used.scalars?.get(resource) ?? 0);
    if (want > 0 && want > left) return false;
  }
  return true;
}

/** Why the pod does not fit beside what is on the node; undefined when it does. */
function shortage(
  wanted: Resources,
  podCount: number,
  used: Resources,
  allocatable: Resources,
): Status | undefined {
  let reasons: string[] | undefined;
  let isHopeless = false;
  const check = (resource: string, want: number, taken: number, have: number): void => {
    if (want === 0 || want <= have - taken) return;
    reasons ??= [];
    reasons.push(`Insufficient ${resource}`);
    isHopeless ||= want > have;
  };
  if (podCount + 1 > allocatable.pods) reasons = ['Too many pods'];
  if (!asksForNothing(wanted)) {
    check('cpu', wanted.milliCpu, used.milliCpu, allocatable.milliCpu);
    check('memory', wanted.memory, used.memory, allocatable.memory);
    check('ephemeral-storage', wanted.ephemeralStorage, used.ephemeralStorage, allocatable.ephemeralStorage);
    for (const [resource, want] of wanted.scalars ?? [])
      check(resource, want, used.scalars?.get(resource) ?? 0, allocatable.scalars?.get(resource) ?? 0);
  }
  if (!reasons) return undefined;
  return { code: isHopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons, plugin: name };
}

function fitsEmpty({ requests }: PodInfo, node: Node): boolean {
  return !shortage(requests, 0, noResources(), resourcesOfList(node.status?.allocatable));
}

/** Whether a resource that the pod asks for became more. */
function hasMore({ requests }: PodInfo, old: Resources, now: Resources): boolean {
  if (now.pods > old.pods) return true;
  if (requests.milliCpu > 0 && now.milliCpu > old.milliCpu) return true;
  if (requests.memory > 0 && now.memory > old.memory) return true;
  if (requests.ephemeralStorage > 0 && now.ephemeralStorage > old.ephemeralStorage) return true;
  return [...(requests.scalars ?? [])].some(
    ([resource, want]) => want > 0 && (now.scalars?.get(resource) ?? 0) > (old.scalars?.get(resource) ?? 0),
  );
}

function nodeMayHelp(pod: PodInfo, old: Node | undefined, node: Node): boolean {
  if (!fitsEmpty(pod, node)) return false;
  if (!old) return true;
  return hasMore(pod, resourcesOfList(old.status?.allocatable), resourcesOfList(node.status?.allocatable));
}

function podMayHelp(pod: PodInfo, old: Pod, now: Pod | undefined): boolean {
  if (!now) return Boolean(old.spec.nodeName || old.status?.nominatedNodeName);
  if (now.metadata.uid === pod.uid) return true;
  if (!now.spec.nodeName) return false;
  return hasMore(pod, podInfoOf(now).requests, podInfoOf(old).requests);
}

/** Of each scored resource: how much of the node's is asked for, the pod included, and how much there is. */
interface Load {
  readonly requested: number[];
  readonly capacity: number[];
}

/** Notes the load of the `i`th resource. */
function noteLoad(load: Load, i: number, resource: string, pod: PodInfo, node: NodeInfo): void {
  const { allocatable, requested } = node;
  switch (resource) {
    case 'cpu':
      load.capacity[i] = allocatable.milliCpu;
      load.requested[i] = node.nonZeroCpu + pod.scoredCpu;
      return;
    case 'memory':
      load.capacity[i] = allocatable.memory;
      load.requested[i] = node.nonZeroMemory + pod.scoredMemory;
      return;
    case 'ephemeral-storage':
      load.capacity[i] = allocatable.ephemeralStorage;
      load.requested[i] = requested.ephemeralStorage + pod.requests.ephemeralStorage;
      return;
    default: {
      const want = pod.requests.scalars?.get(resource) ?? 0;
      // a resource that the pod does not ask for says nothing about the node
      load.capacity[i] = want === 0 ? 0 : (allocatable.scalars?.get(resource) ?? 0);
      load.requested[i] = want === 0 ? 0 : (requested.scalars?.get(resource) ?? 0) + want;
    }
  }
}

export function createNodeResourcesFit({ profile }: Pick<PluginContext, 'profile'>): Plugin {
  const names = profile.scoringStrategy.resources.map((resource) => resource.name);
  const score = resourceScorer(profile.scoringStrategy);
  const load: Load = { requested: names.map(() => 0), capacity: names.map(() => 0) };
  return {
    name,
    events: [
      {
        resource: 'Pod',
        action: actions.delete | actions.updatePodScaleDown,
        hint: (pod, old, object) => podMayHelp(pod, old as Pod, object as Pod | undefined),
      },
      {
        resource: 'Node',
        action: actions.add | actions.updateNodeAllocatable,
        hint: (pod, old, object) => nodeMayHelp(pod, old as Node | undefined, object as Node),
      },
    ],
    filter(_state, { requests }, node) {
      const { pods, requested, allocatable } = node;
      if (fits(requests, pods.length, requested, allocatable)) return undefined;
      return shortage(requests, pods.length, requested, allocatable);
    },
    score(_state, pod, node) {
      for (let i = 0; i < names.length; i++) noteLoad(load, i, names[i]!, pod, node);
      return score(load.requested, load.capacity);
    },
  };
}
