// Stops the containers of a pod: regular ones together, then sidecars from the last to the first.
// Upstream: killContainersWithSyncResult and kuberuntime_termination_order.go in pkg/kubelet/kuberuntime.
import type { Pod } from '#types/core_v1';
import { isSidecar } from '../kinds/pod-spec/containers-of.ts';
import type { RuntimeContainer, RuntimePod } from './runtimes/runtime.ts';
import { containerEvent, type WorkerContext } from './worker-context.ts';

// Even a pod that is killed at once gets a moment to end well.
const minGraceSeconds = 2;

/** The grace period that holds for a pod now, in seconds. */
export function graceSecondsOf({ metadata, spec }: Pod): number {
  return metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}

/** Stops one container, with its event. Resolves when it has ended. */
export async function stopContainer(
  context: WorkerContext,
  pod: Pod,
  running: Pick<RuntimeContainer, 'id' | 'name'>,
  message = `Stopping container ${running.name}`,
  graceSeconds = graceSecondsOf(pod),
): Promise<void> {
  containerEvent(context, pod, { name: running.name, resources: {} }, 'Normal', 'Killing', message);
  await context.runtime.stopContainer(running.id, Math.max(graceSeconds, minGraceSeconds));
}

/** Stops every container and the sandbox. Resolves when nothing runs any more. */
export async function stopPod(
  context: WorkerContext,
  pod: Pod,
  runtimePod: RuntimePod | undefined,
): Promise<void> {
  const { clock, runtime } = context;
  const until = clock.now() + graceSecondsOf(pod) * 1000;
  const running = runtimePod?.containers.filter((c) => c.state === 'running' || c.state === 'created') ?? [];
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name);
  const stop = (container: RuntimeContainer): Promise<void> => {
    const left = Math.ceil((until - clock.now()) / 1000);
    return stopContainer(context, pod, container, undefined, Math.max(left, 0));
  };
  await Promise.all(running.filter((c) => !sidecars.includes(c.name)).map(stop));
  for (const name of sidecars.reverse()) {
    const sidecar = running.find((c) => c.name === name);
    if (sidecar) await stop(sidecar);
  }
  if (runtimePod?.sandbox) await runtime.stopSandbox(runtimePod.sandbox.id);
}
