import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { TestClock } from '../api/test-clock.ts';
import { MadeAhead } from './openapi-ahead.ts';

/** Work that comes in pieces; `wake` brings one of each sort. */
function started() {
  const clock = new TestClock();
  const warn = vi.fn();
  const log = Object.assign(pino({ enabled: false }), { warn });
  const work = { left: 0, done: 0, quietLeft: 0, doneQuiet: 0, fails: false };
  const ahead = new MadeAhead(
    clock,
    {
      soon() {
        if (work.fails) return Promise.reject(new Error('cannot be made'));
        if (work.left === 0) return Promise.resolve(false);
        work.left--;
        work.done++;
        return Promise.resolve(true);
      },
      whenQuiet() {
        if (work.quietLeft === 0) return Promise.resolve(false);
        work.quietLeft--;
        work.doneQuiet++;
        return Promise.resolve(true);
      },
    },
    log,
  );
  const wake = (): void => {
    work.left++;
    work.quietLeft++;
    ahead.wake();
  };
  return { clock, ahead, work, wake, warn };
}

describe('work ahead', () => {
  it('is done when no further change comes', async () => {
    const { clock, ahead, work, wake } = started();
    ahead.start();
    wake();
    clock.advance(9);
    wake();
    clock.advance(9);
    expect(work.done).toBe(0);
    clock.advance(1);
    await vi.waitFor(() => expect(work.doneQuiet).toBe(2));
    expect(work.done).toBe(2);
  });

  it('does not wait for the end of many changes', async () => {
    const { clock, ahead, work, wake } = started();
    ahead.start();
    for (let n = 0; n < 20; n++) {
      wake();
      clock.advance(1);
    }
    clock.advance(5);
    await vi.waitFor(() => expect(work.done).toBe(20));
    expect(work.doneQuiet).toBe(0);
    clock.advance(10);
    await vi.waitFor(() => expect(work.doneQuiet).toBe(20));
  });

  it('goes on with changes that come while it is done', async () => {
    const { clock, ahead, work, wake } = started();
    ahead.start();
    wake();
    clock.advance(10);
    wake();
    await vi.waitFor(() => expect(work.done).toBe(2));
    clock.advance(10);
    await vi.waitFor(() => expect(work.doneQuiet).toBe(2));
  });

  it('waits for what somebody waits for', async () => {
    const { clock, ahead, work, wake } = started();
    ahead.start();
    for (let n = 0; n < 5; n++) wake();
    let answer = (_: string): void => {};
    const asked = new Promise<string>((resolve) => {
      answer = resolve;
    });
    clock.advance(10);
    const answered = ahead.before(() => asked);
    await vi.waitFor(() => expect(work.done).toBe(1));
    clock.advance(1000);
    expect(work.done).toBe(1);
    answer('document');
    expect(await answered).toBe('document');
    await vi.waitFor(() => {
      clock.advance(10);
      expect(work.doneQuiet).toBe(5);
    });
    expect(work.done).toBe(5);
  });

  it('is not done for what was there before, until a change comes', async () => {
    const { clock, ahead, work, wake } = started();
    wake();
    ahead.start();
    clock.advance(1000);
    expect(work.done).toBe(0);
    wake();
    clock.advance(10);
    await vi.waitFor(() => expect(work.done).toBe(2));
  });

  it('ends with the piece under way', async () => {
    const { clock, ahead, work, wake } = started();
    ahead.start();
    for (let n = 0; n < 5; n++) wake();
    clock.advance(10);
    await ahead.stop();
    expect(work.done).toBe(1);
    wake();
    clock.advance(1000);
    await ahead.stop();
    expect(work.done).toBe(1);
  });

  it('that fails is tried again with the next change', async () => {
    const { clock, ahead, work, wake, warn } = started();
    ahead.start();
    work.fails = true;
    wake();
    clock.advance(10);
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    work.fails = false;
    wake();
    clock.advance(10);
    await vi.waitFor(() => expect(work.done).toBe(2));
  });
});
