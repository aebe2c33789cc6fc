// Work on documents before somebody asks for them. A set of definitions comes within a second, and making what it adds to the
// documents takes as long as reading hundreds of them: who asks after the last one must not wait for them all.
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock, Timer } from '../api/clock.ts';

/** Changes that come closer together than this are followed by others: their client is at work, and has the server to itself. */
const quietMs = 10;
/** But not when so many wait: making all that they need would be noticed by who asks for a document then. */
const mostWaiting = 16;

/** Work in pieces of a few milliseconds. Each resolves with false when nothing of its sort is left. */
export interface AheadWork {
  /** What does not wait for the end of many changes. */
  soon(): Promise<boolean>;
  /** What does. */
  whenQuiet(): Promise<boolean>;
}

/** Does pieces of work after changes, one in a turn of the event loop. */
export class MadeAhead {
  private readonly clock: Clock;
  private readonly work: AheadWork;
  private readonly log: Logger;
  private timer: Timer | undefined;
  private waiting = 0;
  private changedAt = 0;
  private working: Promise<void> | undefined;
  private active = false;
  /** How many wait for something else. */
  private held = 0;
  private interrupted = false;

  constructor(clock: Clock, work: AheadWork, log: Logger) {
    this.clock = clock;
    this.work = work;
    this.log = log;
  }

  /** From now on changes bring work; those before wait for the next one. */
  start(): void {
    this.active = true;
  }

  /** Something changed. */
  wake(): void {
    if (!this.active) return;
    this.changedAt = this.clock.now();
    if (this.working === undefined && ++this.waiting <= mostWaiting) this.arm();
  }

  /** Does what somebody waits for: no further piece is begun meanwhile. */
  async before<T>(work: () => Promise<T>): Promise<T> {
    this.held++;
    try {
      return await work();
    } finally {
      this.held--;
      if (this.held === 0 && this.interrupted && this.active) this.arm();
    }
  }

  /** Resolves when the piece under way is done. */
  async stop(): Promise<void> {
    this.active = false;
    this.timer?.cancel();
    await this.working;
  }

  private arm(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(quietMs, () => {
      this.working = this.run().finally(() => {
        this.working = undefined;
        this.waiting = 0;
        if (this.active && !this.interrupted && !this.isQuiet()) this.arm();
      });
    });
  }

  private isQuiet(): boolean {
    return this.clock.now() - this.changedAt >= quietMs;
  }

  private async run(): Promise<void> {
    try {
      this.interrupted = false;
      while (this.active) {
        this.interrupted = this.held > 0;
        if (this.interrupted) return;
        if (!(await this.work.soon()) && !(this.isQuiet() && (await this.work.whenQuiet()))) return;
        await setImmediate();
      }
    } catch (error) {
      // who asks for the document gets it as an answer
      this.log.warn({ error }, 'documents of OpenAPI cannot be made ahead');
    }
  }
}
