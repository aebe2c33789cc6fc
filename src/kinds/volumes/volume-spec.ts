// Rules of a PersistentVolume's spec, also where a VolumeAttachment carries one inline.
// Upstream: ValidatePersistentVolumeSpec in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import { posix } from 'node:path';
import type { PersistentVolumeSpec } from '#types/core_v1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateNodeSelector } from '../validation/node-selector.ts';
import {
  roundResources,
  validateBasicResource,
  validatePositiveQuantity,
} from '../validation/resource-names.ts';
import { validateAccessModes, volumeModes } from './claim-spec.ts';
import { type SourceEntry, source, validateOneSource } from './one-of.ts';
import * as rules from './source-rules.ts';

export const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];
const notInline = 'may not be specified in the context of inline volumes';

/** How a spec is checked. */
export interface VolumeSpecOptions {
  /** The volume's name, for rules that count its length. */
  readonly name: string;
  /** It stands in a VolumeAttachment. */
  readonly inline?: boolean;
  /** Label values that today are refused may stay in the node affinity. */
  readonly allowInvalidValues?: boolean;
}

type Entry = SourceEntry<PersistentVolumeSpec, VolumeSpecOptions>;

const sources: readonly Entry[] = [
  source('hostPath', rules.hostPath),
  source('gcePersistentDisk', rules.gcePersistentDisk, { own: 'persistentDisk' }),
  source('awsElasticBlockStore', rules.awsElasticBlockStore),
  source('glusterfs', rules.persistentGlusterfs),
  source('flocker', rules.flocker),
  source('nfs', rules.nfs),
  source('rbd', rules.rbd),
  source('quobyte', rules.quobyte),
  source('cephfs', rules.cephfs, { second: 'cephFS' }),
  source('iscsi', (errors, iscsi, path, { name }) => rules.persistentIscsi(name)(errors, iscsi, path)),
  source('cinder', rules.persistentCinder),
  source('fc', rules.fc),
  source('flexVolume', rules.flexVolume, { always: true }),
  source('azureFile', rules.persistentAzureFile),
  source('vsphereVolume', rules.vsphereVolume),
  source('photonPersistentDisk', rules.photonPersistentDisk),
  source('portworxVolume', rules.portworxVolume),
  source('azureDisk', rules.azureDisk),
  source('scaleIO', rules.scaleIO),
  source('local', (errors, local, path, { inline }, spec) => {
    rules.local(errors, local, path);
    if (!spec.nodeAffinity || inline)
      errors.required(path.replace(/local$/, 'nodeAffinity'), 'Local volume requires node affinity');
  }),
  source('storageos', rules.persistentStorageos),
  source('csi', rules.persistentCsi),
];

function validateInline(errors: FieldErrors, spec: PersistentVolumeSpec, path: string): void {
  if (spec.claimRef) errors.forbidden(`${path}.claimRef`, notInline);
  if (Object.keys(spec.capacity ?? {}).length > 0) errors.forbidden(`${path}.capacity`, notInline);
  if (!spec.csi) errors.required(`${path}.csi`, 'has to be specified in the context of inline volumes');
}

function validateCapacity(errors: FieldErrors, spec: PersistentVolumeSpec, path: string): void {
  const { capacity } = spec;
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.required(path);
  if (names.length !== 1 || names[0] !== 'storage')
    errors.notSupported(path, memberAsSent(spec, 'capacity') ?? null, ['storage']);
  for (const name of names) {
    const at = `${path}[${name}]`;
    validateBasicResource(errors, capacity![name]!, at);
    validatePositiveQuantity(errors, capacity![name]!, at);
  }
}

function validateReclaimPolicy(errors: FieldErrors, policy: string, path: string, inline: boolean): void {
  if (policy === '') return;
  if (!inline) {
    if (!reclaimPolicies.includes(policy)) errors.notSupported(path, policy, reclaimPolicies);
  } else if (policy !== 'Retain')
    errors.forbidden(path, 'may only be Retain in the context of inline volumes');
}

function validateAffinity(
  errors: FieldErrors,
  { nodeAffinity }: PersistentVolumeSpec,
  path: string,
  options: VolumeSpecOptions,
): void {
  if (!nodeAffinity) return;
  if (options.inline) errors.forbidden(path, notInline);
  else if (!nodeAffinity.required)
    errors.required(`${path}.required`, 'must specify required node constraints');
  else
    validateNodeSelector(
      errors,
      nodeAffinity.required,
      options.allowInvalidValues === true,
      `${path}.required`,
    );
}

function validateClass(errors: FieldErrors, spec: PersistentVolumeSpec, path: string, inline: boolean): void {
  const { storageClassName, volumeMode } = spec;
  if (storageClassName) {
    const at = `${path}.storageClassName`;
    if (inline) errors.forbidden(at, notInline);
    else errors.invalids(at, storageClassName, dnsSubdomain(storageClassName));
  }
  if (volumeMode !== undefined) {
    const at = `${path}.volumeMode`;
    if (!inline) {
      if (!volumeModes.includes(volumeMode)) errors.notSupported(at, volumeMode, volumeModes);
    } else if (volumeMode !== 'Filesystem')
      errors.forbidden(
        at,
        'may not specify volumeMode other than Filesystem in the context of inline volumes',
      );
  }
}

function validateAttributesClass(errors: FieldErrors, spec: PersistentVolumeSpec, path: string): void {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return;
  const at = `${path}.volumeAttributesClassName`;
  if (name === '') errors.required(at, 'an empty string is disallowed');
  else errors.invalids(at, name, dnsSubdomain(name));
  if (!spec.csi) errors.required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName');
}

/** Checks the spec of a volume. */
export function validateVolumeSpec(
  errors: FieldErrors,
  spec: PersistentVolumeSpec,
  path: string,
  options: VolumeSpecOptions,
): void {
  const inline = options.inline === true;
  const modes = spec.accessModes ?? [];
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  if (inline) validateInline(errors, spec, path);
  if (modes.length === 0) errors.required(`${path}.accessModes`);
  validateAccessModes(errors, modes, `${path}.accessModes`);
  if (!inline) validateCapacity(errors, spec, `${path}.capacity`);
  validateReclaimPolicy(errors, policy, `${path}.persistentVolumeReclaimPolicy`, inline);
  validateAffinity(errors, spec, `${path}.nodeAffinity`, options);
  validateOneSource(errors, spec, sources, path, options);
  if (spec.hostPath && policy === 'Recycle' && posix.normalize(spec.hostPath.path) === '/')
    errors.forbidden(
      `${path}.persistentVolumeReclaimPolicy`,
      "may not be 'recycle' for a hostPath mount of '/'",
    );
  validateClass(errors, spec, path, inline);
  // The gate of volume attributes classes is asked for volumes only.
  if (!inline) validateAttributesClass(errors, spec, path);
}

/** Fills what the sources of a volume may leave out. */
export function setVolumeSourceDefaults(spec: PersistentVolumeSpec): void {
  const { hostPath, rbd, iscsi, azureDisk, scaleIO } = spec;
  roundResources(spec.capacity);
  if (hostPath) hostPath.type ??= '';
  if (rbd) {
    if (!rbd.pool) rbd.pool = 'rbd';
    if (!rbd.user) rbd.user = 'admin';
    if (!rbd.keyring) rbd.keyring = '/etc/ceph/keyring';
  }
  if (iscsi && !iscsi.iscsiInterface) iscsi.iscsiInterface = 'default';
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
    azureDisk.kind ??= 'Shared';
  }
  if (scaleIO) {
    if (!scaleIO.storageMode) scaleIO.storageMode = 'ThinProvisioned';
    if (!scaleIO.fsType) scaleIO.fsType = 'xfs';
  }
}
