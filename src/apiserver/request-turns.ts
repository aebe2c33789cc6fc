// Requests in turns of the event loop. One poll of the sockets may bring a hundred requests; were all of them answered at once,
// writes that reached the disk meanwhile would wait for the last of them, and so would their clients, who then all come back
// together: server and clients would take turns at being idle.

/** How long the requests of one turn may take together, in ms, before the rest waits for the next turn. */
const turnMs = 2;

/** Runs tasks at once, or in a later turn of the event loop when this one has done enough; in the order in which they come. */
export class RequestTurns {
  private readonly now: () => number;
  private waiting: (() => void)[] = [];
  /** When this turn has done enough; undefined: nothing was done in it yet. */
  private endsAt: number | undefined;

  /** `now`: milliseconds on a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Runs the task, which must not throw. */
  run(task: () => void): void {
    if (this.endsAt === undefined) this.begin();
    else if (this.waiting.length > 0 || this.now() >= this.endsAt) {
      this.waiting.push(task);
      return;
    }
    task();
  }

  private begin(): void {
    this.endsAt = this.now() + turnMs;
    setImmediate(this.goOn);
  }

  private readonly goOn = (): void => {
    this.endsAt = undefined;
    if (this.waiting.length === 0) return;
    this.begin();
    const tasks = this.waiting;
    let done = 0;
    do tasks[done++]!();
    while (done < tasks.length && this.now() < this.endsAt!);
    this.waiting = tasks.slice(done);
  };
}
