// Defaults in a schema must be of the type that they stand for. Other restrictions of the schema are not applied to them yet:
// that comes with the validation of custom resources.
// Upstream: ValidateDefaults in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { type FieldError, typeInvalid } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { goJson } from '../../../api/go-text.ts';
import { isJsonObject } from '../../../api/json-object.ts';
import { additionalOf, itemsOf, propertiesOf } from './schema-parts.ts';

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function fits(schema: JSONSchemaProps, actual: string): boolean {
  const { type = '' } = schema;
  if (type === '' || type === actual) return true;
  if (actual === 'null') return schema.nullable === true;
  return type === 'number' && actual === 'integer';
}

/** Where a value within a default stands, as paths and in the words of the message. */
interface Place {
  readonly path: string;
  readonly name: string;
}

function valueFaults(schema: JSONSchemaProps, value: unknown, { path, name }: Place): FieldError[] {
  const actual = typeOf(value);
  if (!fits(schema, actual)) {
    const text = `${name} in body must be of type ${schema.type}: ${goJson(actual)}`;
    return [typeInvalid(new FieldPath(path), actual, text)];
  }
  const inner = (key: string): string => (name === '' ? key : `${name}.${key}`);
  const items = itemsOf(schema);
  if (Array.isArray(value) && items)
    return value.flatMap((item, i) =>
      valueFaults(items, item, { path: `${path}[${i}]`, name: inner(String(i)) }),
    );
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const property = schema.properties?.[key] ?? additionalOf(schema);
    if (!property) return [];
    return valueFaults(property, member, { path: `${path}.${key}`, name: inner(key) });
  });
}

/** The faults of all defaults in a schema. */
export function defaultFaults(schema: JSONSchemaProps, path: string): FieldError[] {
  const own =
    schema.default === undefined || schema.default === null
      ? []
      : valueFaults(schema, schema.default, { path: `${path}.default`, name: '' });
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  return [
    ...own,
    ...(items ? defaultFaults(items, `${path}.items`) : []),
    ...propertiesOf(schema).flatMap(([name, property]) =>
      defaultFaults(property, `${path}.properties[${name}]`),
    ),
    ...(additional ? defaultFaults(additional, `${path}.additionalProperties`) : []),
  ];
}
