import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, hookContext, objectOf, updateFaults } from '../kind-faults.ts';
import { resourceSlice as kind } from './resource-slice.ts';

const slice = (fields: object) => ({
  spec: { driver: 'd', pool: { name: 'p', generation: 0, resourceSliceCount: 1 }, nodeName: 'n', ...fields },
});
const device = (fields: object) => slice({ devices: [{ name: 'g', ...fields }] });
const at = 'spec.devices[0]';
const oneOf = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

it.each([
  ['a device', device({ attributes: { model: { string: 'a' } } }), []],
  ['no node', slice({ nodeName: undefined }), [`spec: Required value: ${oneOf}`]],
  [
    'two nodes',
    slice({ allNodes: true }),
    [`spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${oneOf}, but multiple fields are set`],
  ],
  [
    'an empty pool',
    slice({ pool: { name: 'p', generation: 0, resourceSliceCount: 0 } }),
    ['spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero'],
  ],
  [
    'devices and counters',
    slice({ devices: [], sharedCounters: [] }),
    ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed'],
  ],
  [
    'a device twice',
    slice({ devices: [{ name: 'g' }, { name: 'g' }] }),
    ['spec.devices[1]: Duplicate value: "g"'],
  ],
  [
    'an attribute of no value',
    device({ attributes: { a: {} } }),
    [`${at}.attributes[a]: Invalid value: "": exactly one value must be specified`],
  ],
  [
    'a version that is none',
    device({ attributes: { a: { version: '1' } } }),
    [
      `${at}.attributes[a].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0`,
    ],
  ],
  ['a taint without effect', device({ taints: [{ key: 'a' }] }), [`${at}.taints[0].effect: Required value`]],
  [
    'a node of its own',
    device({ nodeName: 'n' }),
    [
      `${at}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec`,
    ],
  ],
  [
    'half of the conditions',
    device({ bindingConditions: ['a'] }),
    [
      `${at}.bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions`,
    ],
  ],
  [
    'counters without a set',
    device({ consumesCounters: [{ counterSet: '', counters: { a: { value: '1' } } }] }),
    [`${at}.consumesCounters[0].counterSet: Required value`],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('says when a device was tainted', () => {
  expect(created(kind, device({ taints: [{ key: 'a', effect: 'None' }] }))['spec']).toMatchObject({
    devices: [{ taints: [{ timeAdded: '2024-01-01T12:00:00Z' }] }],
  });
});

it('stays with its driver, pool and node', () => {
  const other = slice({
    driver: 'e',
    nodeName: 'm',
    pool: { name: 'q', generation: 0, resourceSliceCount: 1 },
  });
  expect(updateFaults(kind, slice({}), other)).toEqual([
    'spec.pool.name: Invalid value: "q": field is immutable',
    'spec.driver: Invalid value: "e": field is immutable',
    'spec.nodeName: Invalid value: "m": field is immutable',
  ]);
});

it('selects by node and driver, and warns of capitals', () => {
  const object = objectOf(kind, slice({ driver: 'D' }));
  expect(kind.selectableFields!['spec.driver']!(object)).toBe('D');
  expect(kind.warningsOnCreate!(object, hookContext)).toHaveLength(1);
  expect(cellsOf(kind, slice({}))).toEqual(['x', 'n', 'd', 'p', '<unknown>']);
});

it('drops lists of attributes unless they were there', () => {
  const lists = device({ attributes: { a: { strings: ['x'] } } });
  expect(created(kind, lists)['spec']).toMatchObject({ devices: [{ attributes: { a: {} } }] });
});
