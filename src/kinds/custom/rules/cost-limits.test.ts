import { describe, expect, it } from 'vitest';
import { fieldErrorText } from '../../../api/field-error.ts';
import { costText, TotalCost } from './cost-limits.ts';

const advice =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

describe('the text on a rule that costs too much', () => {
  it.each([
    [12_000_000, '1.200000x'],
    [31_000_000, '3.1x'],
    [2_000_000_000, 'more than 100x'],
  ])('%d', (cost, factor) => {
    expect(costText('estimated rule cost', cost, 10_000_000)).toBe(
      `estimated rule cost exceeds budget by factor of ${factor} ${advice}`,
    );
  });
});

describe('the cost of all rules of a schema', () => {
  it('says nothing up to the limit', () => {
    const total = new TotalCost();
    total.add('a', 100_000_000);
    expect(total.errors('schema')).toEqual([]);
  });

  it('names the four that cost most, and none below a hundredth of the limit', () => {
    const total = new TotalCost();
    [1, 50, 20, 60, 30, 40].forEach((millions, i) => {
      total.add(`rule${i}`, millions * 1_000_000 - (millions === 1 ? 1 : 0));
    });
    const texts = total.errors('schema').map(fieldErrorText);
    expect(texts.map((text) => text.split(':')[0])).toEqual(['rule3', 'rule1', 'rule5', 'rule4', 'schema']);
    expect(texts[0]).toBe(
      'rule3: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
    );
  });
});
