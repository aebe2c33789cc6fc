import { describe, expect, it } from 'vitest';
import {
  difference,
  exceeding,
  isEqual,
  negativeNames,
  only,
  printAmounts,
  sum,
  wholeUnits,
  withoutZeros,
} from './amounts.ts';

describe('amounts', () => {
  it('are added name by name', () => {
    expect(sum({ cpu: '900m', pods: '1' }, { cpu: '100m', memory: '1Gi' })).toEqual({
      cpu: '1',
      pods: '1',
      memory: '1Gi',
    });
  });

  it('never go below 0 by subtraction', () => {
    expect(difference({ cpu: '1', pods: '1' }, { cpu: '250m', pods: '3', memory: '1' })).toEqual({
      cpu: '750m',
      pods: '0',
      memory: '0',
    });
  });

  it('exceed by value, where there is something to exceed', () => {
    expect(exceeding({ cpu: '1001m', memory: '1Gi', pods: '5' }, { cpu: '1', memory: '1024Mi' })).toEqual(
      new Set(['cpu']),
    );
  });

  it('are equal by value', () => {
    expect(isEqual({ cpu: '1' }, { cpu: '1000m' })).toBe(true);
    expect(isEqual({ cpu: '1' }, { cpu: '2' })).toBe(false);
    expect(isEqual({ cpu: '1' }, { memory: '1' })).toBe(false);
    expect(isEqual({ cpu: '1' }, {})).toBe(false);
  });

  it('are picked', () => {
    expect(only({ a: '1', b: '2' }, new Set(['b', 'c']))).toEqual({ b: '2' });
    expect(withoutZeros({ a: '0', b: '0m', c: '1m' })).toEqual({ c: '1m' });
    expect(negativeNames({ a: '-1', b: '0', c: '1' })).toEqual(['a']);
  });

  it('print sorted', () => {
    expect(printAmounts({ pods: '1', cpu: '2' })).toBe('cpu=2,pods=1');
  });

  it('are rounded up to whole units', () => {
    expect(wholeUnits('1500m')).toBe('2');
    expect(wholeUnits('2Gi')).toBe('2Gi');
    expect(wholeUnits('1000m')).toBe('1000m');
  });
});
