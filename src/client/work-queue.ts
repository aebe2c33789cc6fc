// A queue of keys that wait to be reconciled. Upstream: k8s.io/client-go/util/workqueue.
//
// Q1. A key that waits is in the queue once, however often it was added.
// Q2. A key is with one worker at a time; added meanwhile, it comes again after `done`.
// Q3. Of several delays of a key the earliest wins; a plain `add` does not wait for them.
// Q4. `addRateLimited` waits 5 ms, 10 ms, ... up to 1000 s for a key that keeps failing, and over all keys no more than
//     10 a second after a burst of 100; `forget` starts the key anew.
// Q5. After `shutDown`, `get` gives what still waits, then undefined; `add` does nothing.
import type { Clock, Timer } from '../api/clock.ts';

/** How retries are spaced, in milliseconds. */
export interface RateLimit {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Retries a second over all keys, after `burst`; 0: no bound. */
  readonly perSecond: number;
  readonly burst: number;
}

/** DefaultTypedControllerRateLimiter. */
const controllerRateLimit: RateLimit = { baseMs: 5, maxMs: 1_000_000, perSecond: 10, burst: 100 };

/** A queue of string keys. */
export class WorkQueue {
  private readonly clock: Clock;
  private readonly limit: RateLimit;
  private readonly waiting = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly again = new Set<string>();
  private readonly delayed = new Map<string, { at: number; timer: Timer }>();
  private readonly failures = new Map<string, number>();
  private readonly takers: ((key: string | undefined) => void)[] = [];
  private tokens: number;
  private tokensAt: number;
  private closed = false;

  constructor(clock: Clock, limit: RateLimit = controllerRateLimit) {
    this.clock = clock;
    this.limit = limit;
    this.tokens = limit.burst;
    this.tokensAt = clock.now();
  }

  /** Keys that wait; delayed ones and those with workers are not counted. */
  get length(): number {
    return this.waiting.size;
  }

  /** Nothing waits, nothing is with a worker, nothing is delayed. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.processing.size === 0 && this.delayed.size === 0;
  }

  add(key: string): void {
    if (this.closed) return;
    if (this.processing.has(key)) {
      this.again.add(key);
      return;
    }
    if (this.waiting.has(key)) return;
    const taker = this.takers.shift();
    if (taker) {
      this.processing.add(key);
      taker(key);
    } else this.waiting.add(key);
  }

  /** Adds a key after `ms`; at once when that is not positive. */
  addAfter(key: string, ms: number): void {
    if (this.closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.clock.now() + ms;
    const known = this.delayed.get(key);
    if (known) {
      if (known.at <= at) return;
      known.timer.cancel();
    }
    const timer = this.clock.after(ms, () => {
      this.delayed.delete(key);
      this.add(key);
    });
    this.delayed.set(key, { at, timer });
  }

  /** Adds a key that failed, after its wait. */
  addRateLimited(key: string): void {
    const failed = this.failures.get(key) ?? 0;
    this.failures.set(key, failed + 1);
    const own = Math.min(this.limit.baseMs * 2 ** failed, this.limit.maxMs);
    this.addAfter(key, Math.max(own, this.reserve()));
  }

  /** The key succeeded: its next failure waits shortly. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** How often the key failed since it was forgotten. */
  retries(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The next key, when there is one; undefined after `shutDown`. Call `done` with it. */
  get(): Promise<string | undefined> {
    for (const key of this.waiting) {
      this.waiting.delete(key);
      this.processing.add(key);
      return Promise.resolve(key);
    }
    if (this.closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.takers.push(resolve));
  }

  /** The worker is through with the key. */
  done(key: string): void {
    this.processing.delete(key);
    if (this.again.delete(key)) this.add(key);
  }

  /** Ends the queue; delayed keys are forgotten. */
  shutDown(): void {
    this.closed = true;
    for (const { timer } of this.delayed.values()) timer.cancel();
    this.delayed.clear();
    for (const taker of this.takers.splice(0)) taker(undefined);
  }

  /** Milliseconds until the bucket over all keys gives a token. */
  private reserve(): number {
    const { perSecond, burst } = this.limit;
    if (perSecond === 0) return 0;
    const now = this.clock.now();
    this.tokens = Math.min(burst, this.tokens + ((now - this.tokensAt) * perSecond) / 1000);
    this.tokensAt = now;
    this.tokens -= 1;
    return this.tokens >= 0 ? 0 : (-this.tokens * 1000) / perSecond;
  }
}
