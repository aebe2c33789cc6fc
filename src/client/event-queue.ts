// The background writer behind event recorders: a bounded queue, a write or a few at a time, tried again while the server can't
// be reached. Upstream: recordToSink in k8s.io/client-go/tools/record/event.go.
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import { ApiError } from '../api/status.ts';
import { isAlreadyExists, isNamespaceTerminating } from './api-errors.ts';
import { wait } from './backoff.ts';
import type { EventGate } from './event-gate.ts';

/** What a queue needs. */
export interface EventQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Ends the writing; what waits is dropped. */
  readonly signal?: AbortSignal;
  /** At most so many writes a second after `burst`; absent: no bound. Kubelets have 50 and 100. */
  readonly perSecond?: number;
  readonly burst?: number;
  /** Shared with other recorders: how many of them may write at once. */
  readonly gate?: EventGate;
  /** How many may wait; what comes then is dropped. Default 1000. */
  readonly maxQueued?: number;
  /** How many are written at once; they are in no order then. Default 1. */
  readonly atOnce?: number;
}

/** Called when the turn of a write comes: gives what is to be tried, or undefined when there is nothing to write. */
export type PreparedWrite = () => (() => Promise<unknown>) | undefined;

const maxQueued = 1000;
const maxTries = 12;
const sleepMs = 10_000;

/** Runs writes in the background, in order where they are one at a time. */
export class EventQueue {
  private readonly options: EventQueueOptions;
  private readonly waiting: { readonly prepare: PreparedWrite; readonly since: number }[] = [];
  /** How many write at present. */
  private writing = 0;
  /** When those and all before them have ended. */
  private ended: Promise<void> = Promise.resolve();
  private tokens: number;
  private tokensAt: number;

  constructor(options: EventQueueOptions) {
    this.options = options;
    this.tokens = options.burst ?? 0;
    this.tokensAt = options.clock.now();
  }

  /** Adds a write; drops it when the queue is full. */
  push(write: PreparedWrite): void {
    if (this.waiting.length >= (this.options.maxQueued ?? maxQueued)) {
      this.options.log.info('an event was dropped: too many are waiting');
      return;
    }
    this.waiting.push({ prepare: write, since: this.options.clock.now() });
    if (this.writing >= (this.options.atOnce ?? 1)) return;
    this.writing += 1;
    this.ended = Promise.all([this.ended, this.drain()]).then(() => {});
  }

  /** Resolves when the queue is empty and all is written. */
  async flush(): Promise<void> {
    while (this.writing > 0) await this.ended;
  }

  private async drain(): Promise<void> {
    // let the caller's turn end first: an event is never worth a delay of the work it tells of
    await Promise.resolve();
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const write = this.options.signal?.aborted ? undefined : next.prepare();
      if (write) await this.attempt(write, next.since);
    }
    // at once: what is pushed from now on needs another
    this.writing -= 1;
  }

  private async attempt(write: () => Promise<unknown>, since: number): Promise<void> {
    const { clock, random, log, signal, gate } = this.options;
    for (let tries = 1; tries <= maxTries && !signal?.aborted; tries++) {
      await this.throttle();
      try {
        await (gate ? gate.pass(write, since) : write());
        return;
      } catch (error) {
        if (signal?.aborted) return;
        if (error instanceof ApiError && error.code !== 429 && error.code < 500) {
          // it would be refused again; these two are ordinary ends
          if (!isAlreadyExists(error) && !isNamespaceTerminating(error))
            log.info({ err: error }, 'event refused');
          return;
        }
        await wait(clock, tries === 1 ? sleepMs * random.float() : sleepMs, signal);
      }
    }
    if (!signal?.aborted) log.warn('an event could not be written');
  }

  private async throttle(): Promise<void> {
    const { clock, perSecond, burst = 0, signal } = this.options;
    if (!perSecond) return;
    const now = clock.now();
    this.tokens = Math.min(burst, this.tokens + ((now - this.tokensAt) * perSecond) / 1000) - 1;
    this.tokensAt = now;
    if (this.tokens < 0) await wait(clock, (-this.tokens * 1000) / perSecond, signal);
  }
}
