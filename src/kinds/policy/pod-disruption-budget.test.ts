import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updated, updateFaults } from '../kind-faults.ts';
import { podDisruptionBudget as kind } from './pod-disruption-budget.ts';

const spec = (fields: object) => ({ spec: fields });

it.each([
  ['a number', { minAvailable: 1 }, []],
  ['a percentage', { maxUnavailable: '50%' }, []],
  [
    'less than none',
    { minAvailable: -1 },
    ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'more than all',
    { minAvailable: '120%' },
    ['spec.minAvailable: Invalid value: "120%": must not be greater than 100%'],
  ],
  [
    'both',
    { minAvailable: 1, maxUnavailable: 2 },
    [
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":2,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
  ],
  [
    'an unknown policy',
    { unhealthyPodEvictionPolicy: 'Foo' },
    [
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Foo": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, spec(fields))).toEqual(faults);
});

it('keeps status and spec apart', () => {
  const before = spec({ minAvailable: 1 });
  const main = updated(kind, before, { ...spec({ minAvailable: 2 }), status: { currentHealthy: 5 } });
  expect(main.object).toMatchObject({ metadata: { generation: 2 }, status: { currentHealthy: 0 } });
  const status = { disruptionsAllowed: -1, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  expect(updateFaults(kind, before, { ...before, status }, 'status')).toEqual([
    'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

it('checks conditions', () => {
  const before = spec({});
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const conditions = [{ type: 'A', status: 'Yes', lastTransitionTime: null, reason: '1', message: '' }];
  expect(updateFaults(kind, before, { ...before, status: { ...status, conditions } }, 'status')).toEqual([
    'status.conditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
    'status.conditions[0].lastTransitionTime: Required value',
    expect.stringContaining(
      'status.conditions[0].reason: Invalid value: "1": a condition reason must start with',
    ),
  ]);
});

it('prints N/A for what is not set', () => {
  expect(cellsOf(kind, { ...spec({ minAvailable: '20%' }), status: { disruptionsAllowed: 1 } })).toEqual([
    'x',
    '20%',
    'N/A',
    1,
    '<unknown>',
  ]);
});

it('keeps the marker of an empty selector only where it is alone', () => {
  const key = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';
  const marker = { key, operator: 'Exists' };
  const selectorOf = (selector: object) =>
    (created(kind, spec({ selector }))['spec'] as { selector: object }).selector;
  expect(selectorOf({ matchExpressions: [marker] })).toEqual({ matchExpressions: [marker] });
  expect(selectorOf({ matchLabels: { a: 'b' }, matchExpressions: [marker] })).toEqual({
    matchLabels: { a: 'b' },
  });
  expect(selectorOf({ matchExpressions: [{ key, operator: 'DoesNotExist' }] })).toEqual({});
});
