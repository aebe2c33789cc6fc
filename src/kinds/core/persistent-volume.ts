// PersistentVolume: what tables cannot say. Its source never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/core/persistentvolume/strategy.go, pkg/api/persistentvolume/util.go,
// pkg/volume/validation/pv_validation.go.

import type { PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity } from '#types/core_v1';
import { copyJson } from '../../api/json-object.ts';
import { copyAsSent } from '../../api/schema/sent-empty.ts';
import { formatTime } from '../../api/time.ts';
import { defineKind } from '../define-kind.ts';
import { diffText } from '../diff-text.ts';
import { internalJson } from '../internal-json.ts';
import { deprecatedNodeLabel } from '../pod-spec/deprecated-labels.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { accessModesCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { labelValue, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { takeBack } from '../validation/status-strategy.ts';
import { setVolumeSourceDefaults, validateVolumeSpec } from '../volumes/volume-spec.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const mountAnnotation = 'volume.beta.kubernetes.io/mount-options';

const mountable = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
] as const;

const deprecatedSources = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

// Beta labels of nodes that a volume's affinity may exchange for their later names.
const laterLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

function validate(errors: FieldErrors, volume: PersistentVolume, allowInvalidValues = false): void {
  const { metadata, spec } = volume;
  validateVolumeSpec(errors, spec, 'spec', { name: metadata.name ?? '', allowInvalidValues });
}

function validateMountOptions(errors: FieldErrors, { metadata, spec }: PersistentVolume): void {
  if (metadata.annotations?.[mountAnnotation] === undefined || mountable.some((field) => spec[field])) return;
  errors.forbidden(
    `metadata.annotations.${mountAnnotation}`,
    'may not specify mount options for this volume type',
  );
}

function hasInvalidValues({ spec }: PersistentVolume): boolean {
  return (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).some((term) =>
    term.matchExpressions?.some(({ values }) => values?.some((value) => labelValue(value).length > 0)),
  );
}

/** The old affinity with the labels that the new one calls by their later names. */
function renamed(old: VolumeNodeAffinity, now: VolumeNodeAffinity | undefined): VolumeNodeAffinity {
  const copy = copyJson(old);
  copy.required?.nodeSelectorTerms?.forEach((term, i) => {
    for (const list of ['matchExpressions', 'matchFields'] as const)
      term[list]?.forEach((requirement, j) => {
        const key = now?.required?.nodeSelectorTerms?.[i]?.[list]?.[j]?.key;
        // a label without a later name may go: upstream looks it up in a map of Go and compares with ''
        if (key !== undefined && (laterLabels[requirement.key] ?? '') === key) requirement.key = key;
      });
  });
  return copy;
}

function validateSource(errors: FieldErrors, spec: PersistentVolumeSpec, old: PersistentVolumeSpec): void {
  let now = spec;
  // The secret for expansion may be added later.
  if (old.csi && !old.csi.controllerExpandSecretRef && spec.csi?.controllerExpandSecretRef) {
    const csi = copyAsSent(spec.csi);
    delete csi.controllerExpandSecretRef;
    now = Object.assign(copyAsSent(spec), { csi });
  }
  const before = internalJson(old, 'PersistentVolumeSource');
  const after = internalJson(now, 'PersistentVolumeSource');
  if (semanticEqual(before, after)) return;
  errors.forbidden(
    'spec.persistentvolumesource',
    `spec.persistentvolumesource is immutable after creation\n${diffText(before, after)}`,
  );
}

function warnings({ metadata, spec }: PersistentVolume): string[] {
  const list: string[] = [];
  const { annotations } = metadata;
  if (annotations?.[classAnnotation] !== undefined)
    list.push(
      `metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`,
    );
  if (annotations?.[mountAnnotation] !== undefined)
    list.push(
      `metadata.annotations[${mountAnnotation}]: deprecated since v1.31; use "mountOptions" attribute instead`,
    );
  if (spec.persistentVolumeReclaimPolicy === 'Recycle')
    list.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    );
  spec.nodeAffinity?.required?.nodeSelectorTerms?.forEach((term, i) => {
    term.matchExpressions?.forEach(({ key }, j) => {
      const message = deprecatedNodeLabel(key);
      const path = `spec.nodeAffinity.required.nodeSelectorTerms[${i}].matchExpressions[${j}].key`;
      if (message) list.push(`${path}: ${key} is ${message}`);
    });
  });
  for (const [field, shown, text] of deprecatedSources) if (spec[field]) list.push(`spec.${shown}: ${text}`);
  return list;
}

export const persistentVolume = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  metadataChecks: ['whole', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults(volume) {
    volume.status ??= {};
    if (!volume.status.phase) volume.status.phase = 'Pending';
    if (!volume.spec.persistentVolumeReclaimPolicy) volume.spec.persistentVolumeReclaimPolicy = 'Retain';
    volume.spec.volumeMode ??= 'Filesystem';
    setVolumeSourceDefaults(volume.spec);
  },
  prepareForCreate(volume, { now }) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(now) };
  },
  validateCreate(volume) {
    const errors = new FieldErrors();
    validate(errors, volume);
    validateMountOptions(errors, volume);
    return errors.list;
  },
  warningsOnCreate: warnings,
  prepareForUpdate: (volume, old) => takeBack(volume, old, 'status'),
  validateUpdate(volume, old) {
    const errors = new FieldErrors();
    const keep = hasInvalidValues(old);
    validate(errors, volume, keep);
    validateMountOptions(errors, volume);
    // As upstream: the faults of the object itself are causes twice.
    validate(errors, volume, keep);
    const { spec } = volume;
    validateSource(errors, spec, old.spec);
    validateImmutable(errors, spec.volumeMode, old.spec.volumeMode, 'volumeMode');
    if (
      old.spec.nodeAffinity &&
      !semanticEqual(spec.nodeAffinity, renamed(old.spec.nodeAffinity, spec.nodeAffinity))
    ) {
      const shown = spec.nodeAffinity ? internalJson(spec.nodeAffinity, 'VolumeNodeAffinity') : null;
      errors.invalid('nodeAffinity', shown, 'field is immutable, except for updating from beta label to GA');
    }
    if (old.spec.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
      errors.forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden');
    return errors.list;
  },
  warningsOnUpdate: warnings,

  subresources: {
    status: {
      prepareForUpdate(volume, old, { now }) {
        volume.spec = old.spec;
        const { status } = volume;
        const before = old.status.lastPhaseTransitionTime;
        const time = status.lastPhaseTransitionTime;
        if (old.status.phase === status.phase) {
          if (!time) takeBack(status, old.status, 'lastPhaseTransitionTime');
        } else if (!time || time === before) status.lastPhaseTransitionTime = formatTime(now);
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Capacity', 'string', doc('core/v1.PersistentVolumeSpec.capacity')),
      column('Access Modes', 'string', doc('core/v1.PersistentVolumeSpec.accessModes')),
      column('Reclaim Policy', 'string', doc('core/v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy')),
      column('Status', 'string', doc('core/v1.PersistentVolumeStatus.phase')),
      column('Claim', 'string', doc('core/v1.PersistentVolumeSpec.claimRef')),
      column('StorageClass', 'string', 'StorageClass of the pv'),
      column('VolumeAttributesClass', 'string', 'VolumeAttributesClass of the pv'),
      column('Reason', 'string', doc('core/v1.PersistentVolumeStatus.reason')),
      ageColumn,
      wideColumn('VolumeMode', 'string', doc('core/v1.PersistentVolumeSpec.volumeMode')),
    ],
    row(volume, context) {
      const { metadata, spec, status } = volume;
      const { claimRef } = spec;
      return {
        cells: [
          nameOf(volume),
          spec.capacity?.['storage'] ?? '0',
          accessModesCell(spec.accessModes),
          spec.persistentVolumeReclaimPolicy ?? '',
          metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? ''),
          claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
          metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '',
          spec.volumeAttributesClassName ?? '<unset>',
          status.reason ?? '',
          ageOf(volume, context),
          spec.volumeMode ?? '<unset>',
        ],
      };
    },
  },
});
