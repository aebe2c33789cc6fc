// The pods that wait to be scheduled. Upstream: pkg/scheduler/backend/queue/scheduling_queue.go.
//
// S1. A pod is in one place: active, backing off, unschedulable (gated ones too), or in flight: popped and not yet done.
// S2. `pop` gives the first active pod in the order of the QueueSort plugin; when there is none, the first pod that backs
//     off after having been turned away.
// S3. A pod that was turned away is tried again when a change happens that its plugins' hints say may help, also when it
//     happened while the pod was in flight, and after five minutes in any case.
// S4. A pod that came back for an error is tried again after its backoff.
// S5. A gated pod is in no order until PreEnqueue of every plugin lets it pass.
import type { Logger } from 'pino';
import type { Pod } from '#types/core_v1';
import type { Clock, Timer } from '../../api/clock.ts';
import { anyChange, type ClusterChange, podEvents } from '../cluster-events.ts';
import type { Plugin } from '../framework.ts';
import { podInfoOf } from '../pod-info.ts';
import { errorText } from '../status.ts';
import { BackoffQueue, backoffWindowMs, type PodBackoff } from './backoff-queue.ts';
import { Heap } from './heap.ts';
import type { Nominator } from './nominator.ts';
import { isWithoutRejector, nextSequence, type QueuedPod, queuedPodOf } from './queued-pod.ts';
import { QueueingHints, type QueueingStrategy } from './queueing-hints.ts';

/** What a queue needs. */
export interface SchedulingQueueOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly plugins: readonly Plugin[];
  readonly nominator: Nominator;
  readonly backoff: PodBackoff;
}

const maxUnschedulableMs = 5 * 60_000;
const flushMs = 30_000;

/** The queue. */
export class SchedulingQueue {
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly nominator: Nominator;
  private readonly gates: readonly Plugin[];
  private readonly hints: QueueingHints;
  private readonly active: Heap<QueuedPod>;
  private readonly backoff: BackoffQueue;
  private readonly unschedulable = new Map<string, QueuedPod>();
  /** Pods that were popped, with what changed since. */
  private readonly inFlight = new Map<string, ClusterChange[]>();
  private readonly flushTimer: Timer;
  private backoffTimer: Timer | undefined;
  private waiters: (() => void)[] = [];
  private closed = false;

  constructor({ clock, log, plugins, nominator, backoff }: SchedulingQueueOptions) {
    this.clock = clock;
    this.log = log;
    this.nominator = nominator;
    this.gates = plugins.filter((plugin) => plugin.preEnqueue);
    this.hints = new QueueingHints(plugins, log);
    const sort = plugins.find((plugin) => plugin.isBefore)!;
    const isBefore = (a: QueuedPod, b: QueuedPod): boolean => sort.isBefore!(a, b);
    this.active = new Heap((queued) => queued.info.uid, isBefore);
    this.backoff = new BackoffQueue(backoff, isBefore);
    this.flushTimer = clock.every(flushMs, () => this.flushUnschedulable());
  }

  /** How many pods are where. */
  get sizes(): { active: number; backoff: number; unschedulable: number; inFlight: number } {
    return {
      active: this.active.size,
      backoff: this.backoff.size,
      unschedulable: this.unschedulable.size,
      inFlight: this.inFlight.size,
    };
  }

  /** Whether any pod waits for a change. */
  get isWaiting(): boolean {
    return this.unschedulable.size > 0 || this.inFlight.size > 0;
  }

  /** A pod that is new. */
  add(pod: Pod): void {
    const queued = queuedPodOf(pod, this.clock.now());
    if (this.toActive(queued)) this.nominator.set(queued.info, undefined);
  }

  /** A pod that waits changed. */
  update(old: Pod, pod: Pod): void {
    const uid = pod.metadata.uid!;
    const changes = podEvents(old, pod).map((event) => ({ event, old, object: pod }));
    const seen = this.inFlight.get(uid);
    if (seen) {
      seen.push(...changes);
      return;
    }
    const waiting = this.active.get(uid) ?? this.backoff.get(uid) ?? this.unschedulable.get(uid);
    if (!waiting) {
      this.add(pod);
      return;
    }
    waiting.info = podInfoOf(pod);
    this.nominator.update(old, waiting.info);
    if (this.active.get(uid)) this.active.set(waiting);
    else if (this.unschedulable.has(uid)) {
      for (const change of changes) if (this.requeue(waiting, this.hints.strategyFor(waiting, change))) break;
    }
  }

  /** The pod is gone, or on a node. */
  delete(uid: string): void {
    this.nominator.delete(uid);
    if (!this.active.delete(uid) && !this.backoff.delete(uid)) this.unschedulable.delete(uid);
  }

  /** The next pod to schedule; undefined when there is none now. Call `done` or `addUnschedulable` with it. */
  pop(): QueuedPod | undefined {
    const queued = this.active.pop() ?? this.backoff.popEarly();
    if (!queued) return undefined;
    queued.attempts++;
    this.inFlight.set(queued.info.uid, []);
    return queued;
  }

  /** Resolves when `pop` may have a pod, or when the queue was closed. */
  ready(): Promise<void> {
    if (this.closed || this.active.size > 0 || this.backoff.rejectedSize > 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** The pod that was popped does not come back. */
  done(uid: string): void {
    this.inFlight.delete(uid);
  }

  /** The pod that was popped could not be scheduled; its plugins are set, and its info is up to date. */
  addUnschedulable(queued: QueuedPod): void {
    const { uid } = queued.info;
    const changes = this.inFlight.get(uid) ?? [];
    this.inFlight.delete(uid);
    if (this.active.get(uid) || this.backoff.get(uid) || this.unschedulable.has(uid)) return;
    if (isWithoutRejector(queued)) queued.consecutiveErrors++;
    else {
      queued.unschedulableCount++;
      queued.consecutiveErrors = 0;
    }
    queued.timestamp = this.clock.now();
    queued.sequence = nextSequence();
    queued.backoffEnds = undefined;
    this.requeue(queued, this.strategyAfterFlight(queued, changes));
  }

  /** Tries again the pods that a change may help. `test` leaves pods out. */
  moveFor(change: ClusterChange, test?: (pod: Pod) => boolean): void {
    if (!this.isWaiting || !this.hints.concernsAny(change.event)) return;
    for (const changes of this.inFlight.values()) changes.push(change);
    for (const queued of [...this.unschedulable.values()]) {
      if (test && !test(queued.info.pod)) continue;
      if (queued.gatedBy && !this.hints.concerns(queued.gatedBy, change.event)) continue;
      this.requeue(queued, this.hints.strategyFor(queued, change));
    }
  }

  /** Tries pods again at once, whatever turned them away. */
  activate(pods: readonly Pod[]): void {
    for (const pod of pods) {
      const uid = pod.metadata.uid!;
      const waiting = this.unschedulable.get(uid) ?? this.backoff.get(uid);
      if (waiting) this.toActive(waiting);
      else this.inFlight.get(uid)?.push({ event: anyChange, old: undefined, object: pod });
    }
  }

  /** Ends the queue: timers stop, `ready` resolves. */
  close(): void {
    this.closed = true;
    this.flushTimer.cancel();
    this.backoffTimer?.cancel();
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  private strategyAfterFlight(queued: QueuedPod, changes: readonly ClusterChange[]): QueueingStrategy {
    if (isWithoutRejector(queued)) return 'afterBackoff';
    let best: QueueingStrategy = 'skip';
    for (const change of changes) {
      const strategy = this.hints.strategyFor(queued, change);
      if (strategy === 'immediately') return strategy;
      if (strategy === 'afterBackoff') best = strategy;
    }
    return best;
  }

  /** Puts a pod where the strategy says. False when it is unschedulable still. */
  private requeue(queued: QueuedPod, strategy: QueueingStrategy): boolean {
    if (strategy === 'skip') {
      this.unschedulable.set(queued.info.uid, queued);
      return false;
    }
    if (strategy === 'afterBackoff' && this.backoff.isBackingOff(queued, this.clock.now()))
      return this.toBackoff(queued);
    return this.toActive(queued);
  }

  private toActive(queued: QueuedPod): boolean {
    const { uid } = queued.info;
    // PreEnqueue let it pass when it came to back off
    if (!this.backoff.delete(uid) && !this.passesGates(queued)) return false;
    this.unschedulable.delete(uid);
    this.active.set(queued);
    this.wake();
    return true;
  }

  private toBackoff(queued: QueuedPod): boolean {
    if (!this.passesGates(queued)) return false;
    this.unschedulable.delete(queued.info.uid);
    this.backoff.add(queued);
    this.armBackoff();
    this.wake();
    return true;
  }

  /** Asks PreEnqueue of the plugins; a gated pod goes to the unschedulable ones. */
  private passesGates(queued: QueuedPod): boolean {
    for (const plugin of this.gates) {
      if (this.passes(plugin, queued)) continue;
      queued.gatedBy = plugin.name;
      queued.unschedulablePlugins.add(plugin.name);
      this.unschedulable.set(queued.info.uid, queued);
      return false;
    }
    queued.gatedBy = '';
    return true;
  }

  private passes(plugin: Plugin, queued: QueuedPod): boolean {
    try {
      return plugin.preEnqueue!(queued.info) === undefined;
    } catch (error) {
      this.log.error(
        { plugin: plugin.name, pod: queued.info.name, error: errorText(error) },
        'PreEnqueue failed',
      );
      return false;
    }
  }

  /** Waits end at full windows, so one timer serves all pods. */
  private armBackoff(): void {
    if (this.backoffTimer || this.backoff.size === 0 || this.closed) return;
    const wait = backoffWindowMs - (this.clock.now() % backoffWindowMs);
    this.backoffTimer = this.clock.after(wait, () => {
      this.backoffTimer = undefined;
      for (const queued of this.backoff.popFinished(this.clock.now())) {
        this.active.set(queued);
        this.wake();
      }
      this.armBackoff();
    });
  }

  private flushUnschedulable(): void {
    const before = this.clock.now() - maxUnschedulableMs;
    for (const queued of [...this.unschedulable.values()]) {
      if (queued.timestamp >= before || queued.gatedBy) continue;
      this.requeue(queued, 'afterBackoff');
    }
  }
}
