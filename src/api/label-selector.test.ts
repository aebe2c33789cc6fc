import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatLabelSelector,
  noLabel,
  SelectorError,
  selectorOfLabels,
  selectorOfObject,
} from './label-selector.ts';
import { parseLabelSelector } from './label-selector-text.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['', ''],
    ['a=b', 'a=b'],
    ['b,a', 'a,b'],
    ['a in (c,b),!d', 'a in (b,c),!d'],
    ['x in ()', 'x in ()'],
    ['a notin (,)', 'a notin ()'],
    ['a==b', 'a==b'],
    ['a!=', 'a!='],
    ['a>1,b<2', 'a>1,b<2'],
    ['a in (b,,c)', 'a in (,b,c)'],
  ])('%j prints as %j', (text, want) => {
    expect(parseLabelSelector(text).toString()).toBe(want);
  });

  // The first three as recorded from a real server.
  it.each([
    ['a==b==c', "found '==', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['bad key', "unable to parse requirement: found 'key', expected: in, notin, =, ==, !=, gt, lt"],
    ['a,', "found '', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      'a_=b',
      `unable to parse requirement: <nil>: Invalid value: "a_": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new SelectorError(message));
  });

  it('never fails otherwise than with SelectorError', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab=!,()<> in/]{0,12}$/), (text) => {
        try {
          const selector = parseLabelSelector(text);
          expect(parseLabelSelector(selector.toString()).toString()).toBe(selector.toString());
        } catch (error) {
          expect(error).toBeInstanceOf(SelectorError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('matching', () => {
  it.each([
    ['a=1', true],
    ['a!=1', false],
    ['c!=1', true],
    ['a in (1,2)', true],
    ['a notin (1)', false],
    ['c notin (1)', true],
    ['a', true],
    ['!a', false],
    ['!c', true],
    ['n>4', true],
    ['n<5', false],
    ['b>1', false],
    ['toString', false],
  ])('%s', (text, want) => {
    expect(parseLabelSelector(text).matches({ a: '1', b: 'x', n: '5' })).toBe(want);
  });

  const label = fc.stringMatching(/^[a-c]$/);
  const labels = fc.dictionary(label, label);
  it('a selector of labels matches exactly the supersets', () => {
    fc.assert(
      fc.property(labels, labels, (wanted, given) => {
        const superset = Object.entries(wanted).every(([key, value]) => given[key] === value);
        expect(selectorOfLabels(wanted).matches(given)).toBe(superset);
      }),
    );
  });
});

describe('selectorOfObject', () => {
  it('tells nothing from everything', () => {
    expect(selectorOfObject(undefined)).toBe(noLabel);
    expect(selectorOfObject(undefined).matches({})).toBe(false);
    expect(selectorOfObject({}).isEmpty()).toBe(true);
  });

  it('prints like kubectl', () => {
    const object = {
      matchLabels: { a: 'b' },
      matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['e', 'd'] }],
    };
    expect(formatLabelSelector(object)).toBe('a=b,c notin (d,e)');
    expect(formatLabelSelector({})).toBe('<none>');
    expect(formatLabelSelector({ matchExpressions: [{ key: 'c', operator: 'Foo' }] })).toBe('<error>');
  });
});
