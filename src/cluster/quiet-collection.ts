// Memory is given back when a thread has nothing more to do. V8 collects all garbage only when there is much of it, so what a
// start or some work left behind would stay for as long as the cluster is at rest.
import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../api/clock.ts';

const lookEveryMs = 5_000;
/** So much work leaves garbage that is worth the pause. */
const workMs = 300;
/** Less than this between two looks is rest: leases are renewed, watches get bookmarks. */
const restMs = 100;
/** A collection of so much takes some 15 ms; more was collected by V8 while it came, and the pause would be felt. */
const mostHeapBytes = 64 * 1024 * 1024;

/** Collects all garbage of this thread and gives free memory back. Takes 15 ms with 30 MB of objects. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  // V8 keeps empty pages for others to use: it shall give them back after a second, not the usual eight
  const keepsPages = Number.parseInt(process.versions.node, 10) >= 26;
  if (keepsPages) setFlagsFromString('--memory-pool-timeout=1');
  collect();
  // compiled code that is kept says with which flags it was made, and is of no use to a start without them
  if (keepsPages) setFlagsFromString('--memory-pool-timeout=8');
}

/** What the looks know of a thread. */
export interface ThreadLook {
  /** Milliseconds that the thread has worked, in all. */
  workedMs(): number;
  heapBytes(): number;
  collect(): void;
}

const thisThread: ThreadLook = {
  workedMs: () => performance.eventLoopUtilization().active,
  heapBytes: () => getHeapStatistics().used_heap_size,
  collect: collectGarbage,
};

/** Looks every five seconds whether this thread has worked and is at rest now, and collects its garbage then. Returns what ends it. */
export function collectWhenQuiet(clock: Clock, thread: ThreadLook = thisThread): () => void {
  let atLastLook = thread.workedMs();
  let atCollection = 0;
  const timer = clock.every(lookEveryMs, () => {
    const worked = thread.workedMs();
    const isResting = worked - atLastLook < restMs;
    atLastLook = worked;
    if (!isResting || worked - atCollection < workMs || thread.heapBytes() > mostHeapBytes) return;
    thread.collect();
    atCollection = thread.workedMs();
    atLastLook = atCollection;
  });
  return () => timer.cancel();
}
