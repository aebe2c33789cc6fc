// Rules of metadata that hold for every kind.
// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go; the finalizer rule of built-in kinds is from
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { FieldError } from '../../api/field-error.ts';
import type { FieldPath } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import { type ObjectMeta, type OwnerReference, parseApiVersion } from '../../api/object.ts';
import { FieldErrors } from './field-errors.ts';
import { validateLabels } from './labels.ts';
import { labelName, qualifiedName } from './names.ts';

/** Which rules differ between built-in and custom kinds. */
export interface ObjectMetaOptions {
  /** Whether finalizers without a domain must be well-known ones, as for built-in kinds. */
  readonly kubeFinalizers?: boolean;
}

const annotationsLimit = 256 * 1024;
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
const immutable = 'field is immutable';

/** Keys (case does not matter) and total size of annotations. */
export function validateAnnotations(
  errors: FieldErrors,
  annotations: Readonly<Record<string, string>> | null | undefined,
  path: string,
): void {
  for (const key in annotations) errors.invalids(path, key, qualifiedName(key.toLowerCase()));
  validateAnnotationsSize(errors, annotations, path);
}

/** Keys and values together. Upstream: ValidateAnnotationsSize. */
export function validateAnnotationsSize(
  errors: FieldErrors,
  annotations: Readonly<Record<string, string>> | null | undefined,
  path: string,
): void {
  let size = 0;
  for (const key in annotations) size += Buffer.byteLength(key) + Buffer.byteLength(annotations[key]!);
  if (size > annotationsLimit) errors.tooLong(path, annotationsLimit);
}

function printOwner(owner: OwnerReference): unknown {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner;
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion };
}

function validateOwnerReferences(errors: FieldErrors, owners: readonly OwnerReference[], path: string): void {
  let controller = '';
  for (const owner of owners) {
    const version = parseApiVersion(owner.apiVersion);
    if (!version || version.version === '')
      errors.invalid(`${path}.apiVersion`, owner.apiVersion, 'version must not be empty');
    if (owner.kind === '') errors.invalid(`${path}.kind`, owner.kind, 'must not be empty');
    if (owner.name === '') errors.invalid(`${path}.name`, owner.name, 'must not be empty');
    if (owner.uid === '') errors.invalid(`${path}.uid`, owner.uid, 'must not be empty');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event')
      errors.invalid(path, printOwner(owner), '/v1, Kind=Event is disallowed from being an owner');
    if (!owner.controller) continue;
    const current = `${owner.kind}/${owner.name}`;
    if (controller === '') controller = current;
    else {
      errors.invalid(
        path,
        owners.map(printOwner),
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`,
      );
    }
  }
}

function validateFinalizers(errors: FieldErrors, finalizers: readonly string[], path: string): void {
  for (const finalizer of finalizers) errors.invalids(path, finalizer, qualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
}

/** A finalizer without a domain must be one of the well-known. */
export function validateKubeFinalizer(errors: FieldErrors, finalizer: string, path: string): void {
  if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return;
  errors.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
}

function validateKubeFinalizers(errors: FieldErrors, finalizers: readonly string[], path: string): void {
  finalizers.forEach((finalizer, i) => {
    validateKubeFinalizer(errors, finalizer, `${path}[${i}]`);
  });
}

function validateManagedFields(errors: FieldErrors, entries: readonly unknown[], path: string): void {
  entries.forEach((entry, i) => {
    const { operation, fieldsType, manager, subresource } = entry as Record<string, string | undefined>;
    const at = `${path}[${i}]`;
    if (operation !== 'Apply' && operation !== 'Update')
      errors.invalid(`${at}.operation`, operation ?? '', 'must be `Apply` or `Update`');
    if (fieldsType !== undefined && fieldsType !== '' && fieldsType !== 'FieldsV1')
      errors.invalid(`${at}.fieldsType`, fieldsType, 'must be `FieldsV1`');
    validateFieldManager(errors, manager ?? '', `${at}.manager`);
    if (Buffer.byteLength(subresource ?? '') > 256) errors.tooLong(`${at}.subresource`, 256);
  });
}

const printableAscii = /^[ -~]*$/;
const anySpace = /\p{Zs}/u;
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;

/** The name of a field manager: short and printable. */
export function validateFieldManager(errors: FieldErrors, manager: string, path: string): void {
  // every write checks all of its object's managers
  if (manager.length <= 128 && printableAscii.test(manager)) return;
  if (Buffer.byteLength(manager) > 128) errors.tooLong(path, 128);
  let position = 0;
  for (const ch of manager) {
    const space = ch !== ' ' && anySpace.test(ch);
    if (space || unprintable.test(ch)) {
      const code = ch.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      errors.invalid(path, manager, `invalid character U+${code} (at position ${position})`);
    }
    position += Buffer.byteLength(ch);
  }
}

/** Checks the metadata of an object that is being created. */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameRule: (name: string, prefix: boolean) => string[],
  path: FieldPath | string,
  options: ObjectMetaOptions = { kubeFinalizers: true },
): FieldError[] {
  const errors = new FieldErrors();
  const at = String(path);
  if (meta.generateName)
    errors.invalids(`${at}.generateName`, meta.generateName, nameRule(meta.generateName, true));
  if (!meta.name) errors.required(`${at}.name`, 'name or generateName is required');
  else errors.invalids(`${at}.name`, meta.name, nameRule(meta.name, false));
  if (namespaced) {
    if (!meta.namespace) errors.required(`${at}.namespace`);
    else errors.invalids(`${at}.namespace`, meta.namespace, labelName(meta.namespace, false));
  } else if (meta.namespace) {
    errors.forbidden(`${at}.namespace`, 'not allowed on this type');
  }
  if (meta.generation !== undefined && meta.generation < 0)
    errors.invalid(`${at}.generation`, meta.generation, 'must be greater than or equal to 0');
  validateLabels(errors, meta.labels, `${at}.labels`);
  validateAnnotations(errors, meta.annotations, `${at}.annotations`);
  if (meta.ownerReferences) validateOwnerReferences(errors, meta.ownerReferences, `${at}.ownerReferences`);
  if (meta.finalizers) validateFinalizers(errors, meta.finalizers, `${at}.finalizers`);
  if (meta.managedFields) validateManagedFields(errors, meta.managedFields, `${at}.managedFields`);
  if (options.kubeFinalizers && meta.finalizers)
    validateKubeFinalizers(errors, meta.finalizers, `${at}.finalizers`);
  return errors.list;
}

/** Checks the metadata of an update: what may not change, and the form of what may. */
export function validateObjectMetaUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  path: FieldPath | string,
  options: ObjectMetaOptions = { kubeFinalizers: true },
): FieldError[] {
  const errors = new FieldErrors();
  const at = String(path);
  if (old.deletionTimestamp !== undefined) {
    const added = (meta.finalizers ?? []).filter((name) => !(old.finalizers ?? []).includes(name));
    if (added.length > 0) {
      const shown = `[]string{${[...new Set(added)].sort().map(goQuote).join(', ')}}`;
      errors.forbidden(
        `${at}.finalizers`,
        `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
      );
    }
  }
  if (!meta.resourceVersion)
    errors.invalid(`${at}.resourceVersion`, meta.resourceVersion ?? '', 'must be specified for an update');
  if ((meta.generation ?? 0) < (old.generation ?? 0))
    errors.invalid(`${at}.generation`, meta.generation ?? 0, 'must not be decremented');
  for (const field of ['name', 'namespace', 'uid'] as const) {
    if ((meta[field] ?? '') !== (old[field] ?? ''))
      errors.invalid(`${at}.${field}`, meta[field] ?? '', immutable);
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    const value = meta[field] ?? null;
    if (value === (old[field] ?? null)) continue;
    errors.invalid(`${at}.${field}`, value, immutable);
  }
  validateLabels(errors, meta.labels, `${at}.labels`);
  validateAnnotations(errors, meta.annotations, `${at}.annotations`);
  if (meta.ownerReferences) validateOwnerReferences(errors, meta.ownerReferences, `${at}.ownerReferences`);
  if (meta.managedFields) validateManagedFields(errors, meta.managedFields, `${at}.managedFields`);
  if (options.kubeFinalizers && meta.finalizers)
    validateKubeFinalizers(errors, meta.finalizers, `${at}.finalizers`);
  return errors.list;
}
