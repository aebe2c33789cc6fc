// Bounds how many events are written at once over several recorders: events tell of the work and must not stand in its way.

/** Lets a few through, in order of arrival. */
export class EventGate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** `slots`: how many may be inside at once. */
  constructor(slots: number) {
    this.free = slots;
  }

  /** Runs `work` when its turn has come. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // the slot goes to the next in line, not to who comes by
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
