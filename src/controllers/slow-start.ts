// Doing the same thing many times, carefully: one, then two, four, eight at once, so that what fails for all fails a few times
// only. Upstream: slowStartBatch in k8s.io/kubernetes/pkg/controller/replicaset/replica_set.go.

/** How it went. */
export interface SlowStartResult {
  readonly successes: number;
  /** The first error; later groups were left out then. */
  readonly error?: unknown;
}

/** Calls `act` `count` times in growing groups, each group at once, and stops after a group with a failure. Never rejects. */
export async function slowStart(count: number, act: () => Promise<void>): Promise<SlowStartResult> {
  let successes = 0;
  for (let size = Math.min(count, 1); size > 0; size = Math.min(2 * size, count - successes)) {
    const results = await Promise.allSettled(Array.from({ length: size }, act));
    const failures = results.filter((result) => result.status === 'rejected');
    successes += size - failures.length;
    if (failures.length > 0) return { successes, error: failures[0]!.reason };
  }
  return { successes };
}
