// After a restart of the agent: tells a runtime that keeps nothing which containers of a pod were there.
import type { ContainerStatus, Pod } from '#types/core_v1';
import { parseTime } from '../api/time.ts';
import { configOf } from './container-start.ts';
import type { KnownContainer } from './runtimes/runtime.ts';
import { sandboxConfigOf } from './sandbox-config.ts';
import type { WorkerContext } from './worker-context.ts';

/** The containers that a status tells of: the present one, and the one before where that is known. */
function knownFrom(status: ContainerStatus, scheme: string): KnownContainer[] {
  const { name, state, lastState, restartCount, image, imageID, containerID } = status;
  const imageInfo = { id: imageID, name: image, sizeBytes: 0 };
  const found: KnownContainer[] = [];
  const add = (
    id: string | undefined,
    attempt: number,
    startedAt: string | null | undefined,
    end: KnownContainer['end'],
  ): void => {
    if (!id?.startsWith(scheme) || !startedAt) return;
    const known = {
      id: id.slice(scheme.length),
      name,
      attempt,
      image: imageInfo,
      startedAt: parseTime(startedAt),
      end,
    };
    found.push(known);
  };
  for (const { terminated, isLast } of [
    { terminated: lastState?.terminated, isLast: true },
    { terminated: state?.terminated, isLast: false },
  ]) {
    if (!terminated?.finishedAt) continue;
    const { exitCode, reason = '', finishedAt, startedAt } = terminated;
    const attempt = isLast && !state?.waiting ? restartCount - 1 : restartCount;
    add(terminated.containerID, attempt, startedAt, { at: parseTime(finishedAt), exitCode, reason });
  }
  if (state?.running) add(containerID, restartCount, state.running.startedAt, undefined);
  return found;
}

/** Lets the runtime take up a pod that ran before. Does nothing for a new pod, or a runtime that remembers by itself. */
export async function adoptPod(context: WorkerContext, pod: Pod): Promise<void> {
  const { runtime, node } = context;
  if (!runtime.adopt || !pod.status.podIP) return;
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status;
  const statuses = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
  const known = statuses.flatMap((status) => knownFrom(status, `${runtime.name}://`));
  if (known.length === 0) return;
  const podIPs = (pod.status.podIPs ?? []).map(({ ip }) => ip ?? '');
  const specs = [
    ...(pod.spec.initContainers ?? []),
    ...(pod.spec.containers ?? []),
    ...(pod.spec.ephemeralContainers ?? []),
  ];
  const ips = pod.spec.hostNetwork ? [] : podIPs;
  await runtime.adopt(sandboxConfigOf(pod, node, 0), ips, known, (name) => {
    const spec = specs.find((c) => c.name === name);
    try {
      return spec && configOf(context, pod, spec, podIPs);
    } catch {
      // what its environment came from is gone; the container runs all the same
      return spec && configOf(context, pod, { ...spec, env: [], envFrom: [] }, podIPs);
    }
  });
}
