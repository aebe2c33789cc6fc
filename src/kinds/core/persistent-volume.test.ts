import { expect, it } from 'vitest';
import {
  cellsOf,
  created,
  createFaults,
  hookContext,
  objectOf,
  updated,
  updateFaults,
} from '../kind-faults.ts';
import { persistentVolume as kind } from './persistent-volume.ts';

const base = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } };
const spec = (fields: object) => ({ spec: { ...base, ...fields } });
const hostPath = { path: '/data' };

it.each([
  ['a host path', spec({ hostPath }), []],
  ['no source', spec({}), ['spec: Required value: must specify a volume type']],
  [
    'two sources',
    spec({ hostPath, nfs: { server: 's', path: '/' } }),
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'no capacity',
    spec({ hostPath, capacity: undefined }),
    ['spec.capacity: Required value', 'spec.capacity: Unsupported value: null: supported values: "storage"'],
  ],
  [
    'no size',
    spec({ hostPath, capacity: { storage: '0' } }),
    ['spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'an unknown mode',
    spec({ hostPath, accessModes: ['Foo'] }),
    [
      'spec.accessModes: Unsupported value: "Foo": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
  ],
  [
    'a local path without a node',
    spec({ local: { path: '/a' } }),
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  [
    'a recycled root',
    spec({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
    ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
  ],
  [
    'an attributes class without CSI',
    spec({ hostPath, volumeAttributesClassName: 'a' }),
    ['spec.csi: Required value: has to be specified when using volumeAttributesClassName'],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('fills sources, policy and phase', () => {
  expect(created(kind, spec({ rbd: { monitors: ['m'], image: 'i' } }))).toMatchObject({
    spec: {
      rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Pending', lastPhaseTransitionTime: '2024-01-01T12:00:00Z' },
  });
});

it('never changes its source', () => {
  const [fault] = updateFaults(kind, spec({ hostPath }), spec({ hostPath: { path: '/other' } }));
  expect(fault).toMatch(
    /^spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n/,
  );
});

it('notes when the phase changes', () => {
  const before = spec({ hostPath });
  const { object } = updated(kind, before, { ...before, status: { phase: 'Bound' } }, 'status');
  expect(object['status']).toEqual({ phase: 'Bound', lastPhaseTransitionTime: '2024-01-01T12:00:00Z' });
});

it('warns of what is deprecated', () => {
  const fields = spec({ persistentVolumeReclaimPolicy: 'Recycle', glusterfs: {} });
  expect(kind.warningsOnCreate!(objectOf(kind, fields), hookContext)).toEqual([
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
  ]);
});

it('prints its claim', () => {
  const claimRef = { namespace: 'a', name: 'b' };
  expect(cellsOf(kind, { ...spec({ claimRef }), status: { phase: 'Bound' } })).toEqual([
    'x',
    '1Gi',
    'RWO',
    '',
    'Bound',
    'a/b',
    '',
    '<unset>',
    '',
    '<unknown>',
    '<unset>',
  ]);
});
