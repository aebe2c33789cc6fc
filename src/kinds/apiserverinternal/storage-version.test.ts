import { expect, it } from 'vitest';
import { cellsOf, createFaults, updateFaults } from '../kind-faults.ts';
import { storageVersion as kind } from './storage-version.ts';

const server = (apiServerID: string, encodingVersion: string) => ({
  apiServerID,
  encodingVersion,
  decodableVersions: ['v1', 'v2'],
});
const change = (status: object) => updateFaults(kind, { spec: {} }, { spec: {}, status }, 'status');

it.each([
  [{ storageVersions: [server('a', 'v1')], commonEncodingVersion: 'v1' }, []],
  [{ storageVersions: [server('a', 'v1'), server('b', 'v2')] }, []],
  [
    { storageVersions: [server('a', 'v1')] },
    ['status.commonEncodingVersion: Invalid value: null: the common encoding version is v1'],
  ],
  [
    { storageVersions: [server('a', 'v1')], commonEncodingVersion: 'v2' },
    ['status.commonEncodingVersion: Invalid value: "v2": the actual common encoding version is v1'],
  ],
  [
    { storageVersions: [server('a', 'v3')], commonEncodingVersion: 'v3' },
    [
      'status.storageVersions[0].decodableVersions: Invalid value: ["v1","v2"]: decodableVersions must include encodingVersion v3',
    ],
  ],
])('%j', (status, faults) => {
  expect(change(status)).toEqual(faults);
});

it('is named by group and resource', () => {
  expect(createFaults(kind, { metadata: { name: 'apps.deployments' }, spec: {} })).toEqual([]);
  expect(createFaults(kind, { metadata: { name: 'deployments' }, spec: {} })).toHaveLength(1);
});

it('shows the servers', () => {
  const storageVersions = ['a', 'b', 'c', 'd'].map((id) => server(id, 'v1'));
  expect(cellsOf(kind, { status: { storageVersions, commonEncodingVersion: 'v1' } }).slice(1, 3)).toEqual([
    'v1',
    'a=v1,b=v1,c=v1 + 1 more...',
  ]);
});
