import { describe, expect, it } from 'vitest';
import { semanticEqual } from './semantic-equal.ts';

describe('semanticEqual', () => {
  it.each([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: [] }, {}],
    [{ a: null }, {}],
    [{ a: {} }, { a: {} }],
    [{ template: { metadata: { labels: {} } } }, { template: { metadata: {} } }],
    [{ resources: { requests: { cpu: '1' } } }, { resources: { requests: { cpu: '1000m' } } }],
    [{ requests: { memory: '1Ki' } }, { requests: { memory: '1024' } }],
  ])('takes %j and %j for the same', (a, b) => {
    expect(semanticEqual(a, b)).toBe(true);
    expect(semanticEqual(b, a)).toBe(true);
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: 0 }, {}],
    [{ selector: {} }, {}],
    [{ annotations: { labels: {} } }, {}],
    [{ args: ['1'] }, { args: ['1000m'] }],
    [{ requests: { cpu: '1' } }, { requests: { cpu: '2' } }],
    [{ a: 'x' }, { a: 'x', b: 'y' }],
  ])('tells %j from %j', (a, b) => {
    expect(semanticEqual(a, b)).toBe(false);
    expect(semanticEqual(b, a)).toBe(false);
  });
});

it('texts that look like quantities are texts: env values, labels, tolerations', () => {
  expect(semanticEqual({ name: 'A', value: '1' }, { name: 'A', value: '1.0' })).toBe(false);
  expect(semanticEqual({ key: 'a', value: '1' }, { key: 'a', value: '1000m' })).toBe(false);
  expect(semanticEqual({ labels: { min: '1' } }, { labels: { min: '1000m' } })).toBe(false);
  expect(semanticEqual({ type: 'Value', value: '1' }, { type: 'Value', value: '1000m' })).toBe(true);
  expect(semanticEqual({ min: { cpu: '1' } }, { min: { cpu: '1000m' } })).toBe(true);
});
