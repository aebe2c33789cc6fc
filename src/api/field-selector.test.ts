import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeFieldValue, parseFieldSelector } from './field-selector.ts';

it.each([
  ['a=b', 'a=b'],
  ['b==c,a!=d', 'a!=d,b=c'],
  ['', ''],
  ['=', ''],
  ['a=', 'a='],
  ['a=b\\,c', 'a=b\\,c'],
])('%j prints as %j', (text, want) => {
  expect(parseFieldSelector(text).toString()).toBe(want);
});

it.each([
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ['a=b\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
])('%j is refused', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(message);
});

it('any value survives escaping', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const selector = parseFieldSelector(`f=${escapeFieldValue(value)}`);
      expect(selector.exactMatch('f')).toBe(value);
      expect(selector.matches(() => value)).toBe(true);
      expect(selector.matches(() => `${value}x`)).toBe(false);
    }),
  );
});
