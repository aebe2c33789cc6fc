// What the controllers that protect storage objects in use have to do in the trials.
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
import { isGone, merge, type Scenario, type Step } from './trials.ts';

const namespace = 'default';

/** `subject` is made, loses its finalizer and gets it back. */
const protectedAgain = (of: Resource, subject: ObjectName, rest: object): Step => ({
  async act({ client }) {
    await client.create(of, { metadata: subject, ...rest } as never);
    await client.patch(of, subject, { metadata: { finalizers: null } }, merge);
  },
  isDone: async ({ client }) => ((await client.get(of, subject)).metadata.finalizers ?? []).length === 1,
});

const claimRest = {
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const claimProtectionTrial = (): Scenario => {
  const kept = { namespace, name: 'kept' };
  const taken = { namespace, name: 'taken' };
  const user = { namespace, name: 'user' };
  return {
    controllers: [claimProtection],
    subject: { of: persistentVolumeClaims, ...kept },
    outcome: [persistentVolumeClaims],
    steps: [
      protectedAgain(persistentVolumeClaims, kept, claimRest),
      {
        async act({ client }) {
          await client.create(persistentVolumeClaims, { metadata: taken, ...claimRest } as never);
          const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: taken.name } }];
          const spec = { containers: [{ name: 'c', image: 'nginx' }], volumes, nodeName: 'node-1' };
          await client.create(pods, { metadata: user, spec } as never);
          await client.delete(persistentVolumeClaims, taken);
        },
        isDone: async ({ client }) =>
          (await client.get(persistentVolumeClaims, taken)).metadata.deletionTimestamp !== undefined,
      },
      {
        act: ({ client }) => client.delete(pods, user, { gracePeriodSeconds: 0 }),
        isDone: ({ client }) => isGone(client.get(persistentVolumeClaims, taken)),
      },
    ],
  };
};

const volumeProtectionTrial = (): Scenario => {
  const kept = { namespace: '', name: 'kept' };
  const free = { namespace: '', name: 'free' };
  const rest = {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/v' } },
  };
  return {
    controllers: [volumeProtection],
    subject: { of: persistentVolumes, ...kept },
    outcome: [persistentVolumes],
    steps: [
      protectedAgain(persistentVolumes, kept, rest),
      {
        async act({ client }) {
          await client.create(persistentVolumes, { metadata: free, ...rest } as never);
          await client.delete(persistentVolumes, free);
        },
        isDone: ({ client }) => isGone(client.get(persistentVolumes, free)),
      },
    ],
  };
};

const attributesClassProtectionTrial = (): Scenario => {
  const kept = { namespace: '', name: 'kept' };
  const gold = { namespace: '', name: 'gold' };
  const claim = { namespace, name: 'c' };
  const rest = { driverName: 'd.example.com', parameters: { a: 'b' } };
  return {
    controllers: [attributesClassProtection],
    subject: { of: volumeAttributesClasses, ...kept },
    outcome: [volumeAttributesClasses],
    steps: [
      protectedAgain(volumeAttributesClasses, kept, rest),
      {
        async act({ client }) {
          await client.create(volumeAttributesClasses, { metadata: gold, ...rest } as never);
          const spec = { ...claimRest.spec, volumeAttributesClassName: gold.name };
          await client.create(persistentVolumeClaims, { metadata: claim, spec } as never);
          await client.delete(volumeAttributesClasses, gold);
        },
        isDone: async ({ client }) =>
          (await client.get(volumeAttributesClasses, gold)).metadata.deletionTimestamp !== undefined,
      },
      {
        async act({ client }) {
          await client.delete(persistentVolumeClaims, claim);
          await client.patch(persistentVolumeClaims, claim, { metadata: { finalizers: null } }, merge);
        },
        isDone: ({ client }) => isGone(client.get(volumeAttributesClasses, gold)),
      },
    ],
  };
};

/** By name. */
export const storageProtectionScenarios: Readonly<Record<string, () => Scenario>> = {
  'claim-protection': claimProtectionTrial,
  'volume-protection': volumeProtectionTrial,
  'attributesclass-protection': attributesClassProtectionTrial,
};
