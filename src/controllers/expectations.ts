// What a controller waits to see in its caches before it acts again: without it, a sync that comes before the watch events of
// the last one would create the same pods anew.
// Upstream: ControllerExpectations and UIDTrackingControllerExpectations in k8s.io/kubernetes/pkg/controller/controller_utils.go.
//
// X1. After `expectCreations(key, n)` the key is not satisfied until n creations were observed.
// X2. After `expectDeletions(key, names)` it is not satisfied until each name was observed as deleted; twice counts once.
// X3. New expectations of a key replace its old ones. Those of one key never touch another's.
// X4. Five minutes later they count as satisfied: a lost event must not stop a controller.
import type { Clock } from '../api/clock.ts';

/** How long a controller waits for events that never come. */
export const expectationsTimeoutMs = 5 * 60_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly at: number;
}

/** Expectations by the controllers' keys. */
export class Expectations {
  private readonly clock: Clock;
  private readonly expected = new Map<string, Expected>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  expectCreations(key: string, count: number): void {
    this.expected.set(key, { creations: count, deletions: new Set(), at: this.clock.now() });
  }

  /** `names` are keys of the objects, `namespace/name`. */
  expectDeletions(key: string, names: readonly string[]): void {
    this.expected.set(key, { creations: 0, deletions: new Set(names), at: this.clock.now() });
  }

  /** Objects were created, or were not to be expected after all. */
  creationObserved(key: string, count = 1): void {
    const expected = this.expected.get(key);
    if (expected) expected.creations -= count;
  }

  deletionObserved(key: string, name: string): void {
    this.expected.get(key)?.deletions.delete(name);
  }

  satisfied(key: string): boolean {
    return this.expiresIn(key) === 0;
  }

  /** Milliseconds until the key is satisfied at the latest; 0 when it is. */
  expiresIn(key: string): number {
    const expected = this.expected.get(key);
    if (!expected || (expected.creations <= 0 && expected.deletions.size === 0)) return 0;
    return Math.max(0, expected.at + expectationsTimeoutMs + 1 - this.clock.now());
  }

  /** The controller is gone. */
  forget(key: string): void {
    this.expected.delete(key);
  }
}
