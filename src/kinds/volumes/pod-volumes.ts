// The volumes of a pod: names, one source each.
// Upstream: ValidateVolumes in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Volume } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import { compareQuantities } from '../../api/quantity.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';
import { validateClaimTemplate } from './claim-spec.ts';
import { type SourceEntry, source, validateOneSource } from './one-of.ts';
import * as projected from './projected.ts';
import * as rules from './source-rules.ts';

/** Volumes by name, the good ones only: mounts of a bad volume are not found. */
export type VolumesByName = ReadonlyMap<string, Volume>;

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** When the kubelet fetches an image. */
export function validatePullPolicy(errors: FieldErrors, policy: string | undefined, path: string): void {
  if (!policy) errors.required(path);
  else if (!pullPolicies.includes(policy)) errors.notSupported(path, policy, pullPolicies);
}

interface VolumeContext {
  readonly podName: string | undefined;
  readonly options: PodSpecOptions;
}

function entry<F extends keyof Volume & string>(
  ...args: Parameters<typeof source<Volume, VolumeContext, F>>
): SourceEntry<Volume, VolumeContext> {
  return source<Volume, VolumeContext, F>(...args);
}

// In upstream's order; where a fault has another name than the field, upstream slipped and clients see it.
const entries: readonly SourceEntry<Volume, VolumeContext>[] = [
  entry<'emptyDir'>('emptyDir', (errors, { sizeLimit }, path) => {
    if (sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0)
      errors.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
  }),
  entry<'hostPath'>('hostPath', rules.hostPath),
  entry<'gitRepo'>('gitRepo', rules.gitRepo),
  entry<'gcePersistentDisk'>('gcePersistentDisk', rules.gcePersistentDisk, { own: 'persistentDisk' }),
  entry<'awsElasticBlockStore'>('awsElasticBlockStore', rules.awsElasticBlockStore),
  entry<'secret'>('secret', projected.secret),
  entry<'nfs'>('nfs', rules.nfs),
  entry<'iscsi'>('iscsi', rules.iscsi),
  entry<'glusterfs'>('glusterfs', rules.glusterfs),
  entry<'flocker'>('flocker', rules.flocker),
  entry<'persistentVolumeClaim'>('persistentVolumeClaim', rules.persistentVolumeClaim),
  entry<'rbd'>('rbd', rules.rbd),
  entry<'cinder'>('cinder', rules.cinder),
  entry<'cephfs'>('cephfs', rules.cephfs, { second: 'cephFS' }),
  entry<'quobyte'>('quobyte', rules.quobyte),
  entry<'downwardAPI'>('downwardAPI', projected.downwardAPI, { second: 'downwarAPI' }),
  entry<'fc'>('fc', rules.fc),
  entry<'flexVolume'>('flexVolume', rules.flexVolume),
  entry<'configMap'>('configMap', projected.configMap),
  entry<'azureFile'>('azureFile', rules.azureFile),
  entry<'vsphereVolume'>('vsphereVolume', rules.vsphereVolume),
  entry<'photonPersistentDisk'>('photonPersistentDisk', rules.photonPersistentDisk),
  entry<'portworxVolume'>('portworxVolume', rules.portworxVolume),
  entry<'azureDisk'>('azureDisk', rules.azureDisk),
  entry<'storageos'>('storageos', rules.storageos),
  entry<'projected'>('projected', (errors, volume, path, { options }) => {
    projected.validateProjected(errors, volume, path, options.allowNonLocalTokenPath === true);
  }),
  entry<'scaleIO'>('scaleIO', rules.scaleIO),
  entry<'csi'>('csi', rules.csi),
  entry<'ephemeral'>('ephemeral', (errors, ephemeral, path, { podName }, volume) => {
    const template = ephemeral.volumeClaimTemplate;
    if (!template) errors.required(`${path}.volumeClaimTemplate`);
    else validateClaimTemplate(errors, template, `${path}.volumeClaimTemplate`);
    if (!podName || !volume.name) return;
    const claim = `${podName}-${volume.name}`;
    const at = `${path.slice(0, -'.ephemeral'.length)}.name`;
    for (const message of dnsSubdomain(claim))
      errors.invalid(at, volume.name, `PVC name ${goQuote(claim)}: ${message}`);
  }),
  entry<'image'>('image', (errors, image, path, { options }) => {
    if (options.isPod && !image.reference) errors.required(`${path}.reference`);
    validatePullPolicy(errors, image.pullPolicy, `${path}.pullPolicy`);
  }),
];

/** Checks the volumes and gives the good ones by name. `podName`: of a pod, not of a template. */
export function validatePodVolumes(
  errors: FieldErrors,
  volumes: readonly Volume[] | undefined,
  path: string,
  podName: string | undefined,
  options: PodSpecOptions,
): VolumesByName {
  const good = new Map<string, Volume>();
  if (!volumes || volumes.length === 0) return good;
  const context = { podName, options };
  const ephemeralClaims = new Set(
    podName ? volumes.filter((volume) => volume.ephemeral).map((volume) => `${podName}-${volume.name}`) : [],
  );
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const own = new FieldErrors();
    validateOneSource(own, volume, entries, at, context, (field) => {
      if (field !== 'iscsi' || !volume.iscsi) return;
      const long = rules.iscsiNameFault(volume.iscsi, volume.name);
      if (long) own.invalid(`${at}.name`, volume.name, long);
    });
    if (!volume.name) own.required(`${at}.name`);
    else own.invalids(`${at}.name`, volume.name, dnsLabel(volume.name));
    if (good.has(volume.name)) own.duplicate(`${at}.name`, volume.name);
    if (own.empty) good.set(volume.name, volume);
    else errors.add(own.list);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && ephemeralClaims.has(claim)) {
      errors.invalid(
        `${at}.persistentVolumeClaim.claimName`,
        claim,
        'must not reference a PVC that gets created for an ephemeral volume',
      );
    }
  });
  return good;
}
