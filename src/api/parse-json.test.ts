import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSyntaxProblem } from './json-syntax.ts';
import { writeJson } from './long-integers.ts';
import { JsonSyntaxError, numberOutOfRange, parseJson } from './parse-json.ts';

it.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['[1 2]', "invalid character '2' after array element"],
  ['nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['spec: x', "invalid character 's' looking for beginning of value"],
  ['{}x', "invalid character 'x' after top-level value"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['01', "invalid character '1' after top-level value"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['"\\x"', "invalid character 'x' in string escape code"],
])('%j: %s', (text, message) => {
  expect(() => parseJson(text)).toThrow(new JsonSyntaxError(message));
});

describe('what JSON.parse hides', () => {
  it.each([
    ['{"a":1,"a":2}', true],
    ['{"a":{"b":1},"c":{"b":1}}', false],
    ['[{"a":1},{"a":1}]', false],
    ['[{"a":1,"\\u0061":1}]', true],
    ['{":":":\\""}', false],
  ])('duplicates in %s: %s', (text, want) => {
    expect(parseJson(text).duplicates).toBe(want);
  });

  it.each([
    ['{"a":1.0}', true],
    ['{"a":1e3}', true],
    ['{"a":12345678901234567890}', true],
    ['{"a":true,"b":"1.0e5"}', false],
    ['[123456]', false],
  ])('unusual numbers in %s: %s', (text, want) => {
    expect(parseJson(text).unusualNumbers).toBe(want);
  });
});

it('agrees with JSON.parse on what is valid', () => {
  const pieces = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      'u00e9',
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (list) => {
      const text = list.join('');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(jsonSyntaxProblem(Buffer.from(text)) === undefined).toBe(valid);
    }),
    { numRuns: 2000 },
  );
});

it('reads any value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed = parseJson(Buffer.from(JSON.stringify(value)));
      expect(JSON.parse(writeJson(parsed.value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(parsed.duplicates).toBe(false);
    }),
  );
});

it('tells of too deep a text that does not end', () => {
  expect(() => parseJson('['.repeat(20_000))).toThrow("invalid character '[' exceeded max depth");
});

describe('what Go reads otherwise', () => {
  it.each([
    ['{"a":"\\ud800"}', { a: '\ufffd' }],
    ['{"\\udc00":["x\\ud83d\\ude00y"]}', { '\ufffd': ['x\u{1f600}y'] }],
  ])('halves of surrogate pairs in %s', (text, want) => {
    expect(parseJson(text).value).toEqual(want);
  });

  it.each([
    ['{"a":1E400}', '1E400'],
    ['{"a":"1E400","b":[-1e999]}', '-1e999'],
    ['{"a":1e300}', undefined],
  ])('numbers too large in %s', (text, want) => {
    expect(numberOutOfRange(text)).toBe(want);
  });
});
