// Doing the same thing many times, carefully: one, then two, four, eight at once, so that what fails for all fails a few times
// only. Upstream's slowStartBatch (k8s.io/kubernetes/pkg/controller/replicaset/replica_set.go) waits for a whole group before the
// next; here each success makes room for two more, which grows as fast and does not wait for the slowest of a group.

/** How it went. */
export interface SlowStartResult {
  readonly successes: number;
  /** The first error; nothing was started after it. */
  readonly error?: unknown;
}

/**
 * Calls `act` `count` times, ever more at once, and starts nothing after a failure. Resolves when all that was started has
 * ended; never rejects.
 */
export function slowStart(count: number, act: () => Promise<void>): Promise<SlowStartResult> {
  return new Promise((resolve) => {
    let room = 1;
    let started = 0;
    let running = 0;
    let successes = 0;
    let failure: { error: unknown } | undefined;
    const end = (): void => {
      running -= 1;
      pump();
    };
    const pump = (): void => {
      while (!failure && running < room && started < count) {
        started += 1;
        running += 1;
        act().then(
          () => {
            successes += 1;
            room += 1;
            end();
          },
          (error: unknown) => {
            failure ??= { error };
            end();
          },
        );
      }
      if (running === 0) resolve(failure ? { successes, error: failure.error } : { successes });
    };
    pump();
  });
}
