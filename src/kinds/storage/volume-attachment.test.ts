import { expect, it } from 'vitest';
import { createFaults, updated, updateFaults } from '../kind-faults.ts';
import { volumeAttachment as kind } from './volume-attachment.ts';

const spec = (source: object) => ({ spec: { attacher: 'a', nodeName: 'n', source } });
const good = spec({ persistentVolumeName: 'v' });
const csi = { driver: 'd', volumeHandle: 'h' };

it.each([
  ['a volume', good, []],
  [
    'no source',
    spec({}),
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  ['an inline volume', spec({ inlineVolumeSpec: { csi, accessModes: ['ReadWriteOnce'] } }), []],
  [
    'an inline volume with a claim',
    spec({ inlineVolumeSpec: { csi, accessModes: ['ReadWriteOnce'], claimRef: {} } }),
    [
      'spec.source.inlineVolumeSpec.claimRef: Forbidden: may not be specified in the context of inline volumes',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('never changes its spec', () => {
  expect(updateFaults(kind, good, { spec: { ...good.spec, nodeName: 'm' } })).toEqual([
    'spec: Invalid value: {"Attacher":"a","Source":{"PersistentVolumeName":"v","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
  ]);
});

it('takes the status by its own path', () => {
  const attached = { ...good, status: { attached: true, attachError: { errorCode: -1 } } };
  expect(updated(kind, good, attached).object['status']).toEqual({ attached: false });
  expect(updateFaults(kind, good, attached, 'status')).toEqual([
    'status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]);
});
