import { expect, it } from 'vitest';
import { createFaults, updateFaults } from '../kind-faults.ts';
import { storageVersionMigration as kind } from './storage-version-migration.ts';

const migration = (resource: string, group = '') => ({ spec: { resource: { group, resource } } });
const condition = (type: string) => ({
  type,
  status: 'True',
  reason: 'R',
  message: '',
  lastTransitionTime: '2024-01-01T00:00:00Z',
});

it.each([
  [migration('deployments', 'apps'), []],
  [migration(''), ['spec.resource.resource: Required value: resource is required to be set']],
])('%j', (fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('names a resource and a group', () => {
  expect(createFaults(kind, migration('Pods', 'A'))).toEqual([
    expect.stringMatching(/^spec\.resource\.resource: Invalid value: "Pods": a DNS-1035 label must/),
    expect.stringMatching(/^spec\.resource\.group: Invalid value: "A": a lowercase RFC 1123 subdomain must/),
  ]);
});

it('does not change', () => {
  expect(updateFaults(kind, migration('pods'), migration('nodes'))[0]).toMatch(
    /^spec: .*field is immutable$/,
  );
});

it('ends one way', () => {
  const end = (resourceVersion: string, ...types: string[]) => {
    const status = { resourceVersion, conditions: types.map(condition) };
    return updateFaults(kind, migration('pods'), { ...migration('pods'), status }, 'status');
  };
  expect(end('12', 'Succeeded')).toEqual([]);
  expect(end('', 'Running', 'Succeeded')).toEqual([]);
  for (const version of ['x', '0', '012'])
    expect(end(version, 'Succeeded')).toEqual([
      `status.resourceVersion: Invalid value: "${version}": resource version is not well formed: ${version}`,
    ]);
  expect(end('12', 'Succeeded', 'Failed')[0]).toMatch(
    /Both success and failed conditions cannot be true at the same time$/,
  );
});
