// The parts of a JSON schema, and walks over them.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';

/** The schema of all items; undefined when there is none or one for each item. */
export function itemsOf({ items }: JSONSchemaProps): JSONSchemaProps | undefined {
  return Array.isArray(items) ? undefined : items;
}

/** The schema of further properties. */
export function additionalOf({ additionalProperties }: JSONSchemaProps): JSONSchemaProps | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** A schema within another, with its path behind the other's. */
export type Part = readonly [path: string, schema: JSONSchemaProps];

/** The alternatives and conjunctions of a schema. */
export function logicOf(schema: JSONSchemaProps): Part[] {
  const parts: Part[] = [];
  if (schema.not) parts.push(['not', schema.not]);
  for (const field of ['allOf', 'anyOf', 'oneOf'] as const)
    schema[field]?.forEach((part, i) => {
      parts.push([`${field}[${i}]`, part]);
    });
  return parts;
}

/** Properties in the order of their names. */
export function propertiesOf({ properties = {} }: JSONSchemaProps): (readonly [string, JSONSchemaProps])[] {
  return Object.keys(properties)
    .sort()
    .map((name) => [name, properties[name]!] as const);
}

/** A schema and all within it. */
export function* everySchema(schema: JSONSchemaProps): Generator<JSONSchemaProps> {
  yield schema;
  const { items } = schema;
  for (const item of Array.isArray(items) ? items : items ? [items] : []) yield* everySchema(item);
  for (const [, part] of logicOf(schema)) yield* everySchema(part);
  for (const [, property] of propertiesOf(schema)) yield* everySchema(property);
  const additional = additionalOf(schema);
  if (additional) yield* everySchema(additional);
}
