// The phase of a pod, from the statuses of its containers.
// Upstream: getPhase in k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go.
import type { Container, ContainerStatus, Pod } from '#types/core_v1';
import { isSidecar } from '../../kinds/pod-spec/containers-of.ts';
import { restartsAfter } from '../restart-policy.ts';

/** A phase. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** What the phase follows from. */
export interface PhaseInput {
  readonly pod: Pod;
  readonly statuses: ReadonlyMap<string, ContainerStatus>;
  /** No container runs any more, and none will. */
  readonly isTerminal: boolean;
  /** A regular container has been started before. */
  readonly hasInitialized: boolean;
}

interface Counts {
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  /** Of those stopped: will not be started again. */
  forGood: number;
  succeeded: number;
}

/** 'pending' while it has to come, 'failed' when it will never succeed, 'done'. */
function initState(container: Container, status: ContainerStatus | undefined, pod: Pod): string {
  const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState.terminated : undefined);
  if (!ended) return 'pending';
  if (ended.exitCode === 0 || restartsAfter(container, pod.spec, ended.exitCode)) return 'done';
  return 'failed';
}

function countSidecar(counts: Counts, status: ContainerStatus | undefined): boolean {
  const { running, terminated, waiting } = status?.state ?? {};
  if (!status) {
    counts.unknown++;
    return false;
  }
  if (running) {
    counts.running++;
    return !status.started;
  }
  if (terminated || (waiting && status.lastState.terminated)) return false;
  if (waiting) counts.waiting++;
  else counts.unknown++;
  return true;
}

function countRegular(
  counts: Counts,
  container: Container,
  status: ContainerStatus | undefined,
  pod: Pod,
): void {
  const { running, terminated, waiting } = status?.state ?? {};
  const ended = terminated ?? (waiting ? status!.lastState.terminated : undefined);
  if (running) counts.running++;
  else if (ended) {
    counts.stopped++;
    if (!restartsAfter(container, pod.spec, ended.exitCode)) counts.forGood++;
    if (terminated?.exitCode === 0) counts.succeeded++;
  } else if (waiting) counts.waiting++;
  else counts.unknown++;
}

/** The phase. */
export function podPhase({ pod, statuses, isTerminal, hasInitialized }: PhaseInput): PodPhase {
  const counts: Counts = { unknown: 0, running: 0, waiting: 0, stopped: 0, forGood: 0, succeeded: 0 };
  let pendingInit = 0;
  let pendingSidecars = 0;
  let failedInit = 0;
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.get(container.name);
    if (isSidecar(container)) {
      if (countSidecar(counts, status)) pendingSidecars++;
      continue;
    }
    const state = initState(container, status, pod);
    if (state === 'pending') pendingInit++;
    if (state === 'failed') failedInit++;
  }
  for (const container of pod.spec.containers ?? [])
    countRegular(counts, container, statuses.get(container.name), pod);

  if (failedInit > 0) return 'Failed';
  // a sidecar that is started anew does not put an initialized pod back
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasInitialized) || counts.waiting > 0) return 'Pending';
  if (counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  if (!isTerminal && counts.stopped !== counts.forGood) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}
