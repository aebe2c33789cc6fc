// The schemas of custom resources as OpenAPI documents show them: what every object has is added, and for version 2 what
// kubectl of old cannot read is taken out.
// Upstream: k8s.io/apiextensions-apiserver/pkg/controller/openapi/{builder/builder,v2/conversion}.go,
// pkg/apiserver/schema/{unfold,kubeopenapi}.go.
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { Json } from '../../../api/object.ts';
import { fieldDescription } from '../../../api/openapi/descriptions.ts';
import type { Schema } from '../../../api/openapi/schemas.ts';
import { additionalOf, itemsOf } from '../../apiextensions/custom-resource-definition/schema-parts.ts';
import { structuralFaults } from '../../apiextensions/custom-resource-definition/structural.ts';

type Version = 2 | 3;

/** `com.example.v1.Foo`: the group back to front. */
export function customSchemaName(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

const plainFields = [
  'description',
  'title',
  'format',
  'maximum',
  'minimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'multipleOf',
  'maxProperties',
  'minProperties',
  'default',
  'example',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
] as const;
const flags = [
  'exclusiveMaximum',
  'exclusiveMinimum',
  'uniqueItems',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;
const lists = ['enum', 'required', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations'] as const;

/** Of these an empty text is one. */
function isValue(name: string): boolean {
  return name === 'default' || name === 'example';
}

/** What a schema says of its own value, without its parts. */
function ownFields(source: JSONSchemaProps): Schema {
  const schema: Schema = {};
  if (source.type) schema['type'] = source.type;
  for (const name of plainFields) {
    const value = source[name];
    if (value !== undefined && value !== null && (value !== '' || isValue(name)))
      schema[name] = value as Json;
  }
  for (const name of flags) if (source[name]) schema[name] = true;
  for (const name of lists) if (source[name]?.length) schema[name] = source[name] as Json;
  const { externalDocs } = source;
  if (externalDocs?.description || externalDocs?.url) schema['externalDocs'] = { ...externalDocs } as Json;
  return schema;
}

const eitherType: Json[] = [{ type: 'integer' }, { type: 'string' }];

function isEither(parts: readonly JSONSchemaProps[] | undefined): boolean {
  return JSON.stringify(parts) === JSON.stringify(eitherType);
}

/** A schema inside of allOf and the like. */
function nestedSchema(source: JSONSchemaProps): Schema {
  const schema = { ...ownFields(source), ...logicFields(source) };
  if (source.nullable) schema['nullable'] = true;
  const items = itemsOf(source);
  if (items) schema['items'] = nestedSchema(items);
  if (source.properties && Object.keys(source.properties).length > 0)
    schema['properties'] = mapProperties(source.properties, nestedSchema);
  return schema;
}

function mapProperties(
  properties: Readonly<Record<string, JSONSchemaProps>>,
  map: (source: JSONSchemaProps) => Schema,
): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, map(property)]));
}

function logicFields(source: JSONSchemaProps): Schema {
  const schema: Schema = {};
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const)
    if (source[name]?.length) schema[name] = source[name].map(nestedSchema);
  if (source.not) schema['not'] = nestedSchema(source.not);
  return schema;
}

/** Numbers or strings are spelled out. */
function unfold(source: JSONSchemaProps, schema: Schema): void {
  if (!source['x-kubernetes-int-or-string']) return;
  if (isEither(source.anyOf) || isEither(source.allOf?.[0]?.anyOf)) return;
  if (!source.anyOf?.length) schema['anyOf'] = eitherType;
  else schema['allOf'] = [{ anyOf: eitherType }, ...((schema['allOf'] ?? []) as Json[])];
}

function schemaV3(source: JSONSchemaProps): Schema {
  const schema = { ...ownFields(source), ...logicFields(source) };
  unfold(source, schema);
  if (source.nullable) schema['nullable'] = true;
  addParts(schema, source, 3);
  addEmbedded(schema, source, 3);
  return schema;
}

function nullableProperty({ properties }: JSONSchemaProps, name: string): boolean {
  return (properties && Object.hasOwn(properties, name) && properties[name]!.nullable) === true;
}

function schemaV2(source: JSONSchemaProps): Schema {
  const schema = ownFields(source);
  // Values without a type break kubectl when their parts are described.
  const open = source.nullable === true || source['x-kubernetes-preserve-unknown-fields'] === true;
  if (source.nullable || (source['x-kubernetes-preserve-unknown-fields'] && source.type === 'object'))
    delete schema['type'];
  if (source.type === 'array' && (open || !itemsOf(source))) delete schema['type'];
  const parts = open ? { ...source, items: undefined, properties: undefined } : source;
  addParts(schema, parts, 2);
  const required = (source.required ?? []).filter((name) => !nullableProperty(parts, name));
  if (required.length === 0 || additionalOf(source)?.nullable) delete schema['required'];
  else schema['required'] = required;
  addEmbedded(schema, source, 2);
  return schema;
}

function addParts(schema: Schema, source: JSONSchemaProps, version: Version): void {
  const convert = version === 2 ? schemaV2 : schemaV3;
  const items = itemsOf(source);
  if (items) schema['items'] = convert(items);
  if (source.properties && Object.keys(source.properties).length > 0)
    schema['properties'] = mapProperties(source.properties, convert);
  const { additionalProperties } = source;
  if (typeof additionalProperties === 'object' && additionalProperties !== null)
    schema['additionalProperties'] = convert(additionalProperties);
  else if (additionalProperties !== undefined) schema['additionalProperties'] = additionalProperties;
}

function reference(name: string, description: string, version: Version): Schema {
  if (version === 2) return { description, $ref: `#/definitions/${name}` };
  return { description, allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

function objectMeta(version: Version): Schema {
  const text = fieldDescription('meta/v1.PartialObjectMetadata', 'metadata');
  return reference(`${metaPackage}.ObjectMeta`, text, version);
}

function typeMeta(): Schema {
  return Object.fromEntries(
    ['apiVersion', 'kind'].map((name) => [
      name,
      { description: fieldDescription('core/v1.Pod', name), type: 'string' },
    ]),
  );
}

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const embeddedType: Schema = {
  apiVersion: {
    description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`,
    type: 'string',
  },
  kind: {
    description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`,
    type: 'string',
  },
};

function addEmbedded(schema: Schema, source: JSONSchemaProps, version: Version): void {
  if (!source['x-kubernetes-embedded-resource']) return;
  // In version 2 described members would make kubectl refuse all others.
  if (version === 2 && source['x-kubernetes-preserve-unknown-fields']) return;
  schema['properties'] = {
    ...(schema['properties'] as Schema | undefined),
    ...embeddedType,
    metadata: objectMeta(version),
  };
  const required = (schema['required'] ?? []) as string[];
  schema['required'] = [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))];
}

const structural = new WeakMap<JSONSchemaProps, boolean>();

/** Both formats ask it of one schema. */
function isStructural(schema: JSONSchemaProps): boolean {
  let known = structural.get(schema);
  if (known === undefined) {
    known = structuralFaults(schema, '').length === 0;
    structural.set(schema, known);
  }
  return known;
}

function rootSchema(
  crd: CustomResourceDefinition,
  source: JSONSchemaProps | undefined,
  version: Version,
): Schema {
  if (source === undefined || !isStructural(source)) return { type: 'object' };
  const open = source['x-kubernetes-preserve-unknown-fields'] || crd.spec.preserveUnknownFields;
  if (version === 2 && open) return { type: 'object' };
  const schema = version === 2 ? schemaV2(source) : schemaV3(source);
  schema['properties'] = {
    ...(schema['properties'] as Schema | undefined),
    ...typeMeta(),
    metadata: objectMeta(version),
  };
  return schema;
}

function listSchema(crd: CustomResourceDefinition, item: string, version: Version): Schema {
  const { kind, listKind, plural } = crd.spec.names;
  const prefix = version === 2 ? '#/definitions/' : '#/components/schemas/';
  return {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta(),
      items: {
        description: `List of ${plural}. More info: ${conventions}`,
        type: 'array',
        items: { $ref: prefix + item },
      },
      metadata: reference(
        `${metaPackage}.ListMeta`,
        `Standard list metadata. More info: ${conventions}#types-kinds`,
        version,
      ),
    },
  };
}

/** The schemas of a version's objects and lists, by name. */
export function customSchemas(
  crd: CustomResourceDefinition,
  versionName: string,
  version: Version,
): Record<string, Schema> {
  const { group, names, versions } = crd.spec;
  const found = versions?.find(({ name }) => name === versionName);
  const listKind = names.listKind ?? `${names.kind}List`;
  const item = customSchemaName(group, versionName, names.kind);
  const fields = (found?.selectableFields ?? []).map(({ jsonPath }) => ({
    fieldPath: jsonPath.replace(/^\./, ''),
  }));
  const extensions = (kind: string): Schema => ({
    'x-kubernetes-group-version-kind': [{ group, version: versionName, kind }],
    ...(fields.length > 0 ? { 'x-kubernetes-selectable-fields': fields } : {}),
  });
  return {
    [item]: { ...rootSchema(crd, found?.schema?.openAPIV3Schema, version), ...extensions(names.kind) },
    [customSchemaName(group, versionName, listKind)]: {
      ...listSchema(crd, item, version),
      ...extensions(listKind),
    },
  };
}
