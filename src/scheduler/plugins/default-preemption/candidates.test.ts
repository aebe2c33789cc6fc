import { expect, test } from 'vitest';
import { infoOf } from '../../test-objects.ts';
import { type Candidate, pickCandidate } from './candidates.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

function victim(priority: number, hour = 1) {
  return infoOf({ priority, status: { startTime: `2026-01-01T0${hour}:00:00Z` } });
}

function candidate(nodeName: string, victims: Candidate['victims'], violations = 0): Candidate {
  return { nodeName, victims, violations };
}

test.each<[string, Candidate[], string | undefined]>([
  ['none', [], undefined],
  ['fewest violations', [candidate('a', [victim(1)], 1), candidate('b', [victim(9)])], 'b'],
  ['lowest first victim', [candidate('a', [victim(5)]), candidate('b', [victim(4), victim(4)])], 'b'],
  ['lowest sum', [candidate('a', [victim(5), victim(4)]), candidate('b', [victim(5), victim(3)])], 'b'],
  [
    'fewest victims, also below zero',
    [candidate('a', [victim(-1), victim(-1)]), candidate('b', [victim(-1)])],
    'b',
  ],
  ['latest start', [candidate('a', [victim(1, 1)]), candidate('b', [victim(1, 2)])], 'b'],
  ['the first of equals', [candidate('a', [victim(1)]), candidate('b', [victim(1)])], 'a'],
])('%s', (_name, candidates, expected) => {
  expect(pickCandidate(candidates, now)?.nodeName).toBe(expected);
});
