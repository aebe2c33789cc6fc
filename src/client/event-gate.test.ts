import { expect, test } from 'vitest';
import { TestClock } from '../api/test-clock.ts';
import { EventGate } from './event-gate.ts';

interface Writer {
  finish(): void;
  fail(error: Error): void;
  ended: Promise<unknown>;
}

/** A gate and writers whose work ends as told; `inside` names those who are at work. */
function gateOf(slots: number): {
  clock: TestClock;
  inside: string[];
  enter(name: string, waitedMs?: number): Writer;
} {
  const clock = new TestClock();
  const gate = new EventGate(slots, clock);
  const inside: string[] = [];
  return {
    clock,
    inside,
    enter(name, waitedMs = 0) {
      let finish = (): void => {};
      let fail = (_: Error): void => {};
      const work = new Promise<string>((resolve, reject) => {
        finish = () => resolve(name);
        fail = reject;
      });
      const ended = gate.pass(() => {
        inside.push(name);
        return work.finally(() => inside.splice(inside.indexOf(name), 1));
      }, clock.now() - waitedMs);
      ended.catch(() => {});
      return { ended, finish, fail };
    },
  };
}

/** Lets everything run that waits for no clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

test('lets so many in at once, in order of arrival', async () => {
  const { inside, enter } = gateOf(2);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => enter(name)) as [Writer, Writer, Writer, Writer];
  await settle();
  expect(inside).toEqual(['a', 'b']);
  b.finish();
  expect(await b.ended).toBe('b');
  await settle();
  expect(inside).toEqual(['a', 'c']);
  a.finish();
  c.finish();
  await settle();
  expect(inside).toEqual(['d']);
  d.finish();
  await settle();
  const e = enter('e');
  const f = enter('f');
  await settle();
  expect(inside).toEqual(['e', 'f']);
  e.finish();
  f.finish();
});

test('who comes while one is called in waits behind the others', async () => {
  const { inside, enter } = gateOf(1);
  const a = enter('a');
  enter('b');
  await settle();
  a.finish();
  await a.ended;
  enter('c');
  await settle();
  expect(inside).toEqual(['b']);
});

test('a failure is told and leaves the slot free', async () => {
  const { inside, enter } = gateOf(1);
  const a = enter('a');
  enter('b');
  await settle();
  a.fail(new Error('refused'));
  await expect(a.ended).rejects.toThrow('refused');
  await settle();
  expect(inside).toEqual(['b']);
});

test('after a slow write the slot rests three times as long, at most 100 ms', async () => {
  const { clock, inside, enter } = gateOf(1);
  const [a, b] = [enter('a'), enter('b')];
  enter('c');
  await settle();
  clock.advance(10);
  a.finish();
  await a.ended;
  clock.advance(29);
  await settle();
  expect(inside).toEqual([]);
  clock.advance(1);
  await settle();
  expect(inside).toEqual(['b']);
  clock.advance(5000);
  b.finish();
  await b.ended;
  clock.advance(99);
  await settle();
  expect(inside).toEqual([]);
  clock.advance(1);
  await settle();
  expect(inside).toEqual(['c']);
});

test('a quick write makes nobody wait', async () => {
  const { clock, inside, enter } = gateOf(1);
  const a = enter('a');
  enter('b');
  await settle();
  clock.advance(3);
  a.finish();
  await settle();
  expect(inside).toEqual(['b']);
});

test('who has waited for half a minute is let in at once, and keeps nobody waiting afterwards', async () => {
  const { clock, inside, enter } = gateOf(1);
  enter('a');
  enter('late', 30_000);
  const overdue = enter('overdue', 30_001);
  await settle();
  expect(inside).toEqual(['a', 'overdue']);
  clock.advance(50);
  overdue.finish();
  await overdue.ended;
  const other = enter('other', 40_000);
  await settle();
  expect(inside).toEqual(['a', 'other']);
  other.finish();
});
