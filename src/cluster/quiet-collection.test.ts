import { expect, test, vi } from 'vitest';
import type { Clock } from '../api/clock.ts';
import { collectGarbage, collectWhenQuiet } from './quiet-collection.ts';

/** A thread whose work and memory the test says; `look` passes five seconds. */
function thread() {
  let look = (): void => {};
  let worked = 1_000;
  const cancel = vi.fn();
  const collect = vi.fn();
  const memory = { bytes: 30e6 };
  const clock = {
    now: () => 0,
    after: () => ({ cancel }),
    every: (ms: number, act: () => void) => {
      expect(ms).toBe(5_000);
      look = act;
      return { cancel };
    },
  } satisfies Clock;
  const end = collectWhenQuiet(clock, { workedMs: () => worked, heapBytes: () => memory.bytes, collect });
  const after = (ms: number): number => {
    worked += ms;
    look();
    return collect.mock.calls.length;
  };
  return { after, memory, end, cancel };
}

test('a start is cleaned up after once the thread rests, and not again while it goes on resting', () => {
  const { after } = thread();
  expect([after(2_000), after(500), after(20), after(20), after(20)]).toEqual([0, 0, 1, 1, 1]);
});

test('work is cleaned up after, however little at a time', () => {
  const { after } = thread();
  after(20);
  expect([after(99), after(99), after(99), after(99)]).toEqual([1, 1, 1, 2]);
  expect([after(4_000), after(4_000), after(10)]).toEqual([2, 2, 3]);
});

test('a large heap is left to V8', () => {
  const { after, memory } = thread();
  memory.bytes = 65 * 1024 * 1024;
  expect([after(2_000), after(0), after(0)]).toEqual([0, 0, 0]);
  memory.bytes = 40e6;
  expect(after(0)).toBe(1);
});

test('it ends when it is told to', () => {
  const { end, cancel } = thread();
  end();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a collection takes what nobody holds', async () => {
  const weak = new WeakRef({ held: false });
  // what a WeakRef was made of stays until the end of the turn
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(weak.deref()).toBeUndefined();
  expect('gc' in globalThis).toBe(false);
});
