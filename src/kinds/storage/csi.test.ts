import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updateFaults } from '../kind-faults.ts';
import { csiDriver } from './csi-driver.ts';
import { csiNode } from './csi-node.ts';
import { csiStorageCapacity } from './csi-storage-capacity.ts';

it.each([
  ['nothing', {}, []],
  [
    'an unknown group policy',
    { fsGroupPolicy: 'Foo' },
    [
      'spec.fsGroupPolicy: Unsupported value: "Foo": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
  ],
  [
    'an audience twice',
    { tokenRequests: [{ audience: 'a' }, { audience: 'a' }] },
    ['spec.tokenRequests[1].audience: Duplicate value: "a"'],
  ],
  [
    'short tokens',
    { tokenRequests: [{ audience: 'a', expirationSeconds: 1 }] },
    [
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
    ],
  ],
  [
    'an unknown mode',
    { volumeLifecycleModes: ['Foo'] },
    ['spec.volumeLifecycleModes: Unsupported value: "Foo": supported values: "Persistent", "Ephemeral"'],
  ],
  [
    'a short period',
    { nodeAllocatableUpdatePeriodSeconds: 9 },
    [
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
    ],
  ],
])('a driver with %s', (_, spec, faults) => {
  expect(createFaults(csiDriver, { spec })).toEqual(faults);
});

it('fills a driver', () => {
  expect(created(csiDriver, { spec: {} })['spec']).toEqual({
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  });
  expect(cellsOf(csiDriver, { spec: {} })).toEqual([
    'x',
    true,
    false,
    false,
    '<unset>',
    false,
    '<none>',
    '<unknown>',
  ]);
});

const driver = { name: 'd', nodeID: 'n', topologyKeys: ['a'] };
const node = (...drivers: object[]) => ({ spec: { drivers } });

it('checks the drivers of a node', () => {
  expect(createFaults(csiNode, node(driver, driver))).toEqual(['spec.drivers[1].name: Duplicate value: "d"']);
  expect(createFaults(csiNode, node({ ...driver, nodeID: '', topologyKeys: ['a', 'a'] }))).toEqual([
    'spec.drivers[0].nodeID: Required value',
    'spec.drivers[0]: Duplicate value: "a"',
  ]);
});

it('lets only the volume limit of a driver change', () => {
  expect(updateFaults(csiNode, node(driver), node({ ...driver, allocatable: { count: 1 } }))).toEqual([]);
  expect(updateFaults(csiNode, node(driver), node({ ...driver, nodeID: 'm' }))).toEqual([
    'spec.drivers: Invalid value: {"Name":"d","NodeID":"m","TopologyKeys":["a"],"Allocatable":null}: field is immutable',
  ]);
});

it('keeps what a capacity is of', () => {
  const capacity = { storageClassName: 'a', capacity: '1Gi' };
  expect(createFaults(csiStorageCapacity, { ...capacity, capacity: '-1' })).toEqual([
    'capacity: Invalid value: "-1": must be greater than or equal to 0',
  ]);
  expect(
    updateFaults(csiStorageCapacity, capacity, { ...capacity, storageClassName: 'b', nodeTopology: {} }),
  ).toEqual([
    'nodeTopology: Invalid value: {}: field is immutable',
    'storageClassName: Invalid value: "b": field is immutable',
  ]);
});
