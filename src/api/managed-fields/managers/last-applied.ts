// The annotation of client-side apply beside server-side apply: which conflicts it excuses, and keeping it in step. Both
// only for the manager that kubectl uses, and only where the annotation is there already.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/lastapplied{,manager,updater}.go.
import { goJson } from '../../go-text.ts';
import { copyJson, isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../object.ts';
import { difference, type FieldSet } from '../paths/field-set.ts';
import { compareText } from '../paths/path-element.ts';
import type { SchemaType } from '../schema/schema.ts';
import { compare } from '../typed/compare.ts';
import { toFieldSet } from '../typed/to-field-set.ts';
import { validate } from '../typed/validate.ts';

/** The annotation of kubectl apply. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manager whose applies keep the annotation in step. */
export const kubectlManager = 'kubectl';

const annotationsLimit = 256 * 1024;

function lastApplied(object: KubeObject): string {
  return (object.metadata as KubeObject['metadata'] | null)?.annotations?.[lastAppliedAnnotation] ?? '';
}

/** Whether the annotation is there and says something. */
export function hasLastApplied(object: KubeObject): boolean {
  return lastApplied(object) !== '';
}

/**
 * The fields that the annotation says client-side apply set, and that still have the value it set: server-side apply may
 * take those. Undefined when there is no annotation or it is of no use.
 */
export function allowedByLastApplied(
  live: KubeObject,
  type: SchemaType,
  apiVersion: string,
): FieldSet | undefined {
  try {
    const applied = JSON.parse(lastApplied(live)) as Json;
    if (!isJsonObject(applied) || applied['apiVersion'] !== apiVersion) return undefined;
    validate(type, live as Json, { allowDuplicates: false });
    validate(type, applied, { allowDuplicates: false });
    const { modified, added, removed } = compare(type, applied, live as Json);
    return difference(difference(difference(toFieldSet(type, applied), modified), added), removed);
  } catch {
    return undefined;
  }
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.keys(value)
    .sort(compareText)
    .map((name): [string, Json] => [name, sorted(value[name]!)]);
  return Object.fromEntries(entries);
}

function annotationFor(config: KubeObject): string {
  const copy = copyJson(config) as unknown as JsonObject;
  const metadata = copy['metadata'];
  if (isJsonObject(metadata) && isJsonObject(metadata['annotations']))
    delete metadata['annotations'][lastAppliedAnnotation];
  return `${goJson(sorted(copy))}\n`;
}

/** A copy of the applied object with the annotation saying what was applied; without it when annotations would get too big. */
export function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const annotations: Record<string, string> = {
    // what is applied may have a null there
    ...(object.metadata as KubeObject['metadata'] | null)?.annotations,
    [lastAppliedAnnotation]: annotationFor(config),
  };
  let size = 0;
  for (const [name, value] of Object.entries(annotations))
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (size > annotationsLimit) delete annotations[lastAppliedAnnotation];
  return { ...object, metadata: { ...object.metadata, annotations } };
}
