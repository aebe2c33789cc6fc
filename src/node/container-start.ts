// Starts one container: waits out its back-off, pulls its image, makes its environment, creates and starts it.
// Upstream: startContainer and doBackOff in k8s.io/kubernetes/pkg/kubelet/kuberuntime.
import type { Container, Pod } from '#types/core_v1';
import { formatDuration } from '../api/duration.ts';
import { type AnyContainer, isSidecar } from '../kinds/pod-spec/containers-of.ts';
import { ConfigError } from './config-source.ts';
import { containerEnvironment, expandCommand } from './container-environment.ts';
import { type ContainerConfig, RuntimeError, type RuntimePod } from './runtimes/runtime.ts';
import { StartError } from './start-error.ts';
import { containerEvent, podText, type WorkerContext } from './worker-context.ts';

/** What a start needs. */
export interface StartRequest {
  readonly pod: Pod;
  readonly container: AnyContainer;
  readonly sandboxId: string;
  readonly podIPs: readonly string[];
  readonly runtimePod: RuntimePod | undefined;
  /** How often the container was started, where the runtime does not know it any more. */
  readonly restartCount: number;
  readonly signal: AbortSignal;
}

/** What a container is to its pod. */
export function roleOf(pod: Pod, container: AnyContainer): ContainerConfig['role'] {
  if (pod.spec.containers?.some((c) => c.name === container.name)) return 'main';
  if (pod.spec.initContainers?.some((c) => c.name === container.name))
    return isSidecar(container) ? 'sidecar' : 'init';
  return 'ephemeral';
}

/** The part of a container's configuration that follows from its pod. Throws a ConfigError. */
export function configOf(
  context: Pick<WorkerContext, 'config' | 'node'>,
  pod: Pod,
  container: AnyContainer,
  podIPs: readonly string[],
): Omit<ContainerConfig, 'attempt' | 'image' | 'name'> {
  const { address, allocatable } = context.node;
  const env = containerEnvironment(pod, container, context.config, { hostIP: address, podIPs, allocatable });
  const restarts = (container.restartPolicy ??
    pod.spec.restartPolicy ??
    'Always') as ContainerConfig['restarts'];
  return {
    role: roleOf(pod, container),
    command: expandCommand(container.command, env),
    args: expandCommand(container.args, env),
    workingDir: container.workingDir,
    env,
    restarts,
  };
}

function backOffKey(pod: Pod, container: AnyContainer): string {
  return `${pod.metadata.uid}/${container.name}/${container.image}`;
}

/** Throws CrashLoopBackOff while the container has to wait since its last end. */
function requirePause(context: WorkerContext, { pod, container, runtimePod }: StartRequest): void {
  const last = runtimePod?.containers.find((c) => c.name === container.name && c.state === 'exited');
  if (last?.finishedAt === undefined) return;
  const key = backOffKey(pod, container);
  const until = context.crashes.waitsUntil(key, last.finishedAt);
  if (until === undefined) {
    context.crashes.next(key, last.finishedAt);
    return;
  }
  const text = podText(pod);
  const wait = formatDuration(BigInt(context.crashes.get(key)) * 1_000_000n);
  containerEvent(
    context,
    pod,
    container,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.name} in pod ${text}`,
  );
  throw new StartError(
    'CrashLoopBackOff',
    `back-off ${wait} restarting failed container=${container.name} pod=${text}`,
    until,
  );
}

/** Forgets how often the containers of a pod failed. */
export function forgetCrashes(context: WorkerContext, pod: Pod): void {
  const all = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
  context.crashes.forget(all.map((c: Container) => backOffKey(pod, c)));
}

/** Starts a container. Throws a StartError, after its events. */
export async function startContainer(context: WorkerContext, request: StartRequest): Promise<void> {
  const { pod, container, runtimePod, sandboxId, podIPs, signal } = request;
  const { runtime, node, images } = context;
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    containerEvent(context, pod, container, type, reason, message);
  requirePause(context, request);
  try {
    const image = await images.ensure(node.name, { pod, container, event, signal });
    const instances = runtimePod?.containers.filter((c) => c.name === container.name) ?? [];
    const attempt = instances.length > 0 ? instances[0]!.attempt + 1 : request.restartCount;
    const config = { ...configOf(context, pod, container, podIPs), name: container.name, attempt, image };
    const id = await runtime.createContainer(sandboxId, config);
    event('Normal', 'Created', 'Container created');
    await runtime.startContainer(id);
    event('Normal', 'Started', 'Container started');
    // the one before is kept, for its log and its state
    for (const old of instances.slice(1)) await runtime.removeContainer(old.id);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    event('Warning', 'Failed', `Error: ${problem.eventText ?? problem.error.message}`);
    throw problem.error;
  }
}

function problemOf(error: unknown): { error: StartError; eventText?: string } | undefined {
  // the event of a failed pull tells the reason; what happened was told before
  if (error instanceof StartError) return { error, eventText: error.reason };
  if (error instanceof ConfigError)
    return { error: new StartError('CreateContainerConfigError', error.message) };
  if (error instanceof RuntimeError) return { error: new StartError('RunContainerError', error.message) };
  return undefined;
}
