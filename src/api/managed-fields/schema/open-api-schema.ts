// Merge types of custom resources, from the structural schemas of their definitions.
// Upstream: k8s.io/kube-openapi/pkg/schemaconv/openapi.go, and what the server adds to the schemas first:
// apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
import { isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { builtInType } from './built-in-schema.ts';
import {
  type Atom,
  inlined,
  type ListType,
  type MapType,
  type Scalar,
  SchemaType,
  type StructField,
  scalarTypes,
  untypedAtomic,
  untypedDeduced,
} from './schema.ts';

/** What a schema says about its parts, inherited downwards. */
interface Inherited {
  readonly preservesUnknown: boolean;
}

function objectAt(schema: JsonObject, name: string): JsonObject | undefined {
  const value = schema[name];
  return isJsonObject(value) ? value : undefined;
}

function scalarOf(type: string, format: Json | undefined): Scalar {
  if (type === 'boolean') return 'boolean';
  if (type !== 'string') return 'numeric';
  return format === undefined || format === '' || format === 'byte' ? 'string' : 'untyped';
}

function atomOf(schema: JsonObject, { preservesUnknown }: Inherited): Atom {
  const inherited = {
    preservesUnknown: preservesUnknown || schema['x-kubernetes-preserve-unknown-fields'] === true,
  };
  switch (schema['type'] ?? '') {
    case 'object':
      return { map: mapOf(schema, inherited) };
    case 'array':
      return { list: listOf(schema, inherited) };
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return { scalar: scalarOf(schema['type'] as string, schema['format']) };
    default:
      return { scalar: 'untyped', list: listOf(schema, inherited), map: mapOf(schema, inherited) };
  }
}

function typeOf(schema: JsonObject, inherited: Inherited): SchemaType {
  return new SchemaType(undefined, () => atomOf(schema, inherited));
}

function mapOf(schema: JsonObject, inherited: Inherited): MapType {
  const fields = new Map<string, StructField>();
  for (const [name, property] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    const value = isJsonObject(property) ? property : {};
    fields.set(name, { name, type: typeOf(value, inherited), default: value['default'] });
  }
  if (schema['x-kubernetes-embedded-resource'] === true) addTypeAndObjectMeta(fields);
  return {
    fields,
    elementType: elementTypeOf(schema, fields.size, inherited),
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
  };
}

function elementTypeOf(schema: JsonObject, fields: number, inherited: Inherited): SchemaType | undefined {
  const additional = schema['additionalProperties'];
  if (isJsonObject(additional)) return typeOf(additional, inherited);
  if (additional === true) return untypedDeduced;
  if (additional === false) return undefined;
  return inherited.preservesUnknown || fields === 0 ? untypedDeduced : undefined;
}

function listOf(schema: JsonObject, inherited: Inherited): ListType {
  const items = objectAt(schema, 'items');
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    elementType: items === undefined ? untypedAtomic : typeOf(items, inherited),
    associative: listType === 'set' || listType === 'map',
    keys: listType === 'map' && Array.isArray(keys) ? keys.map(String) : [],
  };
}

function addTypeAndObjectMeta(fields: Map<string, StructField>): void {
  fields.set('apiVersion', { name: 'apiVersion', type: scalarTypes.string });
  fields.set('kind', { name: 'kind', type: scalarTypes.string });
  fields.set('metadata', { name: 'metadata', type: builtInType('meta/v1.ObjectMeta') });
}

/** Options of a custom resource's definition. */
export interface CustomResourceSchemaOptions {
  /** spec.preserveUnknownFields of the definition. */
  readonly preserveUnknownFields?: boolean;
}

/** The merge type of a custom resource: `schema` is openAPIV3Schema of the version; undefined when it has none. */
export function customResourceType(
  schema: JsonObject | undefined,
  options: CustomResourceSchemaOptions = {},
): SchemaType {
  if (schema === undefined) return inlined(atomOf({ type: 'object' }, { preservesUnknown: false }));
  return new SchemaType(undefined, () => {
    const atom = atomOf(schema, { preservesUnknown: options.preserveUnknownFields === true });
    if (atom.map === undefined) return atom;
    const fields = new Map(atom.map.fields);
    addTypeAndObjectMeta(fields);
    const preserves =
      options.preserveUnknownFields === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    // The fields that were just added count when the schema has none of its own.
    const open = schema['additionalProperties'] !== undefined || preserves;
    return { ...atom, map: { ...atom.map, fields, elementType: open ? atom.map.elementType : undefined } };
  });
}
