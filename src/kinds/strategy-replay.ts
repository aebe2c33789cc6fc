// What the engine does with a body around a kind's hooks, without an engine: for tests that hold the hooks to recordings of
// upstream's strategies. Upstream: rest.BeforeCreate and rest.BeforeUpdate in k8s.io/apiserver/pkg/registry/rest.
import { type FieldError, invalid } from '../api/field-error.ts';
import { FieldPath } from '../api/field-path.ts';
import type { Json, KubeObject } from '../api/object.ts';
import { decodeTyped } from '../api/schema/decode.ts';
import { printed } from '../api/schema/printed.ts';
import type { AnyKind, HookContext } from './define-kind.ts';
import { everyResource, type ResourceDefinition } from './registry.ts';
import { pathSegment, subdomainName } from './validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validation/object-meta.ts';

/** A write: of `object` beside `old`, through '' or a subresource. */
export interface ReplayedWrite {
  /** `create`, `update`, or the name of a subresource. */
  readonly op: string;
  readonly namespace: string;
  readonly object: KubeObject;
  readonly old?: KubeObject;
}

/** What became of it. `object` is in the stored version. */
export interface Outcome {
  readonly errors: FieldError[];
  readonly warnings: string[];
  readonly object: KubeObject;
}

/** The time of the recordings. */
export const replayedNow = Date.parse('2026-11-21T10:12:00Z');

/** The resource whose body an object is. */
export function definitionOf(object: KubeObject): ResourceDefinition {
  const found = everyResource().find(
    ({ group, version, kind }) =>
      (group === '' ? version : `${group}/${version}`) === object.apiVersion && kind === object.kind,
  );
  if (!found) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
  return found;
}

function contextOf({ namespace, object }: ReplayedWrite): HookContext {
  const groups = ['system:masters', 'system:authenticated'];
  return {
    now: replayedNow,
    namespace,
    apiVersion: object.apiVersion,
    user: { name: 'admin', uid: '', groups, extra: {} },
  };
}

function decoded(typeRef: string, body: KubeObject): KubeObject {
  return decodeTyped(typeRef, body as unknown as Json) as unknown as KubeObject;
}

/** A body as the hooks see it: decoded, with defaults, in the stored version. */
export function storedBody(definition: ResourceDefinition, body: KubeObject): KubeObject {
  const object = decoded(definition.typeRef, structuredClone(body));
  const { conversion, hooks } = definition;
  conversion?.setDefaults?.(object);
  const stored = conversion ? conversion.toStorage(object) : object;
  hooks.setDefaults?.(stored);
  return stored;
}

/** A stored object as its version shows it. */
export function shownBody(definition: ResourceDefinition, object: KubeObject): KubeObject {
  const { conversion, typeRef } = definition;
  return printed(typeRef, decoded(typeRef, conversion ? conversion.fromStorage(object) : object));
}

function canonical(definition: ResourceDefinition, object: KubeObject): KubeObject {
  return decoded(definition.storage!.typeRef, object);
}

/** Creates an object. */
export function replayCreate(definition: ResourceDefinition, write: ReplayedWrite): Outcome {
  const { hooks, namespaced } = definition;
  const context = contextOf(write);
  let object = storedBody(definition, write.object);
  object.metadata ??= {} as KubeObject['metadata'];
  const meta = object.metadata;
  Object.assign(meta, { uid: 'u', creationTimestamp: '2020-01-01T00:00:00Z' });
  if (namespaced) meta.namespace ??= write.namespace;
  if (meta.generateName) meta.name ??= `${meta.generateName}xxxxx`;
  delete meta.generation;
  hooks.prepareForCreate?.(object, context);
  object = canonical(definition, object);
  const errors = [
    ...validateObjectMeta(
      object.metadata,
      namespaced,
      (name, prefix) => (hooks.nameRule ?? subdomainName)(name, prefix, object),
      'metadata',
      { kubeFinalizers: hooks.metadataRules === undefined },
    ),
    ...(hooks.validateCreate?.(object, context) ?? []),
  ];
  const warnings = errors.length > 0 ? [] : (hooks.warningsOnCreate?.(object, context) ?? []);
  hooks.canonicalize?.(object);
  return { errors, warnings, object };
}

function nameFaults(hooks: AnyKind, object: KubeObject): FieldError[] {
  const { name = '' } = object.metadata;
  const faults = hooks.nameRule?.(name, false, object) ?? [];
  return faults.map((fault) => invalid(new FieldPath('metadata.name'), name, fault));
}

/** Updates an object, or a subresource of it. Throws where a hook changes the old object. */
export function replayUpdate(definition: ResourceDefinition, write: ReplayedWrite): Outcome {
  const { hooks, namespaced } = definition;
  const context = contextOf(write);
  const strategy = write.op === 'update' ? hooks : hooks.subresources?.[write.op];
  if (!strategy) throw new Error(`no ${write.op} of ${definition.plural}`);
  const old = canonical(definition, storedBody(definition, write.old!));
  const before = JSON.stringify(old);
  let object = storedBody(definition, write.object);
  if (old.metadata.generation === undefined) delete object.metadata.generation;
  else object.metadata.generation = old.metadata.generation;
  strategy.prepareForUpdate?.(object, old, context);
  object = canonical(definition, object);
  const options = { kubeFinalizers: hooks.metadataRules === undefined };
  const errors = [
    ...validateObjectMeta(object.metadata, namespaced, pathSegment, 'metadata', options),
    ...validateObjectMetaUpdate(object.metadata, old.metadata, 'metadata', options),
    ...(strategy.metadataChecks?.includes('whole') ? nameFaults(hooks, object) : []),
    ...(strategy.validateUpdate?.(object, old, context) ?? []),
  ];
  const warnings = errors.length > 0 ? [] : (strategy.warningsOnUpdate?.(object, old, context) ?? []);
  if (JSON.stringify(old) !== before) throw new Error('a hook changed the old object');
  return { errors, warnings, object };
}
