// What a kind says of objects, without a server: defaults, preparation, then validation, in the order of the engine.
import { fieldErrorText } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import type { AnyKind, HookContext } from './define-kind.ts';
import { FieldErrors } from './validation/field-errors.ts';

/** Noon of some day, with a user. */
export const hookContext: HookContext = {
  now: Date.UTC(2024, 0, 1, 12),
  namespace: 'default',
  user: { name: 'jane', uid: 'u-1', groups: ['system:authenticated'], extra: { scope: ['a', 'b'] } },
};

/** An object with metadata and the given fields. */
export function objectOf(kind: AnyKind, fields: object): KubeObject {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const object = { kind: kind.kind, apiVersion, metadata: { name: 'x' }, ...structuredClone(fields) };
  return object as unknown as KubeObject;
}

/** The object as the engine would store it. */
export function created(kind: AnyKind, fields: object): KubeObject {
  const object = objectOf(kind, fields);
  kind.setDefaults?.(object);
  kind.prepareForCreate?.(object, hookContext);
  return object;
}

/** The faults of a create, those of a name by the kind's own rule among them. */
export function createFaults(kind: AnyKind, fields: object): string[] {
  const object = created(kind, fields);
  const errors = new FieldErrors();
  const { name = '' } = object.metadata;
  if (name !== 'x') errors.invalids('metadata.name', name, kind.nameRule?.(name, false, object) ?? []);
  return [...errors.list, ...(kind.validateCreate?.(object, hookContext) ?? [])].map(fieldErrorText);
}

/** The object that an update by `fields` makes of another one, and its faults. */
export function updated(
  kind: AnyKind,
  before: object,
  fields: object,
  subresource?: string,
): { object: KubeObject; faults: string[] } {
  const old = created(kind, before);
  const object = objectOf(kind, { metadata: structuredClone(old.metadata), ...fields });
  kind.setDefaults?.(object);
  const strategy = subresource === undefined ? kind : kind.subresources?.[subresource];
  if (!strategy) throw new Error(`${kind.kind} has no ${subresource}`);
  strategy.prepareForUpdate?.(object, old, hookContext);
  const faults = strategy.validateUpdate?.(object, old, hookContext) ?? [];
  return { object, faults: faults.map(fieldErrorText) };
}

/** The faults of an update. */
export function updateFaults(kind: AnyKind, before: object, fields: object, subresource?: string): string[] {
  return updated(kind, before, fields, subresource).faults;
}

/** The cells of the object's row. */
export function cellsOf(kind: AnyKind, fields: object): unknown[] {
  const object = objectOf(kind, fields);
  return kind.table!.row(object, hookContext).cells;
}
