import { expect, it } from 'vitest';
import { compareVersions } from './version-order.ts';

it('ranks stable versions before beta before alpha, and odd names last', () => {
  const ranked = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
  ];
  const shuffled = [
    'v3beta1',
    'foo10',
    'v1',
    'v12alpha1',
    'v11beta2',
    'v10',
    'foo1',
    'v11alpha2',
    'v2',
    'v10beta3',
  ];
  expect(shuffled.sort((a, b) => compareVersions(b, a))).toEqual(ranked);
});
