// What a conversion webhook may say of an object's metadata: its labels and annotations alone.
// Upstream: restoreObjectMeta in k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
import { aggregateText, fieldErrorText } from '../../api/field-error.ts';
import { isJsonObject } from '../../api/json-object.ts';
import type { Json, JsonObject, ObjectMeta } from '../../api/object.ts';
import { FieldErrors } from '../../kinds/validation/field-errors.ts';
import { validateLabels } from '../../kinds/validation/labels.ts';
import { validateAnnotations } from '../../kinds/validation/object-meta.ts';

/** Go's name of a JSON value's type. */
function goType(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function sameTexts(before: Readonly<Record<string, unknown>> | undefined, after: JsonObject): boolean {
  const names = Object.keys(after);
  if (Object.keys(before ?? {}).length !== names.length) return false;
  return names.every((name) => before?.[name] === after[name]);
}

/** What is wrong with labels or annotations that the webhook changed. */
function faults(field: 'labels' | 'annotations', texts: Record<string, string>): string[] {
  const errors = new FieldErrors();
  if (field === 'labels') validateLabels(errors, texts, 'metadata.labels');
  else validateAnnotations(errors, texts, 'metadata.annotation');
  return errors.list.map(fieldErrorText);
}

/** The metadata of the original with labels and annotations of the converted one. Throws Error with upstream's texts. */
export function restoredMetadata(original: ObjectMeta, converted: Json | undefined): ObjectMeta {
  if (converted === undefined) throw new Error('missing metadata in converted object');
  if (!isJsonObject(converted))
    throw new Error(`invalid metadata of type ${goType(converted)} in converted object`);
  const kept: Record<string, unknown> = { ...original };
  for (const field of ['labels', 'annotations'] as const) {
    const value = converted[field];
    if (value === undefined || value === null) {
      delete kept[field];
      continue;
    }
    if (!isJsonObject(value))
      throw new Error(`invalid metadata.${field} of type ${goType(value)} in converted object`);
    for (const [key, text] of Object.entries(value))
      if (typeof text !== 'string')
        throw new Error(
          `metadata.${field}[${key}] must be a string, but is ${goType(text)} in converted object`,
        );
    if (!sameTexts(original[field] ?? undefined, value)) {
      const found = faults(field, value as Record<string, string>);
      if (found.length > 0) throw new Error(aggregateText(found));
    }
    kept[field] = value;
  }
  return kept as unknown as ObjectMeta;
}
