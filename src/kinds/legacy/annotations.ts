// Annotations that stand for a field of an old version.
import type { ObjectMeta } from '#types/meta_v1';

/** The whole number in an annotation; undefined where there is none. */
export function annotationNumber({ annotations }: ObjectMeta, name: string): number | undefined {
  const text = annotations?.[name] ?? '';
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

export function setAnnotation(metadata: ObjectMeta, name: string, value: string): void {
  metadata.annotations = { ...metadata.annotations, [name]: value };
}

/** Takes an annotation away, and the map with the last one. */
export function dropAnnotation(metadata: ObjectMeta, name: string): void {
  if (metadata.annotations?.[name] === undefined) return;
  const { [name]: _, ...others } = metadata.annotations;
  if (Object.keys(others).length > 0) metadata.annotations = others;
  else delete metadata.annotations;
}
