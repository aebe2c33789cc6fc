// Bounds how many events are written at once over several recorders, and gives way when the server is busy: events tell of
// the work and must not stand in its way. Where the work does not end, events do not wait for its end.
import type { Clock } from '../api/clock.ts';

/** Lets a few through, in order of arrival; each slot then rests as long as its write took. */
export class EventGate {
  private readonly clock: Clock;
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** `slots`: how many may be inside at once. */
  constructor(slots: number, clock: Clock) {
    this.free = slots;
    this.clock = clock;
  }

  /** Runs `work`, which has been waiting since a time, when its turn has come: at once where it waited for long. */
  async pass<T>(work: () => Promise<T>, since: number): Promise<T> {
    if (this.clock.now() - since > patienceMs) return work();
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    const started = this.clock.now();
    try {
      return await work();
    } finally {
      // a write that takes long says that others wait as well: the longer it took, the longer the pause
      const took = this.clock.now() - started;
      if (took > quickMs) this.clock.after(Math.min(took * restFactor, maxRestMs), () => this.release());
      else this.release();
    }
  }

  private release(): void {
    // the slot goes to the next in line, not to who comes by
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}

// Longer than a burst of some thousand pods takes, shorter than users wait for an event.
const patienceMs = 30_000;
// A write to an idle server takes less.
const quickMs = 3;
const restFactor = 3;
const maxRestMs = 100;
