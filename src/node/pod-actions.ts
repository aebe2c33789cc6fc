// What has to be done for a pod: which sandbox to make, which containers to start and to kill. A pure function.
// Upstream: computePodActions and computeInitContainerActions in k8s.io/kubernetes/pkg/kubelet/kuberuntime.
import type { Container, Pod } from '#types/core_v1';
import { type AnyContainer, isSidecar } from '../kinds/pod-spec/containers-of.ts';
import { fullImageName } from '../kinds/pod-spec/image-reference.ts';
import type { ProbeResults } from './probes/prober.ts';
import { restartsAfter, restartsWhenKilled } from './restart-policy.ts';
import type { RuntimeContainer, RuntimePod } from './runtimes/runtime.ts';

/** A container to kill, and the text of its event. */
export interface ContainerKill {
  readonly id: string;
  readonly name: string;
  readonly message: string;
}

/** The next steps of a pod. */
export interface PodActions {
  /** Everything of the pod is to be stopped: it is over, or its sandbox must be made anew. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** The number of the sandbox to make. */
  readonly attempt: number;
  readonly kill: readonly ContainerKill[];
  readonly startEphemeral: readonly AnyContainer[];
  /** To be started in this order; the next only when the one before could be started. */
  readonly startInit: readonly Container[];
  readonly start: readonly Container[];
}

/** What the actions follow from. */
export interface ActionsInput {
  readonly pod: Pod;
  readonly runtimePod: RuntimePod | undefined;
  probe(container: AnyContainer, startedAt: number): ProbeResults;
}

type Draft = {
  -readonly [K in keyof PodActions]: PodActions[K] extends readonly (infer T)[] ? T[] : PodActions[K];
};

function latestOf(runtimePod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  return runtimePod?.containers.find((c) => c.name === name);
}

function hasSucceeded(container: Container, runtimePod: RuntimePod | undefined): boolean {
  const latest = latestOf(runtimePod, container.name);
  return latest?.state === 'exited' && latest.exitCode === 0;
}

function isToStart(container: Container, latest: RuntimeContainer | undefined, pod: Pod): boolean {
  if (latest?.state === 'running') return false;
  if (latest?.state !== 'exited') return true;
  return restartsAfter(container, pod.spec, latest.exitCode);
}

/** Without a ready sandbox everything begins anew, unless the pod has nothing left to do. */
function withoutSandbox({ pod, runtimePod }: ActionsInput, actions: Draft): void {
  const { spec } = pod;
  const containers = spec.containers ?? [];
  actions.killPod = runtimePod !== undefined;
  actions.attempt = runtimePod?.sandbox ? runtimePod.sandbox.attempt + 1 : 0;
  const hasRun = (runtimePod?.containers.length ?? 0) > 0;
  if (spec.restartPolicy === 'Never' && actions.attempt > 0 && hasRun) return;
  const start = containers.filter((c) => {
    const policy = c.restartPolicy ?? spec.restartPolicy;
    return policy !== 'OnFailure' || !hasSucceeded(c, runtimePod);
  });
  if (start.length === 0 && containers.some((c) => latestOf(runtimePod, c.name))) return;
  actions.createSandbox = true;
  if (spec.initContainers?.length) actions.startInit = [spec.initContainers[0]!];
  else actions.start = start;
}

/** The image in the pod is another one than the container's: images of running pods can be changed. */
function isChanged(container: Container, latest: RuntimeContainer): boolean {
  const wanted = fullImageName(container.image ?? '');
  return wanted !== undefined && wanted !== latest.image.name;
}

/** Kills a running container that was changed, or whose probe failed. `start` gets it when it is to run again. */
function killOutdated(
  input: ActionsInput,
  actions: Draft,
  container: Container,
  latest: RuntimeContainer,
  results: ProbeResults,
  start: Container[],
): boolean {
  const isInit = isSidecar(container);
  const label = isInit ? 'Init container' : 'Container';
  let text: string;
  let restart = isInit || restartsWhenKilled(container, input.pod.spec);
  if (isChanged(container, latest)) {
    text = `${label} ${container.name} definition changed`;
    restart = true;
  } else if (results.failed) text = `${label} ${container.name} failed ${results.failed} probe`;
  else return false;
  const message = restart && !isInit ? `${text}, will be restarted` : text;
  actions.kill.push({ id: latest.id, name: container.name, message });
  if (restart) start.push(container);
  return true;
}

/** What a running sidecar needs. True when the init containers after it may start. */
function sidecarActions(
  input: ActionsInput,
  actions: Draft,
  spec: Container,
  latest: RuntimeContainer,
): boolean {
  const results = input.probe(spec, latest.startedAt ?? 0);
  killOutdated(input, actions, spec, latest, results, actions.startInit);
  return results.started;
}

/**
 * Looks at init containers from the last to the first: those that are done may have been removed, so the last one that is
 * known tells how far the pod is; before it only sidecars matter. True when the pod is initialized.
 */
function initActions(input: ActionsInput, actions: Draft): boolean {
  const { pod, runtimePod } = input;
  const specs = pod.spec.initContainers ?? [];
  if (specs.length === 0) return true;
  let isInitialized = (pod.spec.containers ?? []).some((c) => {
    const state = latestOf(runtimePod, c.name)?.state;
    return state === 'created' || state === 'running';
  });
  let wasInitialized = isInitialized;
  const advance = (i: number): void => {
    if (i === specs.length - 1) isInitialized = true;
    else if (!wasInitialized) actions.startInit.push(specs[i + 1]!);
  };
  for (let i = specs.length - 1; i >= 0; i--) {
    const spec = specs[i]!;
    const latest = latestOf(runtimePod, spec.name);
    if (!latest) {
      if (wasInitialized && isSidecar(spec)) actions.startInit.push(spec);
      continue;
    }
    if (wasInitialized && !isSidecar(spec)) continue;
    if (latest.state === 'running') {
      if (isSidecar(spec) && sidecarActions(input, actions, spec, latest)) advance(i);
    } else if (latest.state !== 'exited' || isSidecar(spec)) actions.startInit.push(spec);
    else if (latest.exitCode === 0) advance(i);
    else if (restartsAfter(spec, pod.spec, latest.exitCode)) actions.startInit.push(spec);
    else {
      actions.killPod = true;
      actions.startInit = [];
      return false;
    }
    wasInitialized = true;
  }
  if (!wasInitialized) actions.startInit.push(specs[0]!);
  // found from the last to the first, started from the first to the last
  actions.startInit = specs.filter((s) => actions.startInit.includes(s));
  return isInitialized;
}

/** The next steps; all empty when nothing is to be done. */
export function podActions(input: ActionsInput): PodActions {
  const { pod, runtimePod } = input;
  const actions: Draft = {
    killPod: false,
    createSandbox: false,
    attempt: 0,
    kill: [],
    startEphemeral: [],
    startInit: [],
    start: [],
  };
  if (!runtimePod?.sandbox?.isReady) {
    withoutSandbox(input, actions);
    return actions;
  }
  for (const spec of pod.spec.ephemeralContainers ?? [])
    if (!latestOf(runtimePod, spec.name)) actions.startEphemeral.push(spec);
  if (!initActions(input, actions) || actions.killPod) return actions;

  let kept = 0;
  for (const spec of pod.spec.containers ?? []) {
    const latest = latestOf(runtimePod, spec.name);
    if (latest?.state !== 'running') {
      if (isToStart(spec, latest, pod)) actions.start.push(spec);
      continue;
    }
    const results = input.probe(spec, latest.startedAt ?? 0);
    if (!killOutdated(input, actions, spec, latest, results, actions.start)) kept++;
  }
  if (kept === 0 && actions.start.length === 0) {
    actions.killPod = true;
    actions.startInit = [];
  }
  return actions;
}
