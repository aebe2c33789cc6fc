// The statuses of a pod's containers, from what the runtime says, what was said before, and why starts failed.
// Upstream: convertToAPIContainerStatuses in k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go.
import type {
  Container,
  ContainerState,
  ContainerStatus,
  EphemeralContainer,
  Pod,
  VolumeMountStatus,
} from '#types/core_v1';
import { formatTime } from '../../api/time.ts';
import type { AnyContainer } from '../../kinds/pod-spec/containers-of.ts';
import { restartsAfter } from '../restart-policy.ts';
import type { RuntimeContainer, RuntimePod } from '../runtimes/runtime.ts';

/** Why a container could not be started: a waiting state. */
export interface StartProblem {
  readonly reason: string;
  readonly message: string;
}

/** What container statuses follow from. */
export interface ContainersInput {
  readonly pod: Pod;
  readonly runtimePod: RuntimePod | undefined;
  /** The scheme of container ids. */
  readonly runtimeName: string;
  /** By container name. */
  readonly problems: ReadonlyMap<string, StartProblem>;
}

const statusUnknown = 'ContainerStatusUnknown';

function mountsOf(container: AnyContainer): VolumeMountStatus[] | undefined {
  if (!container.volumeMounts?.length) return undefined;
  return container.volumeMounts.map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly: true, recursiveReadOnly: 'Disabled' }),
  }));
}

function stateOf(container: RuntimeContainer, id: string): ContainerState {
  const startedAt = container.startedAt === undefined ? null : formatTime(container.startedAt);
  switch (container.state) {
    case 'running':
      return { running: { startedAt } };
    case 'exited':
      return {
        terminated: {
          exitCode: container.exitCode,
          ...(container.reason && { reason: container.reason }),
          ...(container.message && { message: container.message }),
          startedAt,
          finishedAt: container.finishedAt === undefined ? null : formatTime(container.finishedAt),
          containerID: id,
        },
      };
    default:
      return { waiting: {} };
  }
}

/** The status of a container that the runtime knows. */
function fromRuntime(
  spec: AnyContainer,
  [latest, before]: readonly RuntimeContainer[],
  old: ContainerStatus | undefined,
  runtimeName: string,
): ContainerStatus {
  const id = `${runtimeName}://${latest!.id}`;
  const state: ContainerState =
    latest!.state === 'unknown' && old?.state.running
      ? {
          terminated: {
            exitCode: 137,
            reason: statusUnknown,
            message: 'The container could not be located when the pod was terminated',
          },
        }
      : stateOf(latest!, id);
  let lastState: ContainerState = before ? stateOf(before, `${runtimeName}://${before.id}`) : {};
  if (!before && old?.containerID !== id && old?.state.terminated)
    lastState = { terminated: old.state.terminated };
  else if (!before && old?.lastState?.terminated) lastState = { terminated: old.lastState.terminated };
  const mounts = mountsOf(spec);
  const requests = spec.resources?.requests;
  return {
    name: spec.name,
    state,
    lastState,
    ready: false,
    restartCount: Math.max(latest!.attempt, old?.restartCount ?? 0),
    image: latest!.image.name,
    imageID: latest!.image.id,
    containerID: id,
    ...(requests && { allocatedResources: requests }),
    resources: spec.resources ?? {},
    ...(mounts && { volumeMounts: mounts }),
  };
}

/** The status of a container that the runtime does not know: it waits, or it is told what is remembered. */
function fromMemory(spec: AnyContainer, old: ContainerStatus | undefined, pod: Pod): ContainerStatus {
  if (old?.state?.terminated) return old;
  const waiting = { reason: pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating' };
  const mounts = mountsOf(spec);
  const status: ContainerStatus = {
    name: spec.name,
    state: { waiting },
    lastState: old?.lastState ?? {},
    ready: false,
    restartCount: old?.restartCount ?? 0,
    image: spec.image ?? '',
    imageID: '',
    ...(mounts && { volumeMounts: mounts }),
  };
  if (!old?.state?.running || status.lastState.terminated) return status;
  // it ran, and the runtime lost it
  status.lastState = {
    terminated: {
      exitCode: 137,
      reason: statusUnknown,
      message:
        'The container could not be located when the pod was deleted.  The container used to be Running',
    },
  };
  if (!pod.metadata.deletionTimestamp) status.restartCount++;
  return status;
}

/** Whether the container will be started by the next synchronisation. */
function isToStart(spec: AnyContainer, latest: RuntimeContainer | undefined, pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  if (!latest || latest.state === 'unknown' || latest.state === 'created') return true;
  return latest.state === 'exited' && restartsAfter(spec as Container, pod.spec, latest.exitCode);
}

/** The statuses of one list of containers; `started` and `ready` are left to the probes. */
export function containerStatuses(
  { pod, runtimePod, runtimeName, problems }: ContainersInput,
  specs: readonly (Container | EphemeralContainer)[] | undefined,
  previous: readonly ContainerStatus[] | undefined,
  isInit: boolean,
): ContainerStatus[] {
  const statuses: ContainerStatus[] = [];
  for (const spec of specs ?? []) {
    const old = previous?.find((s) => s.name === spec.name);
    const instances = runtimePod?.containers.filter((c) => c.name === spec.name) ?? [];
    const latest = instances[0];
    const status = latest ? fromRuntime(spec, instances, old, runtimeName) : fromMemory(spec, old, pod);
    const problem = problems.get(spec.name);
    const isDone = isInit && latest?.state === 'exited' && latest.exitCode === 0;
    if (problem && !isDone && isToStart(spec, latest, pod)) {
      if (status.state.terminated) status.lastState = { terminated: status.state.terminated };
      const { reason, message } = problem;
      statuses.push({ ...status, state: { waiting: { reason, ...(message && { message }) } } });
    } else statuses.push(status);
  }
  // init containers stand in their order, others by name
  return isInit ? statuses : statuses.sort((a, b) => (a.name < b.name ? -1 : 1));
}
