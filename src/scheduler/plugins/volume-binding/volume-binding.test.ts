import { expect, test } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import { actions } from '../../cluster-events.ts';
import type { PluginContext } from '../../framework.ts';
import { contextOf, filterAll, hintOf, infoOf, nodeOf, nodeWith } from '../../test-objects.ts';
import { createVolumeBinding } from './volume-binding.ts';

const nodes = ['a', 'b'].map((name) => nodeWith(nodeOf(name)));
const pod = infoOf({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] });
const bindCompleted = { 'pv.kubernetes.io/bind-completed': 'yes' };

function claim(spec: object, metadata: object = {}, status: object = {}): KubeObject {
  const resources = { requests: { storage: '1Gi' } };
  const accessModes = ['ReadWriteOnce'];
  return {
    metadata: { name: 'data', namespace: 'default', uid: 'c', ...metadata },
    spec: { resources, accessModes, ...spec },
    status,
  };
}

function volume(name: string, onNode?: string, spec: object = {}): KubeObject {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [onNode] };
  const required = { nodeSelectorTerms: [{ matchExpressions: [expression] }] };
  return {
    metadata: { name },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'wait',
      nodeAffinity: onNode && { required },
      ...spec,
    },
    status: { phase: 'Available' },
  };
}

function storageClass(
  name: string,
  volumeBindingMode: string,
  provisioner = 'kubernetes.io/no-provisioner',
): KubeObject {
  return { metadata: { name }, volumeBindingMode, provisioner };
}

const waiting = storageClass('wait', 'WaitForFirstConsumer');
const noVolume = "node(s) didn't find available persistent volumes to bind";
const unbound = 'pod has unbound immediate PersistentVolumeClaims';

interface Case {
  name: string;
  claims?: KubeObject[];
  volumes?: KubeObject[];
  classes?: KubeObject[];
  a: string;
  b?: string;
}

const cases: Case[] = [
  { name: 'no claim', a: 'persistentvolumeclaim "data" not found' },
  { name: 'not bound', claims: [claim({})], a: unbound },
  {
    name: 'not bound, of a class that does not wait',
    claims: [claim({ storageClassName: 'now' })],
    classes: [storageClass('now', 'Immediate')],
    a: unbound,
  },
  {
    name: 'lost',
    claims: [claim({ volumeName: 'v' }, {}, { phase: 'Lost' })],
    a: 'persistentvolumeclaim "data" bound to non-existent persistentvolume "v"',
  },
  {
    name: 'going',
    claims: [claim({}, { deletionTimestamp: 'x' })],
    a: 'persistentvolumeclaim "data" is being deleted',
  },
  {
    name: 'bound',
    claims: [claim({ volumeName: 'v' }, { annotations: bindCompleted })],
    volumes: [volume('v')],
    a: 'fits',
  },
  {
    name: 'bound on one node',
    claims: [claim({ volumeName: 'v' }, { annotations: bindCompleted })],
    volumes: [volume('v', 'b')],
    a: "node(s) didn't match PersistentVolume's node affinity",
    b: 'fits',
  },
  {
    name: 'bound to what is gone',
    claims: [claim({ volumeName: 'v' }, { annotations: bindCompleted })],
    a: 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
  },
  {
    name: 'waiting, no volumes',
    claims: [claim({ storageClassName: 'wait' })],
    classes: [waiting],
    a: noVolume,
  },
  {
    name: 'waiting, a volume on one node',
    claims: [claim({ storageClassName: 'wait' })],
    classes: [waiting],
    volumes: [volume('v', 'b')],
    a: noVolume,
    b: 'fits',
  },
  {
    name: 'waiting, volumes too small',
    claims: [claim({ storageClassName: 'wait' })],
    classes: [waiting],
    volumes: [volume('v', 'b', { capacity: { storage: '1Mi' } })],
    a: noVolume,
  },
  {
    name: 'waiting, the volume is taken',
    claims: [claim({ storageClassName: 'wait' })],
    classes: [waiting],
    volumes: [volume('v', undefined, { claimRef: { name: 'other', namespace: 'default' } })],
    a: noVolume,
  },
  {
    name: 'waiting, volumes are made',
    claims: [claim({ storageClassName: 'dyn' })],
    classes: [storageClass('dyn', 'WaitForFirstConsumer', 'example.com/p')],
    a: 'fits',
  },
];

function plugin({ claims = [], volumes = [], classes = [] }: Partial<Case>) {
  const objects = {
    persistentvolumeclaims: claims,
    persistentvolumes: volumes,
    'storageclasses.storage.k8s.io/v1': classes,
  };
  return createVolumeBinding({
    ...contextOf(nodes, objects),
    signal: new AbortController().signal,
  } as PluginContext);
}

test.each(cases)('filter: $name', ({ a, b = a, ...objects }) => {
  expect(filterAll(plugin(objects), pod, nodes)).toEqual({ a, b });
});

test('pods without claims are skipped', () => {
  expect(filterAll(plugin({}), infoOf(), nodes)).toEqual({ a: 'fits', b: 'fits' });
});

test('the claim of the pod helps, others do not', () => {
  const hint = (object: KubeObject) =>
    hintOf(plugin({}), 'PersistentVolumeClaim', actions.add, pod, undefined, object);
  expect(hint(claim({}))).toBe(true);
  expect(hint(claim({}, { name: 'other' }))).toBe(false);
  expect(hint(claim({}, { namespace: 'other' }))).toBe(false);
});
