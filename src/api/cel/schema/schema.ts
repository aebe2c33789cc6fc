// The parts of an OpenAPI schema that expressions see. A JSONSchemaProps of a structural CRD is one.

/** A structural schema. */
export interface Schema {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly items?: Schema | readonly Schema[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly maxLength?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
}

/** The schema of a list's items. */
export function itemsSchema({ items }: Schema): Schema | undefined {
  return Array.isArray(items) ? undefined : (items as Schema | undefined);
}

/** The schema of a map's values. */
export function valuesSchema({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** Whether it describes the root of an embedded resource. */
export function isEmbedded(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

const text: Schema = { type: 'string' };

/** With the fields that every resource's root has: apiVersion, kind, metadata.name and metadata.generateName. */
export function withTypeAndObjectMeta<S extends Schema>(schema: S): S {
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const meta = metadata?.type === 'object' ? metadata.properties : undefined;
  const isComplete =
    kind?.type === 'string' &&
    apiVersion?.type === 'string' &&
    meta?.['name']?.type === 'string' &&
    meta['generateName']?.type === 'string';
  if (isComplete) return schema;
  const added = { type: 'object', properties: { name: text, generateName: text } };
  const properties = { ...schema.properties, kind: text, apiVersion: text, metadata: added };
  return { ...schema, properties };
}
