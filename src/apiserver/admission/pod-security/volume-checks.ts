// Checks of what a pod mounts.
// Upstream: k8s.io/pod-security-admission/policy/check_{hostPathVolumes,restrictedVolumes}.go.
import type { Volume } from '#types/core_v1';
import { type Check, named, plural, quoted, sortedSet } from './check.ts';

const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check({ spec }) {
        const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
        if (bad.length === 0) return undefined;
        return { reason: 'hostPath volumes', detail: named(bad, 'volume') };
      },
    },
  ],
};

const allowedSources = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const satisfies readonly (keyof Volume)[];

const restrictedSources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const satisfies readonly (keyof Volume)[];

const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  overrides: 'hostPathVolumes',
  since: [
    {
      minor: 0,
      check({ spec }) {
        const bad = (spec.volumes ?? []).filter((volume) => !allowedSources.some((source) => volume[source]));
        if (bad.length === 0) return undefined;
        const names = bad.map(({ name }) => name);
        const types = sortedSet(
          bad.map((volume) => restrictedSources.find((source) => volume[source]) ?? 'unknown'),
        );
        const uses = plural(bad.length, 'uses', 'use');
        const detail = `${named(names, 'volume')} ${uses} ${plural(types.length, 'restricted volume type')} ${quoted(types)}`;
        return { reason: 'restricted volume types', detail };
      },
    },
  ],
};

/** In no order. */
export const volumeChecks: readonly Check[] = [hostPathVolumes, restrictedVolumes];
