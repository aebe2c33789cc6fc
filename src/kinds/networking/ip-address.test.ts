import { expect, it } from 'vitest';
import { cellsOf, createFaults, objectOf, updateFaults } from '../kind-faults.ts';
import { ipAddress as kind } from './ip-address.ts';

const parentRef = { resource: 'services', namespace: 'a', name: 'b' };

it.each([
  ['10.0.0.1', []],
  ['2001:db8::1', []],
  ['x', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['2001:DB8::1', ['must be in canonical form ("2001:db8::1")']],
])('the name %s', (name, messages) => {
  expect(kind.nameRule!(name, false, objectOf(kind, {}))).toEqual(messages);
});

it.each([
  ['a parent', { parentRef }, []],
  ['none', {}, ['spec.parentRef: Required value']],
  [
    'half a parent',
    { parentRef: { group: 'B' } },
    [
      expect.stringContaining('spec.parentRef.group: Invalid value: "B"'),
      'spec.parentRef.resource: Required value',
      'spec.parentRef.name: Required value',
    ],
  ],
])('create with %s', (_, spec, faults) => {
  expect(createFaults(kind, { spec })).toEqual(faults);
});

it('never changes its parent', () => {
  const metadata = { name: '10.0.0.1' };
  const other = { metadata, spec: { parentRef: { ...parentRef, name: 'c' } } };
  expect(updateFaults(kind, { metadata, spec: { parentRef } }, other)).toEqual([
    'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"a","Name":"c"}: field is immutable',
  ]);
  expect(cellsOf(kind, other)).toEqual(['10.0.0.1', 'services/a/c', '<unknown>']);
});
