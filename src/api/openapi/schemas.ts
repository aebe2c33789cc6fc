// JSON schemas of types for OpenAPI documents, made from the fact tables.
// Upstream: k8s.io/kube-openapi/pkg/generators/openapi.go and builder3 (what the generated definitions hold and how the
// server writes them).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../object.ts';
import { structFields } from '../schema/struct-fields.ts';
import {
  enumFact,
  type FieldFact,
  isReference,
  packageRoot,
  splitRef,
  typeFact,
  typesOf,
} from '../schema/type-table.ts';
import { fieldDescription, typeDescription } from './descriptions.ts';
import { isSpecialSchema, schemaName } from './schema-names.ts';

/** A schema of an OpenAPI document. */
export type Schema = { [key: string]: Json };

/** How the two versions of the format differ in schemas. */
export interface SchemaStyle {
  /** Where schemas stand in the document. */
  readonly refPrefix: '#/components/schemas/' | '#/definitions/';
  /** Version 3 has defaults and oneOf; in it a $ref cannot have siblings. */
  readonly version: 2 | 3;
  /** Whether closed enums list their values (the OpenAPIEnums feature, on by default). */
  readonly enums: boolean;
  /** Where kinds of apimachinery (DeleteOptions, WatchEvent) are said to be: `v1`, `apps/v1`. */
  readonly groupVersions: readonly string[];
}

/** Collects the schemas of everything that was referred to. */
export class SchemaCollector {
  readonly style: SchemaStyle;
  private readonly schemas = new Map<string, Schema>();
  private readonly waiting: string[] = [];

  constructor(style: SchemaStyle) {
    this.style = style;
  }

  /** A reference to a type's schema, which the document will have. */
  reference(type: string): Schema {
    const name = schemaName(type);
    if (!this.schemas.has(name)) {
      this.schemas.set(name, {});
      this.waiting.push(type);
    }
    return { $ref: this.style.refPrefix + name };
  }

  /** All schemas by name, sorted; call it when everything was referred to. */
  finish(): Record<string, Schema> {
    for (let type = this.waiting.pop(); type !== undefined; type = this.waiting.pop())
      this.schemas.set(schemaName(type), isReference(type) ? this.type(type) : special(type, this.style));
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private type(ref: string): Schema {
    const fact = typeFact(ref);
    const schema: Schema = {};
    const description = typeDescription(ref);
    if (description !== '') schema['description'] = description;
    if (fact.jsonUnion) return schema;
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const { fact: field } of structFields(ref)) {
      properties[field.json] = this.property(field, fieldDescription(ref, field.json));
      if (field.required) required.push(field.json);
    }
    schema['type'] = 'object';
    if (Object.keys(properties).length > 0) schema['properties'] = properties;
    if (required.length > 0) schema['required'] = required;
    return { ...schema, ...typeExtensions(ref, this.style.groupVersions) };
  }

  private property(field: FieldFact, text: string): Schema {
    const description = this.withEnum(field, text);
    const schema = this.withSiblings(this.value(field), {
      ...(description === '' ? {} : { description }),
      ...this.defaultOf(field, !field.omitempty && !field.pointer),
    });
    return { ...schema, ...extensions(field) };
  }

  private value(field: FieldFact): Schema {
    if (field.list) return this.list(field);
    if (field.map) return { type: 'object', additionalProperties: this.element(field) };
    return this.single(field);
  }

  private list(field: FieldFact): Schema {
    return { type: 'array', items: this.element(field) };
  }

  private element(field: FieldFact): Schema {
    const { default: _, ...plain } = field;
    return this.withSiblings(this.single(field), this.defaultOf({ ...plain, list: false, map: false }, true));
  }

  private single(field: FieldFact): Schema {
    if (isReference(field.type)) {
      const fact = typeFact(field.type);
      // A named list has no schema of its own.
      return fact.wrap ? this.list(fact.fields[0]!) : this.reference(field.type);
    }
    if (isSpecialSchema(field.type)) return this.reference(field.type);
    const schema: Schema = { ...scalars[field.type] };
    const values = this.enumValues(field);
    if (values !== undefined) schema['enum'] = values;
    return schema;
  }

  /** In version 3 a $ref stands alone; what belongs to it goes beside an allOf. */
  private withSiblings(schema: Schema, siblings: Schema): Schema {
    if (Object.keys(siblings).length === 0) return schema;
    if (this.style.version === 3 && '$ref' in schema) return { allOf: [schema], ...siblings };
    return { ...schema, ...siblings };
  }

  /** The zero value of what is not a pointer is a default; declared ones come first. */
  private defaultOf(field: FieldFact, zero: boolean): Schema {
    if (this.style.version === 2) return {};
    if (field.default !== undefined) return { default: field.default };
    if (field.list || field.map) return {};
    if (isReference(field.type)) {
      const fact = typeFact(field.type);
      return fact.wrap || fact.jsonUnion || field.pointer ? {} : { default: {} };
    }
    return zero && Object.hasOwn(zeroDefaults, field.type) ? { default: zeroDefaults[field.type]! } : {};
  }

  private enumValues(field: FieldFact): string[] | undefined {
    if (!this.style.enums || field.enum === undefined) return undefined;
    const fact = enumFact(field.enum);
    return fact?.closed ? [...new Set(Object.values(fact.values))].sort() : undefined;
  }

  /** The text of a field with the values that it may have. Most texts that were read have them, some with a word to each. */
  private withEnum(field: FieldFact, text: string): string {
    const values = this.enumValues(field);
    const at = text.indexOf(enumTitle);
    if (values === undefined) return at < 0 ? text : text.slice(0, at);
    // of lists and maps it tells the values of their elements alone
    if (field.list || field.map) return text;
    return at < 0 ? `${text}${enumTitle}\n${values.map((v) => ` - \`"${v}"\``).join('\n')}` : text;
  }
}

const enumTitle = '\n\nPossible enum values:';

const scalars: Record<string, Schema> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
};

const zeroDefaults: Record<string, Json> = { string: '', int32: 0, int64: 0, float64: 0, bool: false };

const specialTexts: Record<string, string> = {
  Quantity: 'Quantity is a fixed-point representation of a number: 100m, 1.5Gi, 12e6.',
  Duration: 'Duration is a duration such as 1h30m0s.',
};

/** Where the texts of the others are. */
const specialRefs: Record<string, string> = {
  IntOrString: 'intstr.IntOrString',
  RawExtension: 'runtime.RawExtension',
  Time: 'meta/v1.Time',
  MicroTime: 'meta/v1.MicroTime',
  FieldsV1: 'meta/v1.FieldsV1',
  JSON: 'apiextensions.k8s.io/v1.JSON',
};

const specialShapes: Record<string, Schema> = {
  Quantity: { type: 'string' },
  IntOrString: { type: 'string', format: 'int-or-string' },
  RawExtension: { type: 'object' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  Duration: { type: 'string' },
  FieldsV1: { type: 'object' },
  JSON: {},
};

const oneOfShapes: Record<string, Schema> = {
  Quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

function special(type: string, style: SchemaStyle): Schema {
  const shape = style.version === 3 ? (oneOfShapes[type] ?? specialShapes[type]) : specialShapes[type];
  return { description: specialTexts[type] ?? typeDescription(specialRefs[type]!), ...shape };
}

function extensions(field: FieldFact): Schema {
  const found: Schema = {};
  if (field.listMapKeys) found['x-kubernetes-list-map-keys'] = field.listMapKeys;
  if (field.listType) found['x-kubernetes-list-type'] = field.listType;
  if (field.mapType || field.structType)
    found['x-kubernetes-map-type'] = (field.mapType ?? field.structType)!;
  if (field.patchMergeKey) found['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
  if (field.patchStrategy) found['x-kubernetes-patch-strategy'] = field.patchStrategy;
  return found;
}

let groupVersionsWithTypes: string[] | undefined;

/** Every group version with types, as `v1` or `apps/v1`: kinds of apimachinery are registered in each of them. */
export function allGroupVersions(): readonly string[] {
  groupVersionsWithTypes ??= readdirSync(join(packageRoot(), 'openapi', 'types'))
    .map((file) => file.replace(/\.json$/, ''))
    .filter(
      (name) =>
        name.includes('_') &&
        !/^(core|meta|custom\.metrics|external\.metrics|metrics|apidiscovery)[._]/.test(name),
    )
    .map((name) => name.replace('_', '/'));
  return groupVersionsWithTypes;
}

function gvk(groupVersion: string, kind: string): Schema {
  const [group, version] = groupVersion.split('/') as [string, string];
  return { group: group === 'core' || group === 'meta' ? '' : group, kind, version };
}

function typeExtensions(ref: string, groupVersions: readonly string[]): Schema {
  const { groupVersion, name } = splitRef(ref);
  const fact = typeFact(ref);
  const found: Schema = {};
  if (fact.structType) found['x-kubernetes-map-type'] = fact.structType;
  const everywhere = groupVersion === 'meta/v1' && (name === 'DeleteOptions' || name === 'WatchEvent');
  if (everywhere)
    found['x-kubernetes-group-version-kind'] = ['core/v1', ...groupVersions.filter((gv) => gv !== 'v1')].map(
      (gv) => gvk(gv, name),
    );
  else if (typesOf(groupVersion)[name]?.kind)
    found['x-kubernetes-group-version-kind'] = [gvk(groupVersion, name)];
  if (fact.union) found['x-kubernetes-unions'] = [unionOf(fact.fields)];
  return found;
}

function unionOf(fields: readonly FieldFact[]): Schema {
  const discriminator = fields.find((field) => field.markers?.includes('+unionDiscriminator'));
  const members = fields.filter((field) => field !== discriminator && field.optional);
  return {
    ...(discriminator ? { discriminator: discriminator.json } : {}),
    'fields-to-discriminateBy': Object.fromEntries(
      members.map((field) => [field.json, field.json[0]!.toUpperCase() + field.json.slice(1)]),
    ),
  };
}
