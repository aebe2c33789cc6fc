// What the main path and the status path of a kind may write, and when the generation rises.
// Upstream: the strategies of k8s.io/kubernetes/pkg/registry/*/*; metav1.ResetObjectMetaForStatus.
import type { KubeObject, ObjectMeta } from '../../api/object.ts';
import { semanticEqual } from '../semantic-equal.ts';

type Meta = { metadata: object };

/** Gives `object` the field of `old`: absent when absent there. */
export function takeBack(object: object, old: object, field: string): void {
  const target = object as Record<string, unknown>;
  const value = (old as Record<string, unknown>)[field];
  if (value === undefined) delete target[field];
  else target[field] = value;
}

const metaFields: readonly (keyof ObjectMeta)[] = [
  'deletionTimestamp',
  'generation',
  'selfLink',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'managedFields',
];

/** A status write may not change metadata (managedFields are the engine's). */
export function keepMetadata(object: Meta, old: Meta): void {
  for (const field of metaFields)
    if (field !== 'managedFields') takeBack(object.metadata, old.metadata, field);
}

/** The whole of metadata is the old one, whatever was sent; who wrote what is the engine's. */
export function replaceMetadata(object: Meta, old: Meta): void {
  const { managedFields } = object.metadata as ObjectMeta;
  object.metadata = { ...old.metadata };
  takeBack(object.metadata, { managedFields }, 'managedFields');
}

/** Sets generation 1 on create. */
export function firstGeneration(object: Meta): void {
  (object.metadata as ObjectMeta).generation = 1;
}

/**
 * Raises the generation when one of the fields changed: when it means something else, or, where the kind says so by
 * `isEqual`, when an empty list takes the place of none.
 */
export function raiseGeneration(
  object: Meta,
  old: Meta,
  fields: readonly string[] = ['spec'],
  isEqual: (a: unknown, b: unknown) => boolean = semanticEqual,
): void {
  const now = object as unknown as Record<string, unknown>;
  const before = old as unknown as Record<string, unknown>;
  const meta = object.metadata as ObjectMeta;
  const generation = (old.metadata as ObjectMeta).generation ?? 0;
  const changed = fields.some((field) => !isEqual(now[field], before[field]));
  const next = changed ? generation + 1 : generation;
  if (next === 0) delete meta.generation;
  else meta.generation = next;
}

/** A status write that changes nothing but the status. */
export function statusOnly(object: KubeObject | Meta, old: KubeObject | Meta): void {
  takeBack(object, old, 'spec');
}
