import { expect, it } from 'vitest';
import { cellsOf, createFaults, updateFaults } from '../kind-faults.ts';
import { leaseCandidate as kind } from './lease-candidate.ts';

const good = {
  leaseName: 'l',
  binaryVersion: '1.36.0',
  emulationVersion: '1.35.0',
  strategy: 'OldestEmulationVersion',
};
const candidate = (changes: object = {}) => ({ spec: { ...good, ...changes } });

it.each([
  [{}, []],
  [{ strategy: 'example.com/own' }, []],
  [{ leaseName: '' }, ['spec.leaseName: Required value']],
  [
    { binaryVersion: '1.36' },
    [
      'spec.binaryVersion: Invalid value: "1.36": must be a valid semantic version',
      'spec.binaryVersion: Invalid value: "1.36": must be greater than or equal to `emulationVersion`',
    ],
  ],
  [
    { binaryVersion: '1.34.9' },
    ['spec.binaryVersion: Invalid value: "1.34.9": must be greater than or equal to `emulationVersion`'],
  ],
  [
    { emulationVersion: undefined },
    ["spec.emulationVersion: Required value: must be specified when `strategy` is 'OldestEmulationVersion'"],
  ],
  [
    { strategy: 'Mine' },
    ['spec.strategy.strategy: Unsupported value: "Mine": supported values: "OldestEmulationVersion"'],
  ],
])('%j', (changes, faults) => {
  expect(createFaults(kind, candidate(changes))).toEqual(faults);
});

it('stays with its lease', () => {
  expect(updateFaults(kind, candidate(), candidate({ leaseName: 'm' }))).toEqual([
    'spec.leaseName: Invalid value: "m": field is immutable',
  ]);
  expect(cellsOf(kind, candidate()).slice(0, 4)).toEqual(['x', 'l', '1.36.0', '1.35.0']);
});
