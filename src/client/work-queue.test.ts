import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../api/test-clock.ts';
import { WorkQueue } from './work-queue.ts';

let clock: TestClock;
let queue: WorkQueue;

beforeEach(() => {
  clock = new TestClock();
  queue = new WorkQueue(clock);
});

/** The keys that come out without waiting; each is done at once. */
async function drain(): Promise<string[]> {
  const keys: string[] = [];
  while (queue.length > 0) {
    const key = (await queue.get())!;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

/** Milliseconds, from now, after which a key that is added so comes. */
async function waitOf(add: () => void): Promise<number> {
  const start = clock.now();
  add();
  while (queue.length === 0) clock.advance(1);
  await drain();
  return clock.now() - start;
}

describe('Q1. a waiting key is in the queue once', () => {
  test('in the order of its first addition', async () => {
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.length).toBe(3);
    expect(await drain()).toEqual(['a', 'b', 'c']);
    expect(queue.isIdle).toBe(true);
  });

  test('and comes again when it is added after it went', async () => {
    queue.add('a');
    await drain();
    queue.add('a');
    expect(await drain()).toEqual(['a']);
  });
});

describe('Q2. a key is with one worker at a time', () => {
  test('added meanwhile, it comes again once, after done', async () => {
    queue.add('a');
    expect(await queue.get()).toBe('a');
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(queue.length).toBe(1);
    expect(await queue.get()).toBe('b');
    queue.done('a');
    expect(queue.length).toBe(1);
    expect(await queue.get()).toBe('a');
    queue.done('a');
    expect(queue.length).toBe(0);
    expect(queue.isIdle).toBe(false);
    queue.done('b');
    expect(queue.isIdle).toBe(true);
  });

  test('a key handed to a worker that waits is with it', async () => {
    const taken = queue.get();
    queue.add('a');
    queue.add('a');
    expect(queue.length).toBe(0);
    expect(await taken).toBe('a');
    queue.done('a');
    expect(await drain()).toEqual(['a']);
  });

  test('workers that wait are served in turn', async () => {
    const taken = [queue.get(), queue.get()];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(taken)).toEqual(['a', 'b']);
  });
});

describe('Q3. of several delays the earliest wins', () => {
  test('whichever was asked first', async () => {
    queue.addAfter('a', 300);
    queue.addAfter('a', 100);
    queue.addAfter('a', 200);
    expect(queue.isIdle).toBe(false);
    clock.advance(99);
    expect(queue.length).toBe(0);
    clock.advance(1);
    expect(await drain()).toEqual(['a']);
    clock.advance(1000);
    expect(queue.isIdle).toBe(true);
  });

  test('an add does not wait for them, nor undo them', async () => {
    queue.addAfter('a', 100);
    queue.add('a');
    expect(await drain()).toEqual(['a']);
    clock.advance(100);
    expect(await drain()).toEqual(['a']);
  });

  test('no delay is an add', async () => {
    queue.addAfter('a', 0);
    queue.addAfter('b', -5);
    expect(await drain()).toEqual(['a', 'b']);
  });

  test('a delay that ends while a worker has the key makes it come again', async () => {
    queue.add('a');
    await queue.get();
    queue.addAfter('a', 10);
    clock.advance(10);
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(queue.length).toBe(1);
  });
});

describe('Q4. retries are spaced', () => {
  test('5 ms, 10 ms, ... up to 1000 s for one key, from the start after forget', async () => {
    const retry = (): Promise<number> => waitOf(() => queue.addRateLimited('a'));
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) waits.push(await retry());
    expect(waits).toEqual([5, 10, 20, 40, 80, 160]);
    expect(queue.retries('a')).toBe(6);
    queue.forget('a');
    expect(queue.retries('a')).toBe(0);
    expect(await retry()).toBe(5);
  });

  test('never more than the bound', async () => {
    queue = new WorkQueue(clock, { baseMs: 5, maxMs: 60, perSecond: 0, burst: 0 });
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) waits.push(await waitOf(() => queue.addRateLimited('a')));
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
    // two to the power of many failures is no number any more
    for (let i = 0; i < 2000; i++) queue.addRateLimited('b');
    expect(await waitOf(() => queue.addRateLimited('b'))).toBeLessThanOrEqual(60);
  });

  test('keys do not share their failures', async () => {
    await waitOf(() => queue.addRateLimited('a'));
    expect(await waitOf(() => queue.addRateLimited('b'))).toBe(5);
  });

  test('over all keys ten a second after a burst of a hundred', async () => {
    for (let i = 0; i < 100; i++) queue.addRateLimited(`burst-${i}`);
    clock.advance(5);
    expect(await drain()).toHaveLength(100);
    for (let i = 0; i < 20; i++) queue.addRateLimited(`more-${i}`);
    clock.advance(1000);
    expect((await drain()).length).toBe(10);
    clock.advance(1000);
    expect((await drain()).length).toBe(10);
  });

  test('what was not used comes back, up to the burst', async () => {
    for (let i = 0; i < 100; i++) queue.addRateLimited(`burst-${i}`);
    clock.advance(60_000);
    await drain();
    for (let i = 0; i < 101; i++) queue.addRateLimited(`again-${i}`);
    clock.advance(5);
    expect(await drain()).toHaveLength(100);
    clock.advance(95);
    expect(await drain()).toHaveLength(1);
  });
});

describe('Q5. after shutDown', () => {
  test('get gives what still waits, then undefined', async () => {
    queue.add('a');
    queue.add('b');
    queue.shutDown();
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual(['a', 'b', undefined]);
  });

  test('workers that wait go home, delays are forgotten, adds do nothing', async () => {
    const taken = [queue.get(), queue.get()];
    queue.addAfter('a', 10);
    queue.shutDown();
    expect(await Promise.all(taken)).toEqual([undefined, undefined]);
    queue.add('b');
    queue.addAfter('c', 1);
    queue.addRateLimited('d');
    clock.advance(1000);
    expect(queue.isIdle).toBe(true);
    expect(await queue.get()).toBeUndefined();
  });

  test('a key that was added again while it was worked on does not come', async () => {
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.shutDown();
    queue.done('a');
    expect(await queue.get()).toBeUndefined();
  });
});
