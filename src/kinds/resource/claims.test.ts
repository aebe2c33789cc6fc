import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, hookContext, updateFaults } from '../kind-faults.ts';
import { deviceClass } from './device-class.ts';
import { resourceClaim as claim } from './resource-claim.ts';
import { resourceClaimTemplate as template } from './resource-claim-template.ts';

const exactly = { deviceClassName: 'gpu' };
const devices = (fields: object) => ({
  spec: { devices: { requests: [{ name: 'r', exactly }], ...fields } },
});
const request = (fields: object) => devices({ requests: [{ name: 'r', ...fields }] });
const at = 'spec.devices.requests[0]';
const notARequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

it.each([
  ['one device', devices({}), []],
  [
    'no kind of request',
    request({}),
    [`${at}: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`],
  ],
  [
    'both kinds',
    request({ exactly, firstAvailable: [{ name: 'a', ...exactly }] }),
    [
      `${at}: Invalid value: null: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields are set`,
    ],
  ],
  [
    'no class',
    request({ exactly: { deviceClassName: '' } }),
    [`${at}.exactly.deviceClassName: Required value`],
  ],
  [
    'some of all',
    request({ exactly: { ...exactly, allocationMode: 'All', count: 2 } }),
    [`${at}.exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`],
  ],
  [
    'a toleration of a value',
    request({ exactly: { ...exactly, tolerations: [{ operator: 'Exists', value: 'a' }] } }),
    [`${at}.exactly.tolerations[0].value: Invalid value: "a": must be empty for operator \`Exists\``],
  ],
  [
    'a request twice',
    devices({
      requests: [
        { name: 'r', exactly },
        { name: 'r', exactly },
      ],
    }),
    ['spec.devices.requests[1]: Duplicate value: "r"'],
  ],
  [
    'a constraint of no request',
    devices({ constraints: [{ requests: ['q'], matchAttribute: 'd.com/a' }] }),
    [`spec.devices.constraints[0].requests[0]: Invalid value: "q": ${notARequest}`],
  ],
  [
    'an attribute of no domain',
    devices({ constraints: [{ matchAttribute: 'a' }] }),
    [
      'spec.devices.constraints[0].matchAttribute: Invalid value: "a": a fully qualified name must be a domain and a name separated by a slash',
    ],
  ],
  [
    'a list as parameters',
    devices({ config: [{ opaque: { driver: 'd', parameters: [] } }] }),
    [
      'spec.devices.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
    ],
  ],
])('a claim with %s', (_, fields, faults) => {
  expect(createFaults(claim, fields)).toEqual(faults);
  const inTemplate = { spec: { metadata: {}, ...fields } };
  expect(createFaults(template, inTemplate)).toEqual(
    faults.map((fault) => `spec.${fault}`.replaceAll('`spec.', '`')),
  );
});

it('asks for one device by default', () => {
  expect(created(claim, devices({}))['spec']).toMatchObject({
    devices: { requests: [{ exactly: { allocationMode: 'ExactCount', count: 1 } }] },
  });
});

it('never changes a spec', () => {
  expect(updateFaults(claim, devices({}), request({ exactly: { deviceClassName: 'b' } }))).toEqual([
    expect.stringMatching(/^spec: Invalid value: .*: field is immutable$/),
  ]);
});

const result = { request: 'r', driver: 'd', pool: 'p', device: 'g' };
const allocation = { devices: { results: [result] } };

it.each([
  ['an allocation', { allocation, reservedFor: [{ resource: 'pods', name: 'a', uid: 'u' }] }, []],
  [
    'users of nothing',
    { reservedFor: [{ resource: 'pods', name: 'a', uid: 'u' }] },
    ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
  ],
  [
    'an unknown request',
    { allocation: { devices: { results: [{ ...result, request: 'q' }] } } },
    [`status.allocation.devices.results[0].request: Invalid value: "q": ${notARequest}`],
  ],
  [
    'a report of another device',
    { allocation, devices: [{ driver: 'd', pool: 'p', device: 'h', conditions: null }] },
    [
      'status.devices[0]: Invalid value: {"Driver":"d","Pool":"p","Device":"h","ShareID":""}: must be an allocated device in the claim',
    ],
  ],
  [
    'half a user',
    { allocation, reservedFor: [{ resource: 'pods', name: '', uid: 'u' }] },
    ['status.reservedFor[0].name: Required value'],
  ],
])('a status with %s', (_, status, faults) => {
  expect(updateFaults(claim, devices({}), { ...devices({}), status }, 'status')).toEqual(faults);
});

it('prints its state', () => {
  const states = [{}, { allocation }, { allocation, reservedFor: [{}] }].map(
    (status) => cellsOf(claim, { ...devices({}), status })[1],
  );
  expect(states).toEqual(['pending', 'allocated', 'allocated,reserved']);
});

it('checks the selectors of a class', () => {
  expect(createFaults(deviceClass, { spec: { selectors: [{ cel: { expression: 'true' } }] } })).toEqual([]);
  expect(createFaults(deviceClass, { spec: { selectors: [{}], extendedResourceName: 'cpu' } })).toEqual([
    'spec.selectors[0].cel: Required value',
    'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
  ]);
});

it('prints what it refuses by the names of upstream', () => {
  const [fault] = updateFaults(claim, devices({}), devices({ requests: [] }));
  expect(fault).toBe(
    'spec: Invalid value: {"Devices":{"Requests":[],"Constraints":null,"Config":null}}: field is immutable',
  );
});

it('drops reports about devices that were given back', () => {
  const report = { driver: 'd', pool: 'p', device: 'g', conditions: null };
  const old = { ...created(claim, devices({})), status: { allocation, devices: [report] } };
  const now = { ...structuredClone(old), status: { devices: [structuredClone(report)] } };
  claim.subresources!['status']!.prepareForUpdate!(now, old, hookContext);
  expect(now.status).toEqual({});
});
