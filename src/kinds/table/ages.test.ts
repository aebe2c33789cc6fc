import { expect, it } from 'vitest';
import { humanDuration, since } from './ages.ts';

const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400];

it.each([
  [-2, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [3 * minute + 5, '3m5s'],
  [10 * minute + 5, '10m'],
  [179 * minute, '179m'],
  [3 * hour + 20 * minute, '3h20m'],
  [8 * hour + 20 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [729 * day, '729d'],
  [2 * year + 3 * day, '2y3d'],
  [8 * year + 3 * day, '8y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

it('does not know the age of what has no time', () => {
  expect(since(undefined, 0)).toBe('<unknown>');
  expect(since('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:07Z'))).toBe('7s');
});
