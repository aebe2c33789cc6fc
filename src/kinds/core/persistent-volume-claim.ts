// PersistentVolumeClaim: what tables cannot say. A bound claim may grow and change its attributes class, no more.
// Upstream: k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim/strategy.go and ValidatePersistentVolumeClaimUpdate
// in pkg/apis/core/validation/validation.go.

import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '#types/core_v1';
import { compareQuantities } from '../../api/quantity.ts';
import { copyAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { diffText } from '../diff-text.ts';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { accessModesCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import {
  isNativeResource,
  roundResources,
  validateBasicResource,
  validateResourceQuantity,
} from '../validation/resource-names.ts';
import { takeBack } from '../validation/status-strategy.ts';
import {
  claimSpecOptions,
  claimSpecWarnings,
  dropUnsupportedDataSources,
  normalizeDataSources,
  setClaimSpecDefaults,
  validateClaimSpec,
} from '../volumes/claim-spec.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

function requestOf({ spec }: PersistentVolumeClaim): string {
  return spec.resources?.requests?.['storage'] ?? '0';
}

/** The class may move from the beta annotation into the spec. */
function movesFromAnnotation(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[classAnnotation];
  const now = claim.metadata.annotations?.[classAnnotation];
  if (before === undefined || old.spec.storageClassName !== undefined) return false;
  return claim.spec.storageClassName === before && (now === undefined || now === before);
}

/** A claim without a class may get one later. */
function getsClass(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const annotation = old.metadata.annotations?.[classAnnotation];
  const name = claim.spec.storageClassName;
  if (name === undefined || old.spec.storageClassName !== undefined) return false;
  return annotation === undefined || annotation === name;
}

/** Both specs without the differences that an update may make. */
function comparable(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): [now: PersistentVolumeClaimSpec, before: PersistentVolumeClaimSpec] {
  const now = copyAsSent(claim.spec);
  const before = copyAsSent(old.spec);
  if (!before.volumeName) takeBack(before, now, 'volumeName');
  if (movesFromAnnotation(claim, old)) delete now.storageClassName;
  else if (getsClass(claim, old)) takeBack(now, before, 'storageClassName');
  if (claim.status.phase === 'Bound') {
    const { requests } = now.resources ?? {};
    if (requests)
      now.resources = Object.assign(copyAsSent(now.resources!), {
        requests: { ...requests, storage: requestOf(old) },
      });
    takeBack(now, before, 'volumeAttributesClassName');
  }
  return [now, before];
}

function validateSize(errors: FieldErrors, claim: PersistentVolumeClaim, old: PersistentVolumeClaim): void {
  const size = requestOf(claim);
  if (compareQuantities(size, requestOf(old)) >= 0) return;
  // A failed expansion may be taken back, down to what the volume has.
  if (compareQuantities(size, old.status.capacity?.['storage'] ?? '0') <= 0)
    errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
}

function validateAttributes(
  errors: FieldErrors,
  { spec }: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): void {
  const path = 'spec.volumeAttributesClassName';
  const name = spec.volumeAttributesClassName;
  if (name === old.spec.volumeAttributesClassName) return;
  if (old.status.currentVolumeAttributesClassName === undefined || name) return;
  const what = name === undefined ? 'nil' : 'empty string';
  errors.forbidden(
    path,
    `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`,
  );
}

function validateChange(errors: FieldErrors, claim: PersistentVolumeClaim, old: PersistentVolumeClaim): void {
  const [now, before] = comparable(claim, old);
  if (!movesFromAnnotation(claim, old)) {
    const annotation = claim.metadata.annotations?.[classAnnotation] ?? '';
    const path = `metadata.annotations.${classAnnotation}`;
    validateImmutable(errors, annotation, old.metadata.annotations?.[classAnnotation] ?? '', path);
  }
  if (!semanticEqual(now, before)) {
    const [shownBefore, shownNow] = [before, now].map((spec) =>
      internalJson(spec, 'PersistentVolumeClaimSpec'),
    );
    errors.forbidden(
      'spec',
      `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diffText(shownBefore, shownNow)}`,
    );
  }
  validateSize(errors, claim, old);
  validateImmutable(errors, claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode');
  validateAttributes(errors, claim, old);
}

function validateResourceKey(errors: FieldErrors, key: string, path: string): boolean {
  const faults = qualifiedName(key);
  errors.invalids(path, key, faults);
  if (faults.length > 0) return false;
  if (!isNativeResource(key) || key === 'storage') return true;
  errors.notSupported(path, key, ['storage']);
  return false;
}

function validateStatus(errors: FieldErrors, { spec, status }: PersistentVolumeClaim): void {
  if (!spec.accessModes?.length) errors.required('Spec.accessModes');
  for (const name in status.capacity)
    validateBasicResource(errors, status.capacity[name]!, `status.capacity[${name}]`);
  const states = status.allocatedResourceStatuses;
  for (const name in states) {
    const path = 'status.allocatedResourceStatuses';
    validateResourceKey(errors, name, path);
    if (!resizeStates.includes(states[name]!)) errors.notSupported(path, name, resizeStates);
  }
  const allocated = status.allocatedResources;
  for (const name in allocated) {
    const path = 'status.allocatedResources';
    if (!validateResourceKey(errors, name, path)) continue;
    const at = `${path}[${name}]`;
    if (validateBasicResource(errors, allocated[name]!, at))
      validateResourceQuantity(errors, 'storage', allocated[name]!, at);
  }
}

function warnings({ metadata, spec }: PersistentVolumeClaim): string[] {
  const list = claimSpecWarnings(spec, 'spec');
  if (metadata.annotations?.[classAnnotation] === undefined) return list;
  return [
    `metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`,
    ...list,
  ];
}

export const persistentVolumeClaim = defineKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults(claim) {
    claim.status ??= {};
    if (!claim.status.phase) claim.status.phase = 'Pending';
    setClaimSpecDefaults(claim.spec);
    roundResources(claim.status.capacity);
    roundResources(claim.status.allocatedResources);
  },
  prepareForCreate(claim) {
    // The phase comes back with the defaults of the stored form.
    claim.status = { phase: 'Pending' };
    dropUnsupportedDataSources(claim.spec, undefined);
    normalizeDataSources(claim.spec);
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateClaimSpec(errors, spec, 'spec');
    return errors.list;
  },
  warningsOnCreate: warnings,
  prepareForUpdate(claim, old) {
    takeBack(claim, old, 'status');
    dropUnsupportedDataSources(claim.spec, old.spec);
    normalizeDataSources(claim.spec);
  },
  validateUpdate(claim, old) {
    const errors = new FieldErrors();
    validateClaimSpec(errors, claim.spec, 'spec', claimSpecOptions(old.spec));
    validateChange(errors, claim, old);
    return errors.list;
  },
  warningsOnUpdate: warnings,

  subresources: {
    status: {
      prepareForUpdate(claim, old) {
        claim.spec = old.spec;
      },
      validateUpdate(claim) {
        const errors = new FieldErrors();
        validateStatus(errors, claim);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Status', 'string', doc('core/v1.PersistentVolumeClaimStatus.phase')),
      column('Volume', 'string', doc('core/v1.PersistentVolumeClaimSpec.volumeName')),
      column('Capacity', 'string', doc('core/v1.PersistentVolumeClaimStatus.capacity')),
      column('Access Modes', 'string', doc('core/v1.PersistentVolumeClaimStatus.accessModes')),
      column('StorageClass', 'string', 'StorageClass of the pvc'),
      column('VolumeAttributesClass', 'string', 'VolumeAttributesClass of the pvc'),
      ageColumn,
      wideColumn('VolumeMode', 'string', doc('core/v1.PersistentVolumeClaimSpec.volumeMode')),
    ],
    row(claim, context) {
      const { metadata, spec, status } = claim;
      const bound = Boolean(spec.volumeName);
      return {
        cells: [
          nameOf(claim),
          metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? ''),
          spec.volumeName ?? '',
          bound ? (status.capacity?.['storage'] ?? '0') : '',
          bound ? accessModesCell(status.accessModes) : '',
          metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '',
          spec.volumeAttributesClassName ?? '<unset>',
          ageOf(claim, context),
          spec.volumeMode ?? '<unset>',
        ],
      };
    },
  },
});
