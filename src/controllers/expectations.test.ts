import { expect, test } from 'vitest';
import type { Clock } from '../api/clock.ts';
import { Expectations, expectationsTimeoutMs } from './expectations.ts';

function at(): { clock: Clock; move(ms: number): void } {
  let now = 0;
  const never = { cancel() {} };
  const clock = { now: () => now, after: () => never, every: () => never };
  return { clock, move: (ms) => (now += ms) };
}

test('X1: creations are waited for', () => {
  const expectations = new Expectations(at().clock);
  expect(expectations.satisfied('a')).toBe(true);
  expectations.expectCreations('a', 3);
  expectations.creationObserved('a');
  expect(expectations.satisfied('a')).toBe(false);
  expectations.creationObserved('a', 2);
  expect(expectations.satisfied('a')).toBe(true);
});

test('X2: deletions are waited for by name', () => {
  const expectations = new Expectations(at().clock);
  expectations.expectDeletions('a', ['n/x', 'n/y']);
  expectations.deletionObserved('a', 'n/x');
  expectations.deletionObserved('a', 'n/x');
  expectations.deletionObserved('a', 'n/z');
  expect(expectations.satisfied('a')).toBe(false);
  expectations.deletionObserved('a', 'n/y');
  expect(expectations.satisfied('a')).toBe(true);
});

test('X3: new expectations replace old ones, of the same key only', () => {
  const expectations = new Expectations(at().clock);
  expectations.expectCreations('a', 3);
  expectations.expectCreations('b', 1);
  expectations.expectDeletions('a', []);
  expect(expectations.satisfied('a')).toBe(true);
  expect(expectations.satisfied('b')).toBe(false);
  expectations.forget('b');
  expect(expectations.satisfied('b')).toBe(true);
});

test('X4: after five minutes nothing is waited for', () => {
  const { clock, move } = at();
  const expectations = new Expectations(clock);
  expectations.expectCreations('a', 1);
  move(expectationsTimeoutMs);
  expect(expectations.satisfied('a')).toBe(false);
  expect(expectations.expiresIn('a')).toBe(1);
  move(1);
  expect(expectations.satisfied('a')).toBe(true);
});
