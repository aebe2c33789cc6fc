import { expect, test } from 'vitest';
import { TestClock } from '../api/test-clock.ts';
import { burstFlags, steadyFlags } from './burst-flags.ts';
import { followBursts } from './follow-bursts.ts';

/** A process that a test lets work: `work` tells which flag of optimizing it has after half a second with so much CPU time. */
function start(node: string) {
  const clock = new TestClock();
  let cpu = 100;
  const set = new Map<string, string>();
  const setFlag = (flag: string): void => {
    set.set(flag.split('=')[0]!, flag);
  };
  followBursts(clock, { node, cpuMs: () => cpu, setFlag });
  const work = (ms: number): string | undefined => {
    cpu += ms;
    clock.advance(500);
    return [...set.values()][1];
  };
  return { work, set, setFlag };
}

const node = '20.20.2';
const [, burst] = burstFlags(node);
const [steady] = steadyFlags(node);

test('a start has the flags of a burst', () => {
  expect([...start(node).set.values()]).toEqual(burstFlags(node));
});

test('work that goes on has its own, until the process rests', () => {
  const { work } = start(node);
  const flags = [900, 1_000, 1_000, 900, 100, 60, 900, 20, 900, 900].map(work);
  expect(flags).toEqual([burst, burst, burst, burst, steady, steady, steady, burst, burst, burst]);
});

test('short pieces of work with rests between them are bursts, however many', () => {
  const { work } = start(node);
  for (let i = 0; i < 20; i++) expect([work(1_000), work(1_000), work(10)]).toEqual([burst, burst, burst]);
});

test('flags that another thread set are set anew', () => {
  const { work, setFlag } = start(node);
  for (let i = 0; i < 5; i++) work(1_000);
  setFlag(burst!);
  expect(work(1_000)).toBe(steady);
});

test('a Node that is no faster with others keeps those of a burst', () => {
  const { work } = start('26.10.0');
  for (let i = 0; i < 10; i++) expect(work(1_000)).toBe(burstFlags('26.10.0')[1]);
});
