// A clock that stands still until a test moves it.
import type { Clock, Timer } from './clock.ts';

interface Pending {
  at: number;
  every: number | undefined;
  run: () => void;
}

/** Time as a test wants it. Timers fire inside `advance`, in order. */
export class TestClock implements Clock {
  private time: number;
  private readonly pending = new Set<Pending>();

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, fn: () => void): Timer {
    return this.add({ at: this.time + ms, every: undefined, run: fn });
  }

  every(ms: number, fn: () => void): Timer {
    return this.add({ at: this.time + ms, every: ms, run: fn });
  }

  /** Moves time on and fires what comes due. */
  advance(ms: number): void {
    const target = this.time + ms;
    for (;;) {
      const due = [...this.pending].filter((p) => p.at <= target).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.time = due.at;
      if (due.every === undefined) this.pending.delete(due);
      else due.at += due.every;
      due.run();
    }
    this.time = target;
  }

  private add(timer: Pending): Timer {
    this.pending.add(timer);
    return { cancel: () => this.pending.delete(timer) };
  }
}
