import { expect, it } from 'vitest';
import { commonIndex, countIndexes } from './indexes.ts';

it.each([
  ['', 0],
  ['1', 1],
  ['1,3-5,7', 5],
  ['5', 'too large index: "5"', 5],
  ['3,1', 'non-increasing order, previous: 3, current: 1'],
  ['5-3', 'non-increasing order, previous: 5, current: 3'],
  ['a', 'cannot convert string to integer for index: "a"'],
  [
    '1-2-3',
    'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
  ],
])('counts %j', (text, expected, completions = 10) => {
  expect(countIndexes(text, completions as number)).toBe(expected);
});

it('finds an index that two lists share', () => {
  expect(commonIndex('0-2,5', '3-5', 10)).toBe(5);
  expect(commonIndex('0-2,6', '3-5', 10)).toBeUndefined();
  expect(commonIndex('', '1', 10)).toBeUndefined();
});
