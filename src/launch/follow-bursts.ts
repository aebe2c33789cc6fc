// Tells V8 whether the process is in a burst of work, which is over before much optimizing pays, or in work that goes on.
import { setFlagsFromString } from 'node:v8';
import type { Clock } from '../api/clock.ts';
import { burstFlags, steadyFlags } from './burst-flags.ts';

const lookEveryMs = 500;
/** After so much CPU time of all threads without a rest the work goes on. */
const burstMs = 4_000;
/** Less CPU time than this between two looks is rest, and what comes next may be a burst again. */
const restMs = 50;

/** What is known of the process, and done to it. */
export interface BurstProcess {
  /** Node's version: `20.20.2`. */
  readonly node: string;
  /** CPU time of all threads until now, in ms. */
  cpuMs(): number;
  setFlag(flag: string): void;
}

const thisProcess: BurstProcess = {
  node: process.versions.node,
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  setFlag: setFlagsFromString,
};

/** Sets the flags of a burst, and from then on those of what the process does. */
export function followBursts(clock: Clock, { node, cpuMs, setFlag }: BurstProcess = thisProcess): void {
  const burst = burstFlags(node);
  const steady = steadyFlags(node);
  burst.forEach(setFlag);
  if (steady.length === 0) return;
  let before = cpuMs();
  let worked = before;
  clock.every(lookEveryMs, () => {
    const now = cpuMs();
    const isResting = now - before < restMs;
    worked = isResting ? 0 : worked + now - before;
    before = now;
    if (isResting) burst.forEach(setFlag);
    // at every look: who keeps compiled code sets the flags of a start
    else if (worked >= burstMs) steady.forEach(setFlag);
  });
}
