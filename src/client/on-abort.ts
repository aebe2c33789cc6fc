// Many requests end with one signal. An EventTarget goes through all its listeners to add or to remove one, so a signal has one
// listener here, and behind it a set.

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function waitersOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known) return known;
  const waiters = new Set<() => void>();
  waiting.set(signal, waiters);
  const tell = (): void => {
    for (const waiter of waiters) waiter();
    waiters.clear();
  };
  signal.addEventListener('abort', tell, { once: true });
  return waiters;
}

/** Calls `act`, which must not throw, when the signal aborts; returns what takes that back. The signal has not aborted yet. */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const waiters = waitersOf(signal);
  waiters.add(act);
  return () => waiters.delete(act);
}
