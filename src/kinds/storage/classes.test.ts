import { expect, it } from 'vitest';
import { created, createFaults, updateFaults } from '../kind-faults.ts';
import { storageClass } from './storage-class.ts';
import { volumeAttributesClass } from './volume-attributes-class.ts';

const provisioner = 'example.com/p';
const term = { matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] };

it.each([
  ['a provisioner', { provisioner }, []],
  ['none', { provisioner: '' }, ['provisioner: Required value']],
  [
    'an unknown policy',
    { provisioner, reclaimPolicy: 'Recycle' },
    ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
  ],
  [
    'an unknown binding',
    { provisioner, volumeBindingMode: 'Foo' },
    ['volumeBindingMode: Unsupported value: "Foo": supported values: "Immediate", "WaitForFirstConsumer"'],
  ],
  [
    'a value twice',
    { provisioner, allowedTopologies: [term] },
    ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"'],
  ],
])('a storage class with %s', (_, fields, faults) => {
  expect(createFaults(storageClass, fields)).toEqual(faults);
});

it('fills policy and binding', () => {
  expect(created(storageClass, { provisioner })).toMatchObject({
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  });
});

it('changes nothing of a storage class', () => {
  const now = { provisioner: 'other', parameters: { a: 'b' }, reclaimPolicy: 'Retain' };
  expect(updateFaults(storageClass, { provisioner }, now)).toEqual([
    'parameters: Invalid value: {"a":"b"}: field is immutable',
    'provisioner: Invalid value: "other": field is immutable',
    'reclaimPolicy: Invalid value: "Retain": field is immutable',
  ]);
});

it('wants parameters of an attributes class, for ever', () => {
  const good = { driverName: 'd', parameters: { a: 'b' } };
  expect(createFaults(volumeAttributesClass, good)).toEqual([]);
  expect(createFaults(volumeAttributesClass, { driverName: 'd' })).toEqual([
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  expect(updateFaults(volumeAttributesClass, good, { driverName: 'e', parameters: { a: 'c' } })).toEqual([
    'driverName: Forbidden: updates to driverName are forbidden.',
    'parameters: Forbidden: updates to parameters are forbidden.',
  ]);
});
