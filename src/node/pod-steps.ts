// Carries out the next steps of a pod: kills, makes the sandbox, starts containers in their order.
// Upstream: SyncPod in k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go.
import type { Pod } from '#types/core_v1';
import type { AnyContainer } from '../kinds/pod-spec/containers-of.ts';
import { startContainer } from './container-start.ts';
import type { PodActions } from './pod-actions.ts';
import type { StartProblem } from './pod-status/container-statuses.ts';
import { stopContainer, stopPod } from './pod-stop.ts';
import { RuntimeError, type RuntimePod } from './runtimes/runtime.ts';
import { sandboxConfigOf } from './sandbox-config.ts';
import { StartError } from './start-error.ts';
import { podEvent, type WorkerContext } from './worker-context.ts';

/** Why a container waits, and until when it need not be tried again. */
export interface WaitingContainer extends StartProblem {
  readonly image: string | undefined;
  readonly retryAt: number;
}

/** What the steps of a pod work with. */
export interface Steps {
  readonly pod: Pod;
  readonly runtimePod: RuntimePod | undefined;
  readonly actions: PodActions;
  /** By container name; starts that fail are put in, those that succeed taken out. */
  readonly waiting: Map<string, WaitingContainer>;
  /** How often a container was started, as the status says. */
  restartCount(name: string): number;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface StepsResult {
  /** The runtime's state or a reason for waiting is another one: look again. */
  readonly isChanged: boolean;
  /** When something that failed is to be tried again. */
  readonly retryAt: number | undefined;
}

/** The usual wait after a failure. */
export const retryMs = 10_000;

/** Carries out the steps. */
export async function carryOut(context: WorkerContext, steps: Steps): Promise<StepsResult> {
  const { runtime, clock } = context;
  const { pod, actions } = steps;
  let isChanged = false;
  let retryAt: number | undefined;
  for (const { id, name, message } of actions.kill) {
    await stopContainer(context, pod, { id, name }, message);
    isChanged = true;
  }
  let { runtimePod } = steps;
  if (actions.killPod) {
    if (actions.createSandbox && runtimePod?.sandbox)
      podEvent(
        context,
        pod,
        'Normal',
        'SandboxChanged',
        'Pod sandbox changed, it will be killed and re-created.',
      );
    await stopPod(context, pod, runtimePod);
    isChanged = true;
  }
  let sandbox = runtimePod?.sandbox;
  if (actions.createSandbox) {
    try {
      if (sandbox) await runtime.removeSandbox(sandbox.id);
      sandbox = await runtime.runSandbox(sandboxConfigOf(pod, context.node, actions.attempt));
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      podEvent(
        context,
        pod,
        'Warning',
        'FailedCreatePodSandBox',
        `Failed to create pod sandbox: ${error.message}`,
      );
      return { isChanged, retryAt: clock.now() + retryMs };
    }
    isChanged = true;
  } else if (actions.killPod) return { isChanged, retryAt };
  if (!sandbox) return { isChanged, retryAt };
  // init containers run anew in a new sandbox
  if (actions.createSandbox) runtimePod = runtimePod && { ...runtimePod, sandbox };

  const podIPs = pod.spec.hostNetwork ? [context.node.address] : sandbox.ips;
  const sandboxId = sandbox.id;
  /** False when it could not be started. */
  const start = async (container: AnyContainer): Promise<boolean> => {
    const { waiting, signal } = steps;
    const known = waiting.get(container.name);
    const now = clock.now();
    // nothing new would come of it; a new image is tried at once
    if (known && known.retryAt > now && known.image === container.image) {
      retryAt = Math.min(retryAt ?? known.retryAt, known.retryAt);
      return false;
    }
    const restartCount = steps.restartCount(container.name);
    const request = { pod, container, sandboxId, podIPs, runtimePod, restartCount, signal };
    isChanged = true;
    try {
      await startContainer(context, request);
      waiting.delete(container.name);
      return true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const at = error.retryAt ?? now + retryMs;
      const { reason, message } = error;
      waiting.set(container.name, { reason, message, image: container.image, retryAt: at });
      retryAt = Math.min(retryAt ?? at, at);
      return false;
    }
  };
  for (const container of actions.startEphemeral) await start(container);
  for (const container of actions.startInit)
    if (!(await start(container)) && container.restartPolicy !== 'Always') return { isChanged, retryAt };
  for (const container of actions.start) await start(container);
  return { isChanged, retryAt };
}
