// What V8 is told in `up`: a cluster's burst of pods is over before much optimizing pays, and compiling in the background takes a
// core from the two threads that start the pods. Measured in docs/decisions/one-thread-of-parts.md.

/** Flags for a version of Node (`20.20.2`), each with a name that its V8 knows. */
export function burstFlags(node: string): readonly string[] {
  const major = Number.parseInt(node, 10);
  const inlining = '--max-inlined-bytecode-size-cumulative=300';
  // six times the usual: its V8 has no cheaper compiler between baseline code and this one
  if (major < 22) return [inlining, '--interrupt-budget=400000'];
  // twice the usual
  if (major < 24) return [inlining, '--invocation-count-for-turbofan=6000'];
  // ten times the usual: Maglev's code is good enough for a burst
  return [inlining, '--invocation-count-for-turbofan=30000'];
}

/** Flags in place of those where the work goes on: V8's usual ones. None where that is no faster. */
export function steadyFlags(node: string): readonly string[] {
  return Number.parseInt(node, 10) < 22 ? ['--interrupt-budget=67584'] : [];
}
