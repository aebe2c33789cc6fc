import { expect, test } from 'vitest';
import type { Toleration } from '#types/core_v1';
import { toleratesTaint } from './taints.ts';

const taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
const cases: [string, Toleration, boolean][] = [
  ['equal', { key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }, true],
  ['no operator means equal', { key: 'k', value: 'v' }, true],
  ['another value', { key: 'k', value: 'w' }, false],
  ['another key', { key: 'l', operator: 'Exists' }, false],
  ['another effect', { key: 'k', operator: 'Exists', effect: 'NoExecute' }, false],
  ['exists', { key: 'k', operator: 'Exists' }, true],
  ['everything', { operator: 'Exists' }, true],
  ['comparisons are not on', { key: 'k', operator: 'Gt', value: '1' }, false],
];

test.each(cases)('%s', (_name, toleration, expected) => {
  expect(toleratesTaint(toleration, taint)).toBe(expected);
});
