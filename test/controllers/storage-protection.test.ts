// Storage objects that are being deleted while somebody uses them.
import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '#types/core_v1';
import type { VolumeAttributesClass } from '#types/storage.k8s.io_v1';
import type { KubeObject } from '../../src/api/object.ts';
import { isNotFound } from '../../src/client/api-errors.ts';
import type { ObjectName } from '../../src/client/client.ts';
import type { Resource } from '../../src/client/resource.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttributesClasses,
} from '../../src/client/resources.ts';
import { attributesClassProtection } from '../../src/controllers/storage-protection/attributes-classes.ts';
import { claimProtection } from '../../src/controllers/storage-protection/claims.ts';
import { volumeProtection } from '../../src/controllers/storage-protection/volumes.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

const namespace = 'default';

function claim(name: string, className?: string): PersistentVolumeClaim {
  return {
    metadata: { name, namespace },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...(className && { volumeAttributesClassName: className }),
    },
    status: {},
  } as PersistentVolumeClaim;
}

function pod(name: string, claimName: string, nodeName?: string): Pod {
  return {
    metadata: { name, namespace },
    spec: {
      containers: [{ name: 'c', image: 'nginx' }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
      ...(nodeName && { nodeName }),
    },
  } as Pod;
}

function volume(name: string): PersistentVolume {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/tmp/v' } },
    status: {},
  } as PersistentVolume;
}

const attributesClass = { metadata: { name: 'gold' }, driverName: 'd.example.com', parameters: { a: 'b' } };

async function start(): Promise<ControlPlane> {
  const plane = await startControlPlane({ disabledAdmission: ['ServiceAccount'] });
  startControllers(plane, claimProtection, volumeProtection, attributesClassProtection);
  return plane;
}

async function isGone(
  { client }: ControlPlane,
  of: Resource<KubeObject>,
  name: ObjectName,
): Promise<boolean> {
  try {
    await client.get(of, name);
    return false;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

describe('deletion of what somebody uses', () => {
  it('a claim that no pod on a node uses goes at once, another when its pod is over', async () => {
    await using plane = await start();
    const { client } = plane;
    for (const name of ['free', 'waiting', 'taken']) await client.create(persistentVolumeClaims, claim(name));
    await client.create(pods, pod('unbound', 'waiting'));
    const user = await client.create(pods, pod('user', 'taken', 'node-1'));
    for (const name of ['taken', 'free', 'waiting']) {
      const deleted = await client.delete(persistentVolumeClaims, { namespace, name });
      expect(deleted).toMatchObject({ metadata: { finalizers: ['kubernetes.io/pvc-protection'] } });
    }
    for (const name of ['free', 'waiting'])
      await until(`${name} is gone`, () => isGone(plane, persistentVolumeClaims, { namespace, name }));
    const taken = { namespace, name: 'taken' };
    expect((await client.get(persistentVolumeClaims, taken)).metadata.deletionTimestamp).toBeDefined();
    const over = { status: { phase: 'Succeeded' } };
    await client.patch(pods, user, over, { type: 'merge', subresource: 'status' });
    expect(await isGone(plane, persistentVolumeClaims, taken)).toBe(false);
    await client.delete(pods, user, { gracePeriodSeconds: 0 });
    await until('it is gone', () => isGone(plane, persistentVolumeClaims, taken));
  });

  it('a volume goes when it is not bound', async () => {
    await using plane = await start();
    const { client } = plane;
    const bound = await client.create(persistentVolumes, volume('bound'));
    await client.create(persistentVolumes, volume('free'));
    const phase = (name: string) => ({ status: { phase: name } });
    const ofStatus = { type: 'merge', subresource: 'status' } as const;
    await client.patch(persistentVolumes, bound, phase('Bound'), ofStatus);
    for (const name of ['bound', 'free']) await client.delete(persistentVolumes, { namespace: '', name });
    await until('the free one is gone', () =>
      isGone(plane, persistentVolumes, { namespace: '', name: 'free' }),
    );
    expect(await isGone(plane, persistentVolumes, { namespace: '', name: 'bound' })).toBe(false);
    await client.patch(persistentVolumes, bound, phase('Released'), ofStatus);
    await until('the other too', () => isGone(plane, persistentVolumes, { namespace: '', name: 'bound' }));
  });

  it('an attributes class goes with the last claim that names it', async () => {
    await using plane = await start();
    const { client } = plane;
    const made = await client.create(volumeAttributesClasses, attributesClass as VolumeAttributesClass);
    expect(made.metadata.finalizers).toEqual(['kubernetes.io/vac-protection']);
    await client.create(persistentVolumeClaims, claim('c', 'gold'));
    await client.delete(volumeAttributesClasses, made);
    // the claim that is deleted after it is gone before it
    await client.delete(persistentVolumeClaims, { namespace, name: 'c' });
    await until('the claim is gone', () => isGone(plane, persistentVolumeClaims, { namespace, name: 'c' }));
    await until('the class is gone', () =>
      isGone(plane, volumeAttributesClasses, made.metadata as ObjectName),
    );
  });

  it('one that has lost its finalizer gets it back', async () => {
    await using plane = await start();
    const { client } = plane;
    const made = await client.create(persistentVolumeClaims, claim('c'));
    await client.patch(persistentVolumeClaims, made, { metadata: { finalizers: null } }, { type: 'merge' });
    await until('it is back', async () => {
      const { metadata } = await client.get(persistentVolumeClaims, made);
      return metadata.finalizers?.includes('kubernetes.io/pvc-protection') ?? false;
    });
  });
});
