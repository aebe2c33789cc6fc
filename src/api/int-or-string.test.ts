import { expect, it } from 'vitest';
import { intValue, parseIntOrString, percentValue, scaledValue } from './int-or-string.ts';

it.each([
  [3, 10, true, 3],
  ['25%', 10, true, 3],
  ['25%', 10, false, 2],
  ['0%', 10, true, 0],
  ['-25%', 10, true, -2],
  ['100%', 7, false, 7],
] as const)('%s of %i', (value, total, roundUp, want) => {
  expect(scaledValue(value, total, roundUp)).toBe(want);
});

it('refuses texts that are no percentages', () => {
  expect(() => scaledValue('5', 10, true)).toThrow(
    'invalid value for IntOrString: invalid type: string is not a percentage',
  );
  expect(() => scaledValue('x%', 10, true)).toThrow(
    'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax',
  );
});

it('reads texts', () => {
  expect(parseIntOrString('80')).toBe(80);
  expect(parseIntOrString('http')).toBe('http');
  expect(parseIntOrString('99999999999')).toBe('99999999999');
  expect(intValue('7')).toBe(7);
  expect(intValue('x')).toBe(0);
  expect(percentValue('30%')).toBe(30);
  expect(percentValue(30)).toBeUndefined();
});
