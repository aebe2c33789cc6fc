import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updateFaults } from '../kind-faults.ts';
import { apiService as kind } from './api-service.ts';

const service = { namespace: 'n', name: 's' };
const named = (spec: object) => ({
  metadata: { name: 'v1.example.com' },
  spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, ...spec },
});

it.each([
  ['a service', { service }, []],
  [
    'another name',
    { group: 'other.com' },
    ['metadata.name: Invalid value: "v1.example.com": must be `spec.version+"."+spec.group`: "v1.other.com"'],
  ],
  [
    'a high priority',
    { versionPriority: 1001 },
    ['spec.versionPriority: Invalid value: 1001: must be positive and less than 1000'],
  ],
  [
    'a local bundle',
    { caBundle: 'AAAA' },
    ['spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle'],
  ],
  ['half a service', { service: { namespace: 'n' } }, ['spec.service.name: Required value']],
  [
    'trust twice',
    { service, insecureSkipTLSVerify: true, caBundle: 'AAAA' },
    ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present'],
  ],
])('create with %s', (_, spec, faults) => {
  expect(createFaults(kind, named(spec))).toEqual(faults);
});

it('is there at once when it is local', () => {
  expect(created(kind, named({}))['status']).toMatchObject({
    conditions: [{ type: 'Available', status: 'True', reason: 'Local' }],
  });
  expect(created(kind, named({ service }))).toMatchObject({ status: {}, spec: { service: { port: 443 } } });
});

it('checks conditions', () => {
  const status = { conditions: [{ type: 'Available', status: 'Yes' }] };
  expect(updateFaults(kind, named({}), { ...named({}), status }, 'status')).toEqual([
    'status.conditions[0].status: Unsupported value: "Yes": supported values: "True", "False", "Unknown"',
  ]);
});

it('prints why it is not there', () => {
  const status = { conditions: [{ type: 'Available', status: 'False', reason: 'ServiceNotFound' }] };
  expect(cellsOf(kind, { ...named({ service }), status })).toEqual([
    'v1.example.com',
    'n/s',
    'False (ServiceNotFound)',
    '<unknown>',
  ]);
});
