// Takes pods from the queue, finds nodes for them and binds them. Finding is synchronous, one pod after the other; bindings
// run beside it. Upstream: pkg/scheduler/schedule_one.go.
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Pod } from '#types/core_v1';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Lister } from '../client/object-store.ts';
import type { Cache } from './cache.ts';
import { assignedPodDelete } from './cluster-events.ts';
import type { CycleState } from './cycle-state.ts';
import type { PluginRunner } from './plugin-runner.ts';
import { type PodInfo, podInfoOf, podInfoOnNode } from './pod-info.ts';
import { type PodStatusContext, writePodStatus } from './pod-status.ts';
import type { Nominator } from './queue/nominator.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import { errorFailure, type PodScheduler, rejection, type SchedulingFailure } from './schedule-pod.ts';
import type { Snapshot } from './snapshot.ts';
import type { Status } from './status.ts';

/** What the loop works with. */
export interface SchedulingLoopOptions extends PodStatusContext {
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly queue: SchedulingQueue;
  readonly nominator: Nominator;
  readonly cache: Cache;
  readonly snapshot: Snapshot;
  readonly podScheduler: PodScheduler;
  readonly runner: PluginRunner;
  /** The pods as the informer has them. */
  readonly pods: Lister<Pod>;
}

/** A pod that is assumed on a node and is to be bound. */
interface Assumed {
  readonly queued: QueuedPod;
  readonly info: PodInfo;
  readonly state: CycleState;
  readonly nodeName: string;
  readonly permits: readonly Promise<Status | undefined>[];
}

// After this many pods others get their turn on the thread.
const podsPerSlice = 16;
// The longest note an event may have; validation counts bytes.
const maxNoteBytes = 1024;

function truncated(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= maxNoteBytes) return message;
  return `${bytes.subarray(0, maxNoteBytes - 4).toString('utf8')} ...`;
}

/** The loop. */
export class SchedulingLoop {
  private readonly options: SchedulingLoopOptions;
  private readonly running = new Set<Promise<void>>();

  constructor(options: SchedulingLoopOptions) {
    this.options = options;
  }

  /** Schedules until the signal aborts; resolves when the last binding ended. */
  async run(): Promise<void> {
    const { queue, signal } = this.options;
    let scheduled = 0;
    while (!signal.aborted) {
      const queued = queue.pop();
      if (!queued) {
        await queue.ready();
        continue;
      }
      this.scheduleOne(queued);
      if (++scheduled % podsPerSlice === 0) await setImmediate();
    }
    await Promise.all(this.running);
  }

  private scheduleOne(queued: QueuedPod): void {
    const { cache, snapshot, podScheduler, queue } = this.options;
    const { info } = queued;
    if (this.isToSkip(info)) {
      queue.done(info.uid);
      return;
    }
    snapshot.update(cache);
    const result = podScheduler.schedule(info);
    if ('failure' in result) {
      this.fail(queued, result.failure);
      return;
    }
    const assumed = this.assume(queued, result.state, result.nodeName);
    if ('failure' in assumed) this.fail(queued, assumed.failure);
    else this.inBackground(this.bindingCycle(assumed));
  }

  private isToSkip({ pod, uid, namespace, name }: PodInfo): boolean {
    if (!pod.metadata.deletionTimestamp) return this.options.cache.isAssumed(uid);
    this.record(pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${namespace}/${name}`);
    return true;
  }

  /** Counts the pod on its node and asks Reserve and Permit. */
  private assume(
    queued: QueuedPod,
    state: CycleState,
    nodeName: string,
  ): Assumed | { failure: SchedulingFailure } {
    const { cache, nominator, runner } = this.options;
    const info = podInfoOnNode(queued.info, nodeName);
    try {
      cache.assume(info, nodeName);
    } catch (error) {
      return { failure: errorFailure(error) };
    }
    nominator.delete(info.uid);
    try {
      const refused = runner.reserve(state, info, nodeName);
      const permits = refused ?? runner.permit(state, info, nodeName);
      if (Array.isArray(permits)) return { queued, info, state, nodeName, permits };
      this.forget(state, info, nodeName);
      return { failure: rejection(nodeName, permits as Status) };
    } catch (error) {
      this.forget(state, info, nodeName);
      return { failure: errorFailure(error) };
    }
  }

  private forget(state: CycleState, info: PodInfo, nodeName: string): void {
    this.options.runner.unreserve(state, info, nodeName);
    this.options.cache.forget(info.uid);
  }

  private async bindingCycle(assumed: Assumed): Promise<void> {
    const { queue, runner, signal } = this.options;
    const { info, state, nodeName } = assumed;
    try {
      for (const permit of assumed.permits) {
        const refused = await permit;
        if (!refused) continue;
        this.unbind(assumed, rejection(nodeName, refused));
        return;
      }
      queue.done(info.uid);
      await runner.bind(state, info, nodeName);
    } catch (error) {
      if (!signal.aborted) this.unbind(assumed, errorFailure(error));
      return;
    }
    const message = `Successfully assigned ${info.namespace}/${info.name} to ${nodeName}`;
    this.record(info.pod, 'Normal', 'Scheduled', message, 'Binding');
    runner.postBind(state, info, nodeName);
  }

  /** The assumed pod gives its place back, which may help others. */
  private unbind({ queued, info, state, nodeName }: Assumed, failure: SchedulingFailure): void {
    const { queue } = this.options;
    this.forget(state, info, nodeName);
    const change = { event: assignedPodDelete, old: info.pod, object: undefined };
    // the pod itself is not helped by its own leaving, unless it failed for another reason
    if (!failure.isRejected) queue.moveFor(change);
    this.fail(queued, failure);
    if (failure.isRejected) queue.moveFor(change, (pod) => pod.metadata.uid !== info.uid);
  }

  /** Puts the pod back into the queue, and says why. */
  private fail(queued: QueuedPod, failure: SchedulingFailure): void {
    const { queue, nominator, pods, log } = this.options;
    const { uid, namespace, name } = queued.info;
    queued.unschedulablePlugins = new Set(failure.unschedulablePlugins);
    queued.pendingPlugins = new Set(failure.pendingPlugins);
    queued.gatedBy = '';
    const fields = { pod: name, namespace, message: failure.message };
    if (failure.isRejected) log.debug(fields, 'no node fits the pod');
    else log.error(fields, 'scheduling a pod failed, trying again');
    const current = pods.get(`${namespace}/${name}`);
    if (!current || current.metadata.uid !== uid || current.spec.nodeName) {
      // it is gone, was made anew, or was bound though the answer got lost
      queue.done(uid);
      return;
    }
    queued.info = podInfoOf(current);
    queue.addUnschedulable(queued);
    nominator.set(queued.info, failure.nomination);
    this.record(current, 'Warning', 'FailedScheduling', truncated(failure.message));
    this.inBackground(this.writeFailure(current, failure));
  }

  private async writeFailure(pod: Pod, failure: SchedulingFailure): Promise<void> {
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: failure.isRejected ? 'Unschedulable' : 'SchedulerError',
      message: failure.message,
    };
    try {
      await writePodStatus(this.options, pod, condition, failure.nomination);
    } catch (error) {
      if (this.options.signal.aborted) return;
      this.options.log.error({ err: error, pod: pod.metadata.name }, 'writing the status of a pod failed');
    }
  }

  private record(
    { metadata }: Pod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action = 'Scheduling',
  ): void {
    this.options.events.event({ apiVersion: 'v1', kind: 'Pod', metadata }, type, reason, message, { action });
  }

  private inBackground(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }
}
