import { expect, it } from 'vitest';
import { createFaults, hookContext, objectOf, updateFaults } from '../kind-faults.ts';
import { runtimeClass as kind } from './runtime-class.ts';

const toleration = { key: 'a', operator: 'Exists' };

it.each([
  ['a handler', { handler: 'h' }, []],
  ['none', { handler: '' }, ['handler: Required value']],
  ['a bad one', { handler: 'a.b' }, ['handler: Invalid value: "a.b": must not contain dots']],
  [
    'a negative overhead',
    { handler: 'h', overhead: { podFixed: { cpu: '-1' } } },
    ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'a toleration twice',
    { handler: 'h', scheduling: { tolerations: [toleration, toleration] } },
    [
      'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('never changes its handler', () => {
  expect(updateFaults(kind, { handler: 'h' }, { handler: 'i' })).toEqual([
    'handler: Invalid value: "i": field is immutable',
  ]);
});

it('warns of old labels', () => {
  const object = objectOf(kind, {
    handler: 'h',
    scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
  });
  expect(kind.warningsOnCreate!(object, hookContext)).toEqual([
    'scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
});
