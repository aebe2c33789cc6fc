import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updateFaults } from '../kind-faults.ts';
import { persistentVolumeClaim as kind } from './persistent-volume-claim.ts';

const spec = (storage: string, fields: object = {}) => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...fields },
});

it.each([
  ['a size', spec('1Gi'), []],
  ['no size', spec('0'), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
  [
    'no modes',
    { spec: { resources: { requests: { storage: '1' } } } },
    ['spec.accessModes: Required value: at least 1 access mode is required'],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('makes its data sources say the same', () => {
  const dataSource = { kind: 'PersistentVolumeClaim', name: 'a' };
  expect(created(kind, spec('1Gi', { dataSource }))).toMatchObject({
    spec: { dataSource, dataSourceRef: dataSource },
  });
});

const bound = (claim: object) => ({ ...claim, status: { phase: 'Bound', capacity: { storage: '2Gi' } } });

it.each([
  ['a volume', spec('4Gi', { volumeName: 'v' }), undefined],
  ['a class', spec('4Gi', { storageClassName: 'c' }), undefined],
  [
    'another mode',
    spec('4Gi', { accessModes: ['ReadOnlyMany'] }),
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
  ],
  ['a size before it is bound', spec('5Gi'), 'spec: Forbidden: spec is immutable after creation'],
])('update with %s', (_, fields, fault) => {
  const [first] = updateFaults(kind, spec('4Gi'), fields);
  if (fault === undefined) expect(first).toBeUndefined();
  else expect(first).toContain(fault);
});

it.each([
  ['8Gi', []],
  ['3Gi', []],
  ['2Gi', ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity']],
])('a bound claim of 4Gi on 2Gi may ask for %s', (storage, faults) => {
  const old = bound({ metadata: { name: 'x' }, ...spec('4Gi', { volumeMode: 'Filesystem' }) });
  const now = bound({ metadata: { name: 'x' }, ...spec(storage, { volumeMode: 'Filesystem' }) });
  expect(
    kind.validateUpdate!(now as never, old as never, { now: 0, namespace: '' }).map(
      ({ field, body }) => `${field}: ${body}`,
    ),
  ).toEqual(faults);
});

it('checks the states of a resize', () => {
  const status = { allocatedResourceStatuses: { storage: 'Foo' }, allocatedResources: { cpu: '1' } };
  expect(updateFaults(kind, spec('1Gi'), { ...spec('1Gi'), status }, 'status')).toEqual([
    expect.stringContaining('status.allocatedResourceStatuses: Unsupported value: "storage"'),
    'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
  ]);
});

it('prints what it has once it is bound', () => {
  expect(cellsOf(kind, bound(spec('4Gi', { volumeName: 'v' }))).slice(0, 5)).toEqual([
    'x',
    'Bound',
    'v',
    '2Gi',
    '',
  ]);
  expect(cellsOf(kind, { ...spec('4Gi'), status: { phase: 'Pending' } }).slice(1, 4)).toEqual([
    'Pending',
    '',
    '',
  ]);
});
