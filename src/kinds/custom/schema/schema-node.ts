// A custom resource's schema made ready for walks: one node for each schema, with what every walk asks for looked up once.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{structural,convert}.go, and for formats
// pkg/apiserver/validation/formats.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { type FormatCheck, formatCheck, isSupportedFormat } from './formats.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** One schema, immutable once made. */
export interface SchemaNode {
  readonly source: JSONSchemaProps;
  /** '' where none is declared; then, with `intOrString`, `types` has two. */
  readonly type: string;
  readonly types: readonly string[];
  readonly nullable: boolean;
  /** The default with its own unknown fields dropped; undefined when there is none. */
  default: unknown;
  readonly properties: ReadonlyMap<string, SchemaNode>;
  /** Properties that have a default. */
  readonly defaulted: readonly (readonly [string, SchemaNode])[];
  /** additionalProperties: undefined when it is not there, else whether others are allowed and by which schema. */
  readonly additional: { readonly allows: boolean; readonly schema?: SchemaNode } | undefined;
  readonly items: SchemaNode | undefined;
  readonly preserves: boolean;
  readonly embedded: boolean;
  readonly intOrString: boolean;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
  readonly mapType: string;

  /** The format that is checked; '' for none and for those that this version does not know. */
  readonly format: string;
  readonly formatCheck: FormatCheck | undefined;
  readonly pattern: Pattern | undefined;
  readonly required: readonly string[];
  readonly enum: readonly unknown[];
  readonly allOf: readonly SchemaNode[];
  readonly anyOf: readonly SchemaNode[];
  readonly oneOf: readonly SchemaNode[];
  readonly not: SchemaNode | undefined;

  /** Whether a walk that looks for these may find any in or below the node. */
  readonly holds: {
    readonly defaults: boolean;
    readonly embedded: boolean;
    readonly uniqueLists: boolean;
  };
}

/**
 * What a schema is read for. Upstream converts it by two ways; that of defaults knows no type for int-or-string, and keeps
 * formats that nobody knows.
 */
export type Reading = 'objects' | 'defaults';

function formatOf(source: JSONSchemaProps, types: readonly string[], reading: Reading): string {
  const { format = '' } = source;
  if (reading === 'defaults') return format;
  return format !== '' && isSupportedFormat(types.length === 1 ? types[0]! : '', format) ? format : '';
}

function typesOf({ type, ...source }: JSONSchemaProps, reading: Reading): string[] {
  if (source['x-kubernetes-int-or-string'] && reading === 'objects') return ['integer', 'string'];
  return type ? [type] : [];
}

function additionalNode(
  source: JSONSchemaProps['additionalProperties'],
  reading: Reading,
): SchemaNode['additional'] {
  if (source === undefined || source === null) return undefined;
  if (typeof source === 'boolean') return { allows: source };
  return { allows: true, schema: schemaNode(source, reading) };
}

function nodes(sources: readonly JSONSchemaProps[] | undefined, reading: Reading): readonly SchemaNode[] {
  return sources?.map((source) => schemaNode(source, reading)) ?? [];
}

/** Makes the node of a schema and of all within it. `items` as a list and `$ref` are not structural and not looked at. */
export function schemaNode(source: JSONSchemaProps, reading: Reading = 'objects'): SchemaNode {
  const properties = new Map(
    Object.entries(source.properties ?? {}).map(([name, property]) => [name, schemaNode(property, reading)]),
  );
  const additional = additionalNode(source.additionalProperties, reading);
  const items = source.items && !Array.isArray(source.items) ? schemaNode(source.items, reading) : undefined;
  const types = typesOf(source, reading);
  const format = formatOf(source, types, reading);
  const listType = source['x-kubernetes-list-type'] ?? '';
  const embedded = source['x-kubernetes-embedded-resource'] === true;
  const parts = [...properties.values()];
  if (additional?.schema) parts.push(additional.schema);
  if (items) parts.push(items);
  return {
    source,
    type: source.type ?? '',
    types,
    nullable: source.nullable === true,
    default: source.default ?? undefined,
    properties,
    defaulted: [...properties].filter(([, property]) => property.default !== undefined),
    additional,
    items,
    preserves: source['x-kubernetes-preserve-unknown-fields'] === true,
    embedded,
    intOrString: source['x-kubernetes-int-or-string'] === true,
    listType,
    listMapKeys: source['x-kubernetes-list-map-keys'] ?? [],
    mapType: source['x-kubernetes-map-type'] ?? '',
    format,
    formatCheck: format === '' ? undefined : formatCheck(format),
    pattern: source.pattern ? compilePattern(source.pattern) : undefined,
    required: source.required ?? [],
    enum: source.enum ?? [],
    allOf: nodes(source.allOf, reading),
    anyOf: nodes(source.anyOf, reading),
    oneOf: nodes(source.oneOf, reading),
    not: source.not ? schemaNode(source.not, reading) : undefined,
    holds: {
      defaults: parts.some((part) => part.default !== undefined || part.holds.defaults),
      embedded: embedded || parts.some((part) => part.holds.embedded),
      uniqueLists: listType === 'set' || listType === 'map' || parts.some((part) => part.holds.uniqueLists),
    },
  };
}

/** The schema of a member: its property's, else that of all others. */
export function memberNode(node: SchemaNode, name: string): SchemaNode | undefined {
  return node.properties.get(name) ?? node.additional?.schema;
}
