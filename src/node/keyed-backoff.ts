// Growing waits by key: restarts of a container, pulls of an image. Upstream: k8s.io/client-go/util/flowcontrol/backoff.go.
import type { Clock } from '../api/clock.ts';

/** Waits that double, each time a key fails. Times are milliseconds since the Unix epoch. */
export class KeyedBackoff {
  private readonly clock: Clock;
  private readonly initialMs: number;
  private readonly maxMs: number;
  private readonly entries = new Map<string, { wait: number; updatedAt: number }>();

  constructor(clock: Clock, initialMs = 10_000, maxMs = 300_000) {
    this.clock = clock;
    this.initialMs = initialMs;
    this.maxMs = maxMs;
  }

  /** The present wait of a key, in milliseconds; 0 when it has none. */
  get(key: string): number {
    return this.entries.get(key)?.wait ?? 0;
  }

  /** The key failed: the next wait is twice as long. What went well for ten minutes before `at` begins anew. */
  next(key: string, at: number): void {
    const known = this.entries.get(key);
    const isStale = !known || this.hasExpired(known.updatedAt, at);
    const wait = isStale ? this.initialMs : Math.min(known.wait * 2, this.maxMs);
    this.entries.set(key, { wait, updatedAt: this.clock.now() });
  }

  /** When the wait that began at `since` is over; undefined when it is already. */
  waitsUntil(key: string, since: number): number | undefined {
    const known = this.entries.get(key);
    if (!known || this.hasExpired(known.updatedAt, since)) return undefined;
    const until = since + known.wait;
    return until > this.clock.now() ? until : undefined;
  }

  /** When the wait that began with the last failure is over; undefined when it is already. */
  waitsSinceFailure(key: string): number | undefined {
    const known = this.entries.get(key);
    return known && this.waitsUntil(key, known.updatedAt);
  }

  /** Forgets keys. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.entries.delete(key);
  }

  private hasExpired(updatedAt: number, at: number): boolean {
    return at - updatedAt > 2 * this.maxMs;
  }
}
