// Metadata of what a template makes: labels and annotations, nothing else.
// Upstream: ValidateTemplateObjectMeta in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { FieldErrors } from './field-errors.ts';
import { validateLabels } from './labels.ts';
import { validateAnnotations } from './object-meta.ts';

// Names are Go's with a small first letter.
const forbiddenTemplateFields: readonly (readonly [string, string])[] = [
  ['name', 'name'],
  ['generateName', 'generateName'],
  ['namespace', 'namespace'],
  ['selfLink', 'selfLink'],
  ['uid', 'uID'],
  ['resourceVersion', 'resourceVersion'],
  ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'],
  ['deletionTimestamp', 'deletionTimestamp'],
  ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'],
  ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'],
  ['managedFields', 'managedFields'],
];

/** Checks the metadata in a template of claims; empty lists count as set. */
export function validateTemplateMetadata(errors: FieldErrors, metadata: object, path: string): void {
  const meta = metadata as Record<string, unknown>;
  const textsOf = (field: string) => meta[field] as Record<string, string> | undefined;
  validateAnnotations(errors, textsOf('annotations'), `${path}.annotations`);
  validateLabels(errors, textsOf('labels'), `${path}.labels`);
  for (const [field, shown] of forbiddenTemplateFields)
    if (isSet(meta[field])) errors.forbidden(`${path}.${shown}`, 'cannot be set');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
