import { expect, test } from 'vitest';
import { RequestTurns } from './request-turns.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Tasks that take a millisecond each, on a clock that only they move. */
function setup(): { turns: RequestTurns; done: number[]; run: (name: number) => void } {
  let now = 0;
  const done: number[] = [];
  const turns = new RequestTurns(() => now);
  const run = (name: number): void =>
    turns.run(() => {
      done.push(name);
      now += 1;
    });
  return { turns, done, run };
}

test('what fits into a turn runs at once, the rest in later turns and in order', async () => {
  const { done, run } = setup();
  for (let i = 0; i < 7; i++) run(i);
  expect(done).toEqual([0, 1]);
  await nextTurn();
  expect(done).toEqual([0, 1, 2, 3]);
  run(7);
  expect(done).toEqual([0, 1, 2, 3]);
  await nextTurn();
  await nextTurn();
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a turn that did little leaves the next one free', async () => {
  const { done, run } = setup();
  run(0);
  await nextTurn();
  run(1);
  run(2);
  expect(done).toEqual([0, 1, 2]);
});

test('a task that brings another does not stand in its way', async () => {
  const { turns, done, run } = setup();
  turns.run(() => run(0));
  run(1);
  run(2);
  expect(done).toEqual([0, 1]);
  await nextTurn();
  expect(done).toEqual([0, 1, 2]);
});
