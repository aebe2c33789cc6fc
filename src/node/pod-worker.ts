// The life of one pod on its node: brought up and kept up, then ended, then gone. One thing at a time, driven by changes of
// the pod, of its containers, and by time. Upstream: pod_workers.go, SyncPod, SyncTerminatingPod and SyncTerminatedPod in
// k8s.io/kubernetes/pkg/kubelet.
//
// P1. Synchronisations of a pod never overlap; however often it is woken meanwhile, one more follows.
// P2. A pod goes from `running` to `terminating` to `terminated`, never back. Once it is terminating nothing is started.
// P3. Its status says that the pod is over only when nothing of it runs any more.
import type { Pod, PodStatus } from '#types/core_v1';
import type { Timer } from '../api/clock.ts';
import { parseTime } from '../api/time.ts';
import type { AnyContainer } from '../kinds/pod-spec/containers-of.ts';
import { forgetCrashes } from './container-start.ts';
import { podActions } from './pod-actions.ts';
import { adoptPod } from './pod-adoption.ts';
import { finalStatus, podStatus } from './pod-status.ts';
import { carryOut, retryMs, type WaitingContainer } from './pod-steps.ts';
import { graceSecondsOf, stopPod } from './pod-stop.ts';
import type { ProbeResults } from './probes/prober.ts';
import type { RuntimePod } from './runtimes/runtime.ts';
import { volumeProblems } from './volumes.ts';
import { containerEvent, podEvent, type WorkerContext } from './worker-context.ts';

const deadline = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const;
// One for all: an abort without a reason makes an error with a stack each time.
const over = new Error('the pod is over');
const finalPhases = new Set(['Succeeded', 'Failed']);
// ConfigMaps of a new namespace come a moment after its first pods: no event for that
const mountPatienceMs = 300;

/** Whether a change of the object asks for something to be done. */
function matters(old: Pod, pod: Pod): boolean {
  const [a, b] = [old.metadata, pod.metadata];
  if (a.generation !== b.generation || a.deletionTimestamp !== b.deletionTimestamp) return true;
  if (a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds) return true;
  if (JSON.stringify(a.annotations) !== JSON.stringify(b.annotations)) return true;
  if (!pod.spec.readinessGates?.length) return false;
  return JSON.stringify(old.status.conditions) !== JSON.stringify(pod.status.conditions);
}

/** Looks after one pod. */
export class PodWorker {
  private readonly context: WorkerContext;
  private readonly abort = new AbortController();
  private readonly waiting = new Map<string, WaitingContainer>();
  private pod: Pod;
  private state: 'running' | 'terminating' | 'terminated' = 'running';
  private isAdopted = false;
  private isRemoved = false;
  private isDirty = false;
  private isBusy = false;
  private isClosed = false;
  private eviction: typeof deadline | undefined;
  private stopping: { graceSeconds: number } | undefined;
  private mountFailedSince: number | undefined;
  private timer: { at: number; timer: Timer } | undefined;

  /** `isOver`: the pod's status says that it ended, or the node did not take it; nothing of it runs here. */
  constructor(context: WorkerContext, pod: Pod, isOver: boolean) {
    this.context = context;
    this.pod = pod;
    if (isOver) this.state = 'terminated';
  }

  /** The newest object. */
  get object(): Pod {
    return this.pod;
  }

  /** The pod changed in the API. */
  update(pod: Pod): void {
    const old = this.pod;
    this.pod = pod;
    this.context.statuses.observe(pod);
    if (!matters(old, pod)) return;
    if (pod.metadata.deletionTimestamp) this.abort.abort(over);
    if (this.stopping && graceSecondsOf(pod) < this.stopping.graceSeconds) void this.hurry();
    this.wake();
  }

  /** The pod is no longer in the API. */
  remove(): void {
    this.isRemoved = true;
    this.abort.abort(over);
    this.context.statuses.forget(this.pod.metadata.uid ?? '');
    this.wake();
  }

  /** Looks after the pod soon. */
  wake(): void {
    this.isDirty = true;
    if (!this.isBusy) void this.run();
  }

  /** Ends the looking after; containers go on. */
  close(): void {
    this.isClosed = true;
    this.timer?.timer.cancel();
    this.abort.abort(over);
  }

  private async run(): Promise<void> {
    this.isBusy = true;
    while (this.isDirty && !this.isClosed) {
      this.isDirty = false;
      try {
        await this.sync();
      } catch (error) {
        this.context.log.error({ err: error, pod: this.pod.metadata.name }, 'looking after a pod failed');
        this.wakeAt(this.context.clock.now() + retryMs);
      }
    }
    this.isBusy = false;
  }

  private async sync(): Promise<void> {
    if (!this.isAdopted && this.state !== 'terminated') {
      await adoptPod(this.context, this.pod);
      this.isAdopted = true;
    }
    if (this.state === 'running' && this.mustEnd()) this.state = 'terminating';
    if (this.state === 'running') await this.keepUp();
    if (this.state === 'terminating') await this.end();
    if (this.state === 'terminated' && this.isRemoved) await this.cleanUp();
  }

  /** Whether the pod is to be ended, by its deletion or its deadline. */
  private mustEnd(): boolean {
    const { clock } = this.context;
    if (this.isRemoved || this.pod.metadata.deletionTimestamp) return true;
    const seconds = this.pod.spec.activeDeadlineSeconds;
    const startTime = this.told().startTime;
    if (!seconds || !startTime) return false;
    const at = parseTime(startTime) + seconds * 1000;
    if (clock.now() < at) {
      this.wakeAt(at);
      return false;
    }
    this.eviction = deadline;
    podEvent(this.context, this.pod, 'Normal', deadline.reason, deadline.message);
    return true;
  }

  private async keepUp(): Promise<void> {
    const { context, pod } = this;
    const uid = pod.metadata.uid ?? '';
    const runtimePod = await context.runtime.podStatus(uid);
    const status = this.statusOf(runtimePod, false);
    if (finalPhases.has(status.phase ?? '')) {
      this.state = 'terminating';
      return;
    }
    context.statuses.set(pod, status, false);
    if (this.mustEnd()) {
      this.state = 'terminating';
      return;
    }
    if (!runtimePod?.sandbox && !this.canMount()) return;
    const actions = podActions({ pod, runtimePod, probe: (c, at) => this.probe(c, at) });
    for (const { name, message } of actions.kill)
      if (message.includes(' probe')) this.tellUnhealthy(name, message);
    const { isChanged, retryAt } = await carryOut(context, {
      pod,
      runtimePod,
      actions,
      waiting: this.waiting,
      restartCount: (name) => restartCountOf(status, name),
      signal: this.abort.signal,
    });
    if (isChanged) this.isDirty = true;
    if (this.configWaiters().length > 0) this.retryWithConfig();
    if (retryAt !== undefined) this.wakeAt(retryAt);
  }

  /** Whether what the volumes need is there; tells what is missing, when it stays so. */
  private canMount(): boolean {
    const { context, pod } = this;
    const problems = volumeProblems(pod, context.config);
    if (problems.length === 0) {
      this.mountFailedSince = undefined;
      return true;
    }
    this.retryWithConfig();
    const now = context.clock.now();
    if (this.mountFailedSince === undefined) {
      this.mountFailedSince = now;
      this.wakeAt(now + mountPatienceMs);
      return false;
    }
    const waited = now - this.mountFailedSince;
    if (waited >= mountPatienceMs)
      for (const problem of problems) podEvent(context, pod, 'Warning', 'FailedMount', problem);
    // upstream's waits double from half a second to two minutes
    this.wakeAt(now + Math.min(Math.max(waited, 500), 122_000));
    return false;
  }

  /** The containers that wait for a ConfigMap or Secret. */
  private configWaiters(): string[] {
    return [...this.waiting]
      .filter(([, { reason }]) => reason === 'CreateContainerConfigError')
      .map(([name]) => name);
  }

  /** Tries again when a ConfigMap or Secret of the namespace comes. */
  private retryWithConfig(): void {
    const { namespace = '', uid = '' } = this.pod.metadata;
    this.context.config.onceChanged(namespace, uid, () => {
      for (const name of this.configWaiters()) {
        const known = this.waiting.get(name);
        if (known) this.waiting.set(name, { ...known, retryAt: 0 });
      }
      this.wake();
    });
  }

  private async end(): Promise<void> {
    const { context } = this;
    const uid = this.pod.metadata.uid ?? '';
    this.abort.abort(over);
    const before = await context.runtime.podStatus(uid);
    this.stopping = { graceSeconds: graceSecondsOf(this.pod) };
    await stopPod(context, this.pod, before);
    this.stopping = undefined;
    const after = await context.runtime.podStatus(uid);
    const status = finalStatus(this.statusOf(after, true));
    this.state = 'terminated';
    this.timer?.timer.cancel();
    if (!this.isRemoved) context.statuses.set(this.pod, status, true);
    context.ended(this.pod);
  }

  /** A shorter grace period came while containers are being stopped. */
  private async hurry(): Promise<void> {
    const { runtime, log } = this.context;
    const graceSeconds = graceSecondsOf(this.pod);
    this.stopping = { graceSeconds };
    try {
      const now = await runtime.podStatus(this.pod.metadata.uid ?? '');
      const running = now?.containers.filter((c) => c.state === 'running') ?? [];
      await Promise.all(running.map((c) => runtime.stopContainer(c.id, graceSeconds)));
    } catch (error) {
      log.error({ err: error, pod: this.pod.metadata.name }, 'stopping a pod sooner failed');
    }
  }

  /** Forgets everything of a pod that is gone. */
  private async cleanUp(): Promise<void> {
    const { runtime, statuses, images, dropped } = this.context;
    const uid = this.pod.metadata.uid ?? '';
    this.timer?.timer.cancel();
    const left = await runtime.podStatus(uid);
    for (const { id } of left?.containers ?? []) await runtime.removeContainer(id);
    if (left?.sandbox) await runtime.removeSandbox(left.sandbox.id);
    statuses.forget(uid);
    images.forget(this.pod);
    forgetCrashes(this.context, this.pod);
    dropped(uid);
  }

  /** What was said of the pod last. */
  private told(): PodStatus {
    return this.context.statuses.get(this.pod.metadata.uid ?? '') ?? this.pod.status;
  }

  private statusOf(runtimePod: RuntimePod | undefined, isTerminal: boolean): PodStatus {
    const { context, pod } = this;
    return podStatus({
      pod,
      runtimePod,
      runtimeName: context.runtime.name,
      problems: this.waiting,
      previous: this.told(),
      isTerminal,
      eviction: this.eviction,
      hostIP: context.node.address,
      now: context.clock.now(),
      probe: (container, startedAt) => this.probe(container, startedAt),
    });
  }

  private probe(container: AnyContainer, startedAt: number): ProbeResults {
    const results = this.context.prober.results(this.pod, container, startedAt);
    if (results.changesAt !== undefined && this.state === 'running') this.wakeAt(results.changesAt);
    return results;
  }

  private tellUnhealthy(name: string, message: string): void {
    const { pod } = this;
    const all = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
    const container = all.find((c) => c.name === name);
    const probe = message.includes('startup') ? 'Startup' : 'Liveness';
    if (container)
      containerEvent(
        this.context,
        pod,
        container,
        'Warning',
        'Unhealthy',
        `${probe} probe failed: simulated`,
      );
  }

  /** Wakes at a time, or before it. */
  private wakeAt(at: number): void {
    if (this.isClosed || (this.timer && this.timer.at <= at)) return;
    this.timer?.timer.cancel();
    const { clock } = this.context;
    const timer = clock.after(Math.max(at - clock.now(), 0), () => {
      this.timer = undefined;
      this.wake();
    });
    this.timer = { at, timer };
  }
}

function restartCountOf(status: PodStatus, name: string): number {
  const lists = [status.containerStatuses, status.initContainerStatuses];
  return lists.flatMap((list) => list ?? []).find((s) => s.name === name)?.restartCount ?? 0;
}
