// Pods that wait before they are tried again. Upstream: pkg/scheduler/backend/queue/backoff_queue.go.
//
// Two waits in one: pods that plugins turned away, which an idle scheduler may take before their time, and pods that came
// back for an error, which always wait, since trying them costs the API server.
import { Heap } from './heap.ts';
import { isWithoutRejector, type QueuedPod } from './queued-pod.ts';

/** How long pods wait, in milliseconds. A maximum of 0: not at all. */
export interface PodBackoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Ends of waits are rounded down to this, so that pods of one window come in the order of the queue. */
export const backoffWindowMs = 1000;

function windowOf(ms: number): number {
  return ms - (ms % backoffWindowMs);
}

function uidOf(queued: QueuedPod): string {
  return queued.info.uid;
}

/** The pods that wait. */
export class BackoffQueue {
  private readonly backoff: PodBackoff;
  private readonly rejected: Heap<QueuedPod>;
  private readonly failed: Heap<QueuedPod>;

  /** `isLess`: the order of the active queue, among pods whose wait ends in the same window. */
  constructor(backoff: PodBackoff, isLess: (a: QueuedPod, b: QueuedPod) => boolean) {
    this.backoff = backoff;
    this.rejected = new Heap(uidOf, (a, b) => {
      const difference = this.endOf(a) - this.endOf(b);
      return difference === 0 ? isLess(a, b) : difference < 0;
    });
    this.failed = new Heap(uidOf, (a, b) => this.endOf(a) < this.endOf(b));
  }

  get size(): number {
    return this.rejected.size + this.failed.size;
  }

  /** Pods that may be taken before their time. */
  get rejectedSize(): number {
    return this.rejected.size;
  }

  add(queued: QueuedPod): void {
    (isWithoutRejector(queued) ? this.failed : this.rejected).set(queued);
  }

  get(uid: string): QueuedPod | undefined {
    return this.rejected.get(uid) ?? this.failed.get(uid);
  }

  delete(uid: string): QueuedPod | undefined {
    return this.rejected.delete(uid) ?? this.failed.delete(uid);
  }

  /** Whether the pod must still wait; for a wait that ends within the current window it must. */
  isBackingOff(queued: QueuedPod, now: number): boolean {
    return this.endOf(queued) >= windowOf(now);
  }

  /** Takes out the pods whose wait is over. */
  popFinished(now: number): QueuedPod[] {
    const finished: QueuedPod[] = [];
    for (const heap of [this.rejected, this.failed]) {
      for (let first = heap.peek(); first && !this.isBackingOff(first, now); first = heap.peek())
        finished.push(heap.pop()!);
    }
    return finished;
  }

  /** Takes out the first pod that plugins turned away, before its time. */
  popEarly(): QueuedPod | undefined {
    return this.rejected.pop();
  }

  private endOf(queued: QueuedPod): number {
    const count = queued.consecutiveErrors > 0 ? queued.consecutiveErrors : queued.unschedulableCount;
    if (this.backoff.maxMs === 0 || count === 0) return Number.NEGATIVE_INFINITY;
    const wait = Math.min(this.backoff.initialMs * 2 ** (count - 1), this.backoff.maxMs);
    queued.backoffEnds ??= windowOf(queued.timestamp + wait);
    return queued.backoffEnds;
  }
}
