// The scale subresource of a custom resource: where its numbers stand, and what may stand there.
// Upstream: k8s.io/apiextensions-apiserver/pkg/registry/customresource/{etcd,validator}.go; the errors of nested values are from
// k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go.

import type { CustomResourceSubresourceScale } from '#types/apiextensions.k8s.io_v1';
import { isJsonObject, setJsonMember } from '../../api/json-object.ts';
import { nearestDouble } from '../../api/long-integers.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ScaleMapping } from '../define-kind.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { isInt64, valueText } from './schema/print-value.ts';

/** A value found along a path, or why none can be. */
type Nested = { readonly found: boolean; readonly value?: unknown; readonly error?: string };

/** The names of `.spec.replicas`. */
export function splitPath(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return isInt64(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function accessorError(names: readonly string[], value: unknown, expected: string): string {
  return `.${names.join('.')} accessor error: ${valueText(value)} is of the type ${goType(value)}, expected ${expected}`;
}

function nested(object: unknown, names: readonly string[]): Nested {
  let value = object;
  for (const [i, name] of names.entries()) {
    if (value === null) return { found: false };
    if (!isJsonObject(value))
      return {
        found: false,
        error: accessorError(names.slice(0, i + 1), value, 'map[string]interface{}'),
      };
    if (!Object.hasOwn(value, name)) return { found: false };
    value = value[name];
  }
  return { found: true, value };
}

function nestedInteger(object: unknown, path: string): Nested {
  const names = splitPath(path);
  const result = nested(object, names);
  if (!result.found || typeof result.value === 'bigint') return result;
  if (typeof result.value === 'number' && isInt64(result.value)) return result;
  return { found: false, error: accessorError(names, result.value, 'int64') };
}

function nestedText(object: unknown, path: string): Nested {
  const names = splitPath(path);
  const result = nested(object, names);
  if (!result.found || typeof result.value === 'string') return result;
  return { found: false, error: accessorError(names, result.value, 'string') };
}

function number(result: Nested): number {
  if (typeof result.value === 'bigint') return nearestDouble(result.value);
  return typeof result.value === 'number' ? result.value : 0;
}

function validateReplicas(errors: FieldErrors, object: unknown, path: string): void {
  const result = nestedInteger(object, path);
  const replicas = number(result);
  if (result.error !== undefined) errors.invalid(path, replicas, result.error);
  else if (replicas < 0) errors.invalid(path, replicas, 'should be a non-negative integer');
  else if (replicas > 2147483647)
    errors.invalid(path, replicas, 'should be less than or equal to 2147483647');
}

/** The faults of what a scale's paths point at; of the status alone for a write of the status. */
export function validateScale(
  errors: FieldErrors,
  object: unknown,
  scale: CustomResourceSubresourceScale,
  statusOnly = false,
): void {
  if (!statusOnly) validateReplicas(errors, object, scale.specReplicasPath);
  validateReplicas(errors, object, scale.statusReplicasPath);
  if (scale.labelSelectorPath === undefined) return;
  const { error } = nestedText(object, scale.labelSelectorPath);
  if (error !== undefined) errors.invalid(scale.labelSelectorPath, '', error);
}

function scaleError(object: unknown, scale: CustomResourceSubresourceScale): string | undefined {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return (
    nestedInteger(object, specReplicasPath).error ??
    nestedInteger(object, statusReplicasPath).error ??
    (labelSelectorPath ? nestedText(object, labelSelectorPath).error : undefined)
  );
}

/** Whether an object would have a scale if its replicas were set. */
export function isScaleUnset(object: unknown, scale: CustomResourceSubresourceScale): boolean {
  return !nestedInteger(object, scale.specReplicasPath).found && scaleError(object, scale) === undefined;
}

/** Why an object has no scale: its replicas were never set, or are not where a number is; undefined when it has one. */
export function missingScale(object: unknown, scale: CustomResourceSubresourceScale): string | undefined {
  if (!isScaleUnset(object, scale)) return scaleError(object, scale);
  return `the spec replicas field ${JSON.stringify(scale.specReplicasPath)} does not exist`;
}

function setNested(object: unknown, names: readonly string[], value: unknown): void {
  let target = object as Record<string, unknown>;
  for (const name of names.slice(0, -1)) {
    const next = target[name];
    if (isJsonObject(next)) target = next;
    else {
      const made = {};
      setJsonMember(target, name, made);
      target = made;
    }
  }
  setJsonMember(target, names.at(-1)!, value);
}

/** How Scale maps on objects by the paths of a definition. */
export function scaleMapping(scale: CustomResourceSubresourceScale): ScaleMapping<KubeObject> {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    // Scale has 32 bits.
    replicas: (object) => number(nestedInteger(object, specReplicasPath)) | 0,
    statusReplicas: (object) => number(nestedInteger(object, statusReplicasPath)) | 0,
    selector(object) {
      const { value } = labelSelectorPath ? nestedText(object, labelSelectorPath) : { value: '' };
      return typeof value === 'string' ? value : '';
    },
    setReplicas: (object, replicas) => setNested(object, splitPath(specReplicasPath), replicas),
    replicasPath: splitPath(specReplicasPath),
  };
}
