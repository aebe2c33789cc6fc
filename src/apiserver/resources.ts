// The resources that a server serves: a kind's definition bound to its storage and watch cache.

import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { ReplicasPaths } from '../api/managed-fields/managers/scale.ts';
import type { SchemaType } from '../api/managed-fields/schema/schema.ts';
import { apiVersionOf, type Json, type KubeObject } from '../api/object.ts';
import type { GroupResource } from '../api/status.ts';
import type { AnyKind, VersionConversion } from '../kinds/define-kind.ts';
import { builtInSchema, type ObjectSchema } from '../kinds/object-schema.ts';
import { type ResourceDefinition, typeRefOf } from '../kinds/registry.ts';
import type { Attributes, WatchCache } from '../storage/watch-cache.ts';
import { parseObject } from './store/serialize.ts';

/**
 * How a custom resource is stored: all its versions work on objects of their own version, which are converted on their way to
 * and from storage. Where a webhook converts, it is asked beforehand, by the two preparations.
 */
export interface StorageCodec {
  read(stored: Buffer): KubeObject;
  /** Does not change its argument. */
  write(object: KubeObject): KubeObject;
  prepareRead?(stored: readonly Buffer[]): Promise<void>;
  prepareWrite?(object: KubeObject): Promise<void>;
}

/** What only custom resources have. */
export interface CustomServing {
  /** Absent where the stored bytes are what this version serves. */
  readonly codec: StorageCodec | undefined;
  readonly definition: CustomResourceDefinition;
  /** Converts objects of the definition to a version; absent where versions differ in name alone. Rejects with ApiError. */
  readonly webhook:
    | ((objects: readonly KubeObject[], apiVersion: string) => Promise<KubeObject[]>)
    | undefined;
  /** The merge type of a version of the definition, served or not. Throws Error for any other version. */
  mergeTypeOf(apiVersion: string): SchemaType;
  /** Where each version of the definition, served or not, has its replicas. */
  readonly replicasPaths: ReplicasPaths;
  /** The fields that this version can be selected by; objects are indexed by those of all versions. */
  readonly selectableFields: ReadonlySet<string>;
  /** A `Warning` of every request. */
  readonly warning: string | undefined;
  /** The definition is being deleted: nothing new is taken. */
  readonly terminating: boolean;
}

/** A served resource; one per group, version and plural. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly kind: AnyKind;
  readonly groupResource: GroupResource;
  /** How the stored object becomes the served one; undefined where they are the same. */
  readonly conversion: VersionConversion | undefined;
  /** The schema of the served version. */
  readonly schema: ObjectSchema;
  /** The schema of the stored version. */
  readonly storedSchema: ObjectSchema;
  /** Key prefix of its objects: `deployments.apps/`. */
  readonly prefix: string;
  /** Bytes of `{"kind":"Pod","apiVersion":"v1",` that items of a list leave out. */
  readonly itemOffset: number;
  readonly custom?: CustomServing;
  /** Objects of this resource; undefined for resources that store nothing (reviews, bindings). */
  readonly cache: WatchCache | undefined;
}

/** Binds a definition to its cache. */
export function serveResource(
  definition: ResourceDefinition,
  cacheOf: (prefix: string, kind: AnyKind) => WatchCache,
): ServedResource {
  const { hooks, group, plural, storage } = definition;
  const storedGroup = storage?.group ?? group;
  const prefix = storedGroup === '' ? `${plural}/` : `${plural}.${storedGroup}/`;
  const storedVersion = apiVersionOf(hooks.group, hooks.version);
  const schema = builtInSchema(definition.typeRef, apiVersionOf(group, definition.version), definition.kind);
  const storedRef = typeRefOf(hooks.group, hooks.version, hooks.kind);
  const storedSchema =
    storedRef === definition.typeRef ? schema : builtInSchema(storedRef, storedVersion, hooks.kind);
  return {
    definition,
    kind: hooks,
    groupResource: { group, resource: plural },
    conversion: typedConversion(definition.conversion, schema, storedSchema),
    schema,
    storedSchema,
    prefix,
    itemOffset: Buffer.byteLength(objectHead(storedVersion, hooks.kind)),
    cache: storage === undefined ? undefined : cacheOf(prefix, hooks),
  };
}

/** The conversion with its results as their types have them: what is always printed there, what is empty left out. */
function typedConversion(
  conversion: VersionConversion | undefined,
  schema: ObjectSchema,
  storedSchema: ObjectSchema,
): VersionConversion | undefined {
  if (conversion === undefined) return undefined;
  const { setDefaults } = conversion;
  return {
    ...(setDefaults && { setDefaults: (object: KubeObject) => setDefaults(object) }),
    toStorage: (object) => storedSchema.decode(conversion.toStorage(object) as unknown as Json),
    fromStorage: (object) => schema.decode(conversion.fromStorage(object) as unknown as Json),
  };
}

/** A stored object as the hooks of the resource take it. */
export function readStored(resource: ServedResource, bytes: Buffer): KubeObject {
  return resource.custom?.codec?.read(bytes) ?? parseObject(bytes);
}

/** What is to be awaited before stored objects are read; undefined, as for nearly every resource: nothing. Rejects with ApiError. */
export function prepareToRead(
  resource: ServedResource,
  stored: readonly { readonly bytes: Buffer }[],
): Promise<void> | undefined {
  return resource.custom?.codec?.prepareRead?.(stored.map(({ bytes }) => bytes));
}

/** What is to be awaited before an object takes its stored form; undefined: nothing. Rejects with ApiError. */
export function prepareToWrite(resource: ServedResource, object: KubeObject): Promise<void> | undefined {
  return resource.custom?.codec?.prepareWrite?.(object);
}

/** The first bytes of every stored object of a kind. */
export function objectHead(apiVersion: string, kind: string): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
}

/** Key of an object: `pods/default/web`, `nodes/n1`. */
export function keyOf(resource: ServedResource, namespace: string, name: string): string {
  return resource.definition.namespaced ? `${resource.prefix}${namespace}/${name}` : resource.prefix + name;
}

/** Prefix of all objects in a namespace, or of all where `namespace` is ''. */
export function prefixOf(resource: ServedResource, namespace: string): string {
  return resource.definition.namespaced && namespace !== ''
    ? `${resource.prefix}${namespace}/`
    : resource.prefix;
}

/** An object as the hooks left it, in the version in which it is stored. */
export function storedForm(resource: ServedResource, object: KubeObject): KubeObject {
  const codec = resource.custom?.codec;
  return codec ? codec.write(object) : object;
}

/**
 * The object in the one form in which it is stored: fields in order, empty ones left out, as hooks may have left them otherwise.
 * What it shares with `stored`, which was read from the store, has that form.
 */
export function canonical(resource: ServedResource, object: KubeObject, stored?: KubeObject): KubeObject {
  return resource.storedSchema.normalize(storedForm(resource, object), stored);
}

/** What selectors read of an object. */
export function attributesOf(kind: AnyKind, object: KubeObject): Attributes {
  const fields: Record<string, string> = {};
  const selectable = kind.selectableFields;
  if (selectable) for (const name in selectable) fields[name] = selectable[name]!(object);
  fields['metadata.name'] = object.metadata.name ?? '';
  fields['metadata.namespace'] = object.metadata.namespace ?? '';
  return { labels: object.metadata.labels, fields };
}
