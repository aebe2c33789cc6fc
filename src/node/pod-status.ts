// The status of a pod: a pure function of the pod, what the runtime says, what was said before, and the time.
// Upstream: generateAPIPodStatus in k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go.
import type { ContainerStatus, Pod, PodStatus, ResourceRequirements } from '#types/core_v1';
import { formatTime } from '../api/time.ts';
import { type AnyContainer, isSidecar } from '../kinds/pod-spec/containers-of.ts';
import { podQos, sumOfContainers } from '../kinds/pod-spec/resources.ts';
import { podConditions } from './pod-status/conditions.ts';
import { type ContainersInput, containerStatuses } from './pod-status/container-statuses.ts';
import { podPhase } from './pod-status/phase.ts';
import type { ProbeResults } from './probes/prober.ts';

/** What a pod's status follows from. */
export interface PodStatusInput extends ContainersInput {
  /** What was said last: the agent's own, or the API's after a restart. */
  readonly previous: PodStatus;
  /** Containers have been stopped for good. */
  readonly isTerminal: boolean;
  /** Why the agent ends the pod before its time: phase Failed with this reason. */
  readonly eviction: { readonly reason: string; readonly message: string } | undefined;
  readonly hostIP: string;
  readonly now: number;
  /** Of a running container. */
  probe(container: AnyContainer, startedAt: number): ProbeResults;
}

function applyProbes(
  input: PodStatusInput,
  specs: readonly AnyContainer[] | null | undefined,
  statuses: readonly ContainerStatus[],
): void {
  for (const status of statuses) {
    const spec = specs?.find((c) => c.name === status.name);
    const latest = input.runtimePod?.containers.find((c) => c.name === status.name);
    if (!spec || !status.state.running || latest?.startedAt === undefined) {
      status.started = false;
      status.ready = false;
      continue;
    }
    const { started, ready } = input.probe(spec, latest.startedAt);
    status.started = started;
    status.ready = started && ready;
  }
}

/** What the pod as a whole has: its own resources where it says any, else the sums over its containers. */
function podResources(pod: Pod): Pick<PodStatus, 'resources' | 'allocatedResources'> {
  const own = pod.spec.resources;
  const requests = { ...sumOfContainers(pod.spec, 'requests'), ...own?.requests };
  const limits = { ...sumOfContainers(pod.spec, 'limits'), ...own?.limits };
  const resources: ResourceRequirements = {};
  const asks = Object.keys(requests).length > 0;
  if (asks) resources.requests = requests;
  if (Object.keys(limits).length > 0) resources.limits = limits;
  return { resources, ...(asks && { allocatedResources: requests }) };
}

const finished = new Set(['Succeeded', 'Failed']);

/** The status. Shares parts with `previous` and with the pod: never change it. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, runtimePod, previous, eviction, hostIP } = input;
  const { spec } = pod;
  // probes write into these: what is remembered must stay as it is
  const lists = (
    [
      [spec.containers, previous.containerStatuses, false],
      [spec.initContainers, previous.initContainerStatuses, true],
      [spec.ephemeralContainers, previous.ephemeralContainerStatuses, false],
    ] as const
  ).map(([specs, old, isInit]) =>
    containerStatuses(input, specs ?? undefined, old, isInit).map((s) => ({ ...s })),
  );
  const [containers, init, ephemeral] = lists as [ContainerStatus[], ContainerStatus[], ContainerStatus[]];
  applyProbes(input, spec.containers, containers);
  applyProbes(input, spec.initContainers, init);
  for (const status of init) {
    const sidecar = spec.initContainers!.some((c) => c.name === status.name && isSidecar(c));
    if (!sidecar) status.ready = status.state.terminated?.exitCode === 0;
  }
  const statuses = new Map([...init, ...containers].map((s) => [s.name, s]));
  const hasInitialized = containers.some(
    (s) => s.state.running || s.state.terminated || s.lastState.terminated,
  );

  let phase = podPhase({ pod, statuses, isTerminal: input.isTerminal, hasInitialized });
  // a phase that ends a pod stays
  for (const known of [previous.phase, pod.status.phase])
    if (!finished.has(phase) && finished.has(known ?? '')) phase = known as typeof phase;
  let { reason, message } = phase === previous.phase ? previous : {};
  if (eviction) {
    phase = 'Failed';
    ({ reason, message } = eviction);
  }
  if (finished.has(pod.status.phase ?? '')) phase = pod.status.phase as typeof phase;

  const hasSandbox = runtimePod?.sandbox?.isReady === true;
  const ips = podIPs(input);
  const now = formatTime(input.now);
  const status: PodStatus = {
    ...(pod.metadata.generation && { observedGeneration: pod.metadata.generation }),
    phase,
    conditions: podConditions({ pod, statuses, phase, hasSandbox, hasInitialized }, previous.conditions, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    startTime: previous.startTime ?? now,
    containerStatuses: containers,
    qosClass: podQos(pod),
    ...podResources(pod),
  };
  if (reason) status.reason = reason;
  if (message) status.message = message;
  if (ips.length > 0) {
    status.podIP = ips[0]!;
    status.podIPs = ips.map((ip) => ({ ip }));
  }
  if (init.length > 0) status.initContainerStatuses = init;
  if (ephemeral.length > 0) status.ephemeralContainerStatuses = ephemeral;
  return status;
}

/** The sandbox's addresses; of host-network pods the node's; once stopped, those it had. */
function podIPs({ pod, runtimePod, previous, hostIP }: PodStatusInput): string[] {
  const own = runtimePod?.sandbox?.ips;
  if (own && own.length > 0) return [...own];
  if (previous.podIPs?.length) return previous.podIPs.map(({ ip }) => ip ?? '');
  return pod.spec.hostNetwork ? [hostIP] : [];
}

/** The status of a pod that the node does not take. Upstream: rejectPod in pkg/kubelet/kubelet.go. */
export function rejectedStatus(pod: Pod, reason: string, message: string, now: number): PodStatus {
  const generation = pod.metadata.generation;
  return {
    ...(generation && { observedGeneration: generation }),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    qosClass: podQos(pod),
    startTime: pod.status.startTime ?? formatTime(now),
  };
}

const lost: ContainerStatus['state'] = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  },
};

/**
 * The last status of a pod whose containers are gone: none waits any more, and the phase is one that ends it.
 * Upstream: TerminatePod in pkg/kubelet/status/status_manager.go.
 */
export function finalStatus(status: PodStatus): PodStatus {
  const init = status.initContainerStatuses ?? [];
  const hasStarted = (s: ContainerStatus): boolean =>
    !s.state.waiting || s.lastState.terminated !== undefined;
  const last = init.at(-1);
  const isInitialized =
    init.length === 0 ||
    (status.containerStatuses ?? []).some(hasStarted) ||
    last?.state.terminated?.exitCode === 0 ||
    last?.lastState.terminated?.exitCode === 0 ||
    last?.started === true;
  const end = (s: ContainerStatus): ContainerStatus => (s.state.terminated ? s : { ...s, state: lost });
  const final: PodStatus = { ...status };
  if (isInitialized && status.containerStatuses) final.containerStatuses = status.containerStatuses.map(end);
  if (init.length > 0) {
    const attempted = Math.max(init.findLastIndex(hasStarted), 0);
    final.initContainerStatuses = init.map((s, i) => (i <= attempted ? end(s) : s));
  }
  if (!finished.has(status.phase ?? '')) final.phase = 'Failed';
  const { phase } = final;
  const reason = phase === 'Failed' ? 'PodFailed' : 'PodCompleted';
  final.conditions = status.conditions?.map((c) => {
    const isTold = (c.type === 'Ready' || c.type === 'ContainersReady') && c.status === 'True';
    return isTold ? { ...c, status: 'False', reason } : c;
  });
  return final;
}
