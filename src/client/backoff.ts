// Growing waits with jitter. Upstream: k8s.io/apimachinery/pkg/util/wait/backoff.go.
import type { Clock, Random } from '../api/clock.ts';

/** How waits grow. */
export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** A wait w becomes w to w*(1+jitter). */
  readonly jitter: number;
}

/** The next waits of something that keeps failing. */
export class Backoff {
  private readonly options: BackoffOptions;
  private readonly random: Random;
  private current: number;

  constructor(options: BackoffOptions, random: Random) {
    this.options = options;
    this.random = random;
    this.current = options.initialMs;
  }

  /** Milliseconds to wait now; the next call returns more, up to the bound. */
  next(): number {
    const wait = this.current * (1 + this.random.float() * this.options.jitter);
    this.current = Math.min(this.current * this.options.factor, this.options.maxMs);
    return wait;
  }

  /** Starts again with the first wait. */
  reset(): void {
    this.current = this.options.initialMs;
  }
}

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
