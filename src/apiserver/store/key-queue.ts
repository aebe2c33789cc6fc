// Writers of one object wait for each other inside the process. Compare-and-set alone would be right too, but of thirty
// writers at once twenty-nine would have worked for nothing, again and again.

/** Runs work on a key one after the other; different keys do not wait for each other. */
export class KeyQueue {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs `work` after everything queued on `key` before it. Its result or error is passed on. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    let finish: () => void = () => {};
    const mine = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.last.set(key, mine);
    if (before) await before;
    try {
      return await work();
    } finally {
      if (this.last.get(key) === mine) this.last.delete(key);
      finish();
    }
  }
}
