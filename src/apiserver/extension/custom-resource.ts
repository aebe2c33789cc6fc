// A CustomResourceDefinition as the resources that it defines, one for each served version, which come in by the same door as
// the built-in ones. Upstream: getOrCreateServingInfoFor in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
import { createHash } from 'node:crypto';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#types/apiextensions.k8s.io_v1';
import type { SchemaType } from '../../api/managed-fields/schema/schema.ts';
import { apiVersionOf, type KubeObject, parseApiVersion } from '../../api/object.ts';
import { type CustomKind, customKind } from '../../kinds/custom/custom-kind.ts';
import { loadedRules, mentionsRules } from '../../kinds/custom/rules/lazy-rules.ts';
import type { AnyKind } from '../../kinds/define-kind.ts';
import type { ObjectSchema } from '../../kinds/object-schema.ts';
import { type ResourceDefinition, type SubresourceDefinition, typeRefOf } from '../../kinds/registry.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import type { CustomServing, ServedResource, StorageCodec } from '../resources.ts';
import { encoderOf } from '../store/serialize.ts';
import { type WebhookConversion, webhookConversion } from './conversion-webhook.ts';
import { customSchema } from './custom-schema.ts';
import { isTerminating } from './definition-conditions.ts';
import { storageCodecs } from './storage-codecs.ts';

// In this order upstream lists them.
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const terminatingVerbs = ['delete', 'deletecollection', 'get', 'list', 'watch'];
// More stored objects than this are not looked through when a definition comes; they are then read one by one.
const maxLookedThrough = 2000;

/** The prefix of the keys of a definition's objects. Those that are called as built-in ones are not stored among them. */
export function prefixOfDefinition({ spec }: CustomResourceDefinition, namesBuiltIn: boolean): string {
  return `${spec.names.plural}.${spec.group}${namesBuiltIn ? '+custom' : ''}/`;
}

function storageHash(group: string, version: string, kind: string): string {
  return createHash('sha256')
    .update(`${group}/${version}/${kind}`)
    .digest()
    .subarray(0, 8)
    .toString('base64');
}

function subresourcesOf(
  { spec }: CustomResourceDefinition,
  { name, subresources }: CustomResourceDefinitionVersion,
): SubresourceDefinition[] {
  const changing = ['get', 'patch', 'update'];
  return [
    ...(subresources?.status
      ? [{ name: 'status', kind: spec.names.kind, group: spec.group, version: name, verbs: changing }]
      : []),
    ...(subresources?.scale
      ? [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: changing }]
      : []),
  ];
}

function definitionOf(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  storageVersion: string,
  hooks: AnyKind,
): ResourceDefinition {
  const { group, scope } = crd.spec;
  const { plural, singular, kind, listKind, shortNames, categories } = crd.status.acceptedNames;
  return {
    group,
    version: version.name,
    plural,
    singular: singular ?? '',
    kind,
    listKind: listKind ?? '',
    namespaced: scope === 'Namespaced',
    shortNames: shortNames ?? [],
    categories: categories ?? [],
    verbs: isTerminating(crd) ? terminatingVerbs : verbs,
    subresources: subresourcesOf(crd, version),
    // never looked up: the schema of custom resources is not in the tables
    typeRef: typeRefOf(group, version.name, kind),
    storage: {
      group,
      version: storageVersion,
      hash: storageHash(group, storageVersion, kind),
      typeRef: typeRefOf(group, storageVersion, kind),
    },
    hooks,
    servedByDefault: true,
  };
}

/** The same resources of a definition that is being deleted: they take nothing new. */
export function terminatingResources(served: readonly ServedResource[]): ServedResource[] {
  return served.map((resource) => ({
    ...resource,
    definition: { ...resource.definition, verbs: terminatingVerbs },
    custom: { ...resource.custom!, terminating: true },
  }));
}

/** A version with its rules, which are compiled when the first object comes. */
function compiledVersion(
  crd: CustomResourceDefinition,
  { name, schema }: CustomResourceDefinitionVersion,
): CustomKind {
  const source = schema?.openAPIV3Schema;
  if (source === undefined || !mentionsRules(source)) return customKind(crd, name);
  const { compileRules, validateRules } = loadedRules()!;
  let compiled: ReturnType<typeof compileRules> | undefined;
  return customKind(crd, name, {
    rules(object, old, path, onForgiven) {
      compiled ??= compileRules(source);
      return validateRules(compiled, object, old, path, onForgiven && { onForgiven });
    },
  });
}

/** Whether all stored objects are what reading would make of them: then their bytes can be served as they are. */
function allAsRead(
  cache: WatchCache,
  codec: StorageCodec,
  normalize: (object: KubeObject) => KubeObject,
): boolean {
  if (cache.size() > maxLookedThrough) return false;
  return cache
    .list({ prefix: '' })
    .objects.every(({ bytes, revision }) => encoderOf(normalize(codec.read(bytes)))(revision).equals(bytes));
}

/** Upstream asks its converter, which knows all versions of a definition: ConvertToVersion in pkg/apiserver/conversion/converter.go. */
function mergeTypeOf(
  schemas: ReadonlyMap<string, ObjectSchema>,
  group: string,
  apiVersion: string,
): SchemaType {
  const wanted = parseApiVersion(apiVersion);
  const schema = wanted?.group === group ? schemas.get(wanted.version) : undefined;
  if (schema === undefined)
    throw new Error(`request to convert CR to an invalid group/version: ${apiVersion}`);
  return schema.mergeType();
}

/** The schema, by which an object that is created without its status is stored with the default that reading would show. */
function withDefaultStatus(schema: ObjectSchema, { hasStatus, schema: compiled }: CustomKind): ObjectSchema {
  if (!hasStatus || compiled.root.properties.get('status')?.default === undefined) return schema;
  return {
    ...schema,
    normalize(object) {
      const normal = schema.normalize(object);
      if (Object.hasOwn(normal, 'status')) return normal;
      compiled.applyDefaults(normal);
      return schema.normalize(normal);
    },
  };
}

/** Whether objects may be stored without the defaults of the stored version: other versions write none but their own. */
function takesOthersDefaults({ spec }: CustomResourceDefinition, { schema }: CustomKind): boolean {
  return schema.root.holds.defaults && (spec.versions ?? []).filter(({ served }) => served).length > 1;
}

/** The hooks of all versions with the selectable fields of every one: objects are indexed once for all. */
function withFieldsOfAll(
  kinds: ReadonlyMap<string, CustomKind>,
): Record<string, (object: KubeObject) => string> {
  const fields: Record<string, (object: KubeObject) => string> = {};
  for (const { kind } of kinds.values()) Object.assign(fields, kind.selectableFields);
  return fields;
}

/**
 * The served resources of a definition whose names are accepted. `prefix` is that of the keys of its objects, `cacheOf` gives
 * their watch cache, `webhook` converts them where it is given. Throws Error for a definition that validation would not have
 * let through.
 */
export function customResources(
  crd: CustomResourceDefinition,
  prefix: string,
  cacheOf: (kind: AnyKind) => WatchCache,
  webhook?: WebhookConversion,
): ServedResource[] {
  const { group } = crd.spec;
  const versions = crd.spec.versions ?? [];
  const storageVersion = versions.find(({ storage }) => storage)!.name;
  const kinds = new Map(versions.map((version) => [version.name, compiledVersion(crd, version)]));
  const codecs = storageCodecs(crd, kinds, storageVersion, webhook);
  const replicasPaths = Object.fromEntries(
    [...kinds].map(([name, { kind }]) => [apiVersionOf(group, name), kind.scale?.replicasPath ?? null]),
  );
  const indexed = { ...kinds.get(storageVersion)!.kind, selectableFields: withFieldsOfAll(kinds) };
  const cache = cacheOf(indexed);
  const schemas = new Map([...kinds].map(([name, compiled]) => [name, customSchema(crd, compiled)]));
  const stored = schemas.get(storageVersion)!;
  // Objects that a webhook would have to be asked for are not looked through.
  const asRead =
    !takesOthersDefaults(crd, kinds.get(storageVersion)!) &&
    (webhook ? cache.size() === 0 : allAsRead(cache, codecs.of(storageVersion), stored.normalize));
  return versions
    .filter(({ served }) => served)
    .map((version) => {
      const compiled = kinds.get(version.name)!;
      const { selectableFields } = indexed;
      const kind = { ...compiled.kind, selectableFields };
      const isStorage = version.name === storageVersion;
      const custom: CustomServing = {
        codec: isStorage && asRead ? undefined : codecs.of(version.name),
        definition: crd,
        webhook: versions.length > 1 ? webhook : undefined,
        replicasPaths,
        mergeTypeOf: (apiVersion) => mergeTypeOf(schemas, group, apiVersion),
        selectableFields: new Set(Object.keys(compiled.kind.selectableFields ?? {})),
        warning: compiled.deprecation,
        terminating: isTerminating(crd),
      };
      return {
        definition: definitionOf(crd, version, storageVersion, kind),
        kind,
        groupResource: { group, resource: crd.status.acceptedNames.plural },
        conversion: undefined,
        schema: schemas.get(version.name)!,
        storedSchema: asRead ? withDefaultStatus(stored, kinds.get(storageVersion)!) : stored,
        prefix,
        itemOffset: 1,
        custom,
        cache,
      };
    });
}

export { webhookConversion };
