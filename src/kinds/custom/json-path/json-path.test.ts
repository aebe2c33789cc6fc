import { describe, expect, it } from 'vitest';
import { compileJsonPath, printValue } from './json-path.ts';

const object = {
  spec: { a: 1, 'x.y/z': 'dotted', n: null },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', n: 1 },
      { type: 'Old', status: 'False', n: 2 },
    ],
    text: 'abc',
  },
};

describe('finding', () => {
  it.each<[string, unknown[][]]>([
    ['{.spec.a}', [[1]]],
    ['{$.spec.a}', [[1]]],
    ["{.spec['a']}", [[1]]],
    ['{.spec.x\\.y/z}', [['dotted']]],
    ['{.spec.missing.deeper}', [[]]],
    ['{.spec.n}', [[null]]],
    ['{.spec.n.deeper}', [[]]],
    ['{.spec.a}-{.status.text}', [[1], ['-'], ['abc']]],
    ['{.status.conditions[?(@.type=="Ready")].status}', [['True']]],
    ['{.status.conditions[?(@.n>1)].type}', [['Old']]],
    ['{.status.conditions[?(@.n==2)].type}', [['Old']]],
    ['{.status.conditions[?(@.reason)].type}', [[]]],
    ['{.status.conditions[?(@.status!="True")].type}', [['Old']]],
    ['{.status.conditions[-1].type}', [['Old']]],
    ['{.status.conditions[*].type}', [['Ready', 'Old']]],
    ['{.status.conditions[0,1].type}', [['Ready', 'Old']]],
    ['{.status.conditions[::2].type}', [['Ready']]],
    ['{.status..type}', [['Ready', 'Old']]],
    ['{range .status.conditions[*]}{.type}={.n}{end};', [['Ready'], ['='], [1], ['Old'], ['='], [2], [';']]],
    ['{"x"}', [['x']]],
  ])('%s', (template, found) => {
    expect(compileJsonPath(template).find(object)).toEqual(found);
  });

  it.each([
    ['{.status.conditions[5]}', 'array index out of bounds: index 5, length 2'],
    ['{.status.conditions[?(@.n=="x")]}', 'incompatible types for comparison'],
    ['{.status.text[0]}', 'string is not array or slice'],
    ['{.spec[?(@.a)]}', 'is not array or slice and cannot be filtered'],
    ['{.spec.a}{end}', 'not in range, nothing to end'],
    ['{word}', 'unrecognized identifier word'],
  ])('%s fails', (template, message) => {
    const path = compileJsonPath(template);
    expect(() => path.find(object)).toThrow(message);
  });
});

it.each([
  ['{.spec[', 'unterminated array'],
  ['{.spec[x]}', 'invalid array index x'],
  ['{.spec', 'unclosed action'],
  ['{....a}', 'invalid multiple recursive descent'],
  ['{.a[?(@.b]}', 'unterminated filter'],
  ['{"x}', 'unterminated quoted string'],
  ['{#}', "unrecognized character in action: U+0023 '#'"],
])('%s is no path', (template, message) => {
  expect(() => compileJsonPath(template)).toThrow(message);
});

it('prints objects as JSON in order, numbers as Go does, and null as no value', () => {
  expect(printValue({ b: [1e6, 0.5], a: '<' })).toBe('{"a":"\\u003c","b":[1000000,0.5]}');
  expect(printValue(1234567.5)).toBe('1.2345675e+06');
  expect(printValue(null)).toBe('<no value>');
});
