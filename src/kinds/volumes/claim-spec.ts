// Rules of a PersistentVolumeClaim's spec, also in templates (StatefulSets, ephemeral volumes).
// Upstream: ValidatePersistentVolumeClaimSpec in k8s.io/kubernetes/pkg/apis/core/validation/validation.go and
// pkg/api/persistentvolumeclaim/util.go.
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dnsSubdomain, labelName } from '../validation/names.ts';
import {
  roundResources,
  validatePositiveQuantity,
  validateResourceQuantity,
} from '../validation/resource-names.ts';
import { validateTemplateMetadata } from '../validation/template-metadata.ts';

export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];

/** What an updated claim may keep because the old one had it. */
export interface ClaimSpecOptions {
  allowInvalidSelectorValue?: boolean;
  allowInvalidApiGroup?: boolean;
}

// an absent group is printed as null
function namesGroup(source: { apiGroup?: string | null } | undefined): boolean {
  return typeof source?.apiGroup === 'string';
}

/** What a claim may keep because its old spec has it. */
export function claimSpecOptions(old: PersistentVolumeClaimSpec | undefined): ClaimSpecOptions {
  if (!old) return {};
  const faults = new FieldErrors();
  validateLabelSelector(faults, old.selector, '');
  return {
    allowInvalidSelectorValue: !faults.empty,
    allowInvalidApiGroup: namesGroup(old.dataSource) || namesGroup(old.dataSourceRef),
  };
}

/** Known access modes, ReadWriteOncePod alone. */
export function validateAccessModes(errors: FieldErrors, modes: readonly string[], path: string): void {
  for (const mode of modes) if (!accessModes.includes(mode)) errors.notSupported(path, mode, accessModes);
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (others && modes.includes('ReadWriteOncePod'))
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes');
}

function validateDataSource(
  errors: FieldErrors,
  source: TypedLocalObjectReference | TypedObjectReference,
  path: string,
  options: ClaimSpecOptions,
): void {
  const apiGroup = source.apiGroup ?? '';
  if (!source.name) errors.required(`${path}.name`);
  if (!source.kind) errors.required(`${path}.kind`);
  if (apiGroup === '' && source.kind !== 'PersistentVolumeClaim') {
    errors.invalid(
      path,
      source.kind,
      "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
    );
  }
  if (apiGroup !== '' && !options.allowInvalidApiGroup)
    errors.invalids(`${path}.apiGroup`, apiGroup, dnsSubdomain(apiGroup));
  if ('namespace' in source && source.namespace)
    errors.invalids(`${path}.namespace`, source.namespace, labelName(source.namespace, false));
}

/** Checks the spec of a claim. */
export function validateClaimSpec(
  errors: FieldErrors,
  spec: PersistentVolumeClaimSpec,
  path: string,
  options: ClaimSpecOptions = {},
): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.required(`${path}.accessModes`, 'at least 1 access mode is required');
  validateLabelSelector(errors, spec.selector, `${path}.selector`, {
    allowInvalidValues: options.allowInvalidSelectorValue,
  });
  validateAccessModes(errors, modes, `${path}.accessModes`);
  const storage = spec.resources?.requests?.['storage'];
  const storagePath = `${path}.resources[storage]`;
  if (storage === undefined) errors.required(storagePath);
  else if (validatePositiveQuantity(errors, storage, storagePath))
    validateResourceQuantity(errors, 'storage', storage, storagePath);
  if (spec.storageClassName)
    errors.invalids(`${path}.storageClassName`, spec.storageClassName, dnsSubdomain(spec.storageClassName));
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    errors.notSupported(`${path}.volumeMode`, spec.volumeMode, volumeModes);
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) validateDataSource(errors, dataSource, `${path}.dataSource`, options);
  if (dataSourceRef) validateDataSource(errors, dataSourceRef, `${path}.dataSourceRef`, options);
  if (dataSource && dataSourceRef) {
    // The bad value is a path upstream, which has no public fields and so prints as {}.
    if (dataSourceRef.namespace)
      errors.invalid(path, {}, 'may not be specified when dataSourceRef.namespace is specified');
    else if (
      dataSource.apiGroup !== dataSourceRef.apiGroup ||
      dataSource.kind !== dataSourceRef.kind ||
      dataSource.name !== dataSourceRef.name
    )
      errors.invalid(path, {}, 'must match dataSourceRef');
  }
  const attributes = spec.volumeAttributesClassName;
  if (attributes) errors.invalids(`${path}.volumeAttributesClassName`, attributes, dnsSubdomain(attributes));
}

/** Checks the claim template of an ephemeral volume. */
export function validateClaimTemplate(
  errors: FieldErrors,
  template: PersistentVolumeClaimTemplate,
  path: string,
): void {
  validateTemplateMetadata(errors, template.metadata ?? {}, `${path}.metadata`);
  validateClaimSpec(errors, template.spec, `${path}.spec`);
}

/** Fills the volume mode. */
export function setClaimSpecDefaults(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  roundResources(spec.resources?.limits);
  roundResources(spec.resources?.requests);
}

/** Makes dataSource and dataSourceRef say the same. */
export function normalizeDataSources(spec: PersistentVolumeClaimSpec): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { apiGroup, kind, name } = dataSourceRef;
    spec.dataSource = apiGroup === undefined ? { kind, name } : { apiGroup, kind, name };
  }
}

function isClaimOrSnapshot(source: TypedLocalObjectReference | undefined): boolean {
  if (!source) return false;
  const group = source.apiGroup ?? '';
  if (source.kind === 'PersistentVolumeClaim') return group === '';
  return source.kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io';
}

/** Drops data sources that nothing would honour: foreign kinds, other namespaces. */
export function dropUnsupportedDataSources(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef;
  const inUse = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  if (!inUse && !spec.dataSourceRef && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource;
}

function isFractional(quantity: string | undefined): quantity is string {
  return quantity !== undefined && parseQuantity(quantity).milliValue() % 1000 !== 0;
}

/** Warnings for sizes that are no whole number of bytes. */
export function claimSpecWarnings(spec: PersistentVolumeClaimSpec, path: string): string[] {
  const warnings: string[] = [];
  for (const list of ['requests', 'limits'] as const) {
    const size = spec.resources?.[list]?.['storage'];
    if (isFractional(size))
      warnings.push(
        `${path}.resources.${list}[storage]: fractional byte value ${goQuote(size)} is invalid, must be an integer`,
      );
  }
  return warnings;
}
