// Structural schemas: every field has a type, and alternatives only restrict what the schema itself describes.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { type FieldError, fieldErrorText } from '../../../api/field-error.ts';
import { compilePattern } from '../../custom/schema/pattern.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { additionalOf, itemsOf, logicOf, propertiesOf } from './schema-parts.ts';

type Level = 'root' | 'item' | 'field';

const emptyTypeTexts: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function isIntOrString(parts: readonly JSONSchemaProps[] | undefined): boolean {
  return JSON.stringify(parts) === '[{"type":"integer"},{"type":"string"}]';
}

/** What must not stand in an alternative. */
const forbiddenNested = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
] as const;

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '' && value !== false && value !== null;
}

function validateValues(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  const skipAnyOf = isIntOrString(schema.anyOf);
  for (const [at, part] of logicOf(schema)) {
    if (skipAnyOf && at.startsWith('anyOf')) continue;
    const inner = at === 'allOf[0]' && isIntOrString(part.anyOf) ? { ...part, anyOf: [] } : part;
    validateNested(errors, inner, `${path}.${at}`);
  }
  if (!schema.pattern) return;
  const fault = compilePattern(schema.pattern).fault();
  if (fault !== undefined)
    errors.invalid(
      `${path}.pattern`,
      schema.pattern,
      `must be a valid regular expression, but isn't: ${fault}`,
    );
}

function validateNested(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  validateValues(errors, schema, path);
  const items = itemsOf(schema);
  if (items) validateNested(errors, items, `${path}.items`);
  for (const [name, property] of propertiesOf(schema))
    validateNested(errors, property, `${path}.properties[${name}]`);
  for (const [field, text] of forbiddenNested)
    if (isSet(schema[field])) errors.forbidden(`${path}.${field}`, text);
  if (schema.properties?.['metadata'])
    errors.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context');
}

function validateMetadata(
  errors: FieldErrors,
  metadata: JSONSchemaProps,
  path: string,
  level: Level,
  isObject: boolean,
): void {
  if (isObject && metadata.type !== 'object')
    errors.invalid(`${path}.type`, metadata.type ?? '', 'must be object');
  if (level !== 'root') return;
  const { type: _type, default: _default, properties = {}, ...rest } = metadata;
  const other = Object.keys(properties).some((name) => name !== 'name' && name !== 'generateName');
  if (other || Object.values(rest).some(isSet))
    errors.forbidden(
      path,
      'must not specify anything other than name and generateName, but metadata is implicitly specified',
    );
}

function validateType(errors: FieldErrors, schema: JSONSchemaProps, path: string, level: Level): void {
  const { type = '' } = schema;
  const at = `${path}.type`;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const embeddedText = 'must be object if x-kubernetes-embedded-resource is true';
  if (embedded && type !== 'object') {
    if (type === '') errors.required(at, embeddedText);
    else errors.invalid(at, type, embeddedText);
  } else if (
    type === '' &&
    !schema['x-kubernetes-int-or-string'] &&
    !schema['x-kubernetes-preserve-unknown-fields']
  )
    errors.required(at, emptyTypeTexts[level]);
  if (embedded && schema.additionalProperties !== undefined)
    errors.forbidden(
      `${path}.additionalProperties`,
      'must not be used if x-kubernetes-embedded-resource is set',
    );
  if (level === 'root' && type !== '' && type !== 'object')
    errors.invalid(at, type, 'must be object at the root');
}

function validateExtensions(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  if (!schema['x-kubernetes-int-or-string']) return;
  for (const field of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    if (schema[field])
      errors.invalid(`${path}.${field}`, true, 'must be false if x-kubernetes-int-or-string is true');
}

function validateInvariants(errors: FieldErrors, schema: JSONSchemaProps, path: string, level: Level): void {
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  const properties = schema.properties ?? {};
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const isObject = level === 'root' || embedded;
  if (schema.type === 'array' && (schema.items ?? null) === null)
    errors.required(`${path}.items`, 'must be specified');
  if (items) validateInvariants(errors, items, `${path}.items`, 'item');
  for (const [name, property] of propertiesOf(schema))
    validateInvariants(errors, property, `${path}.properties[${name}]`, 'field');
  if (schema.additionalProperties !== undefined && level === 'root')
    errors.forbidden(`${path}.additionalProperties`, 'must not be used at the root');
  if (additional) validateInvariants(errors, additional, `${path}.additionalProperties`, 'field');
  validateExtensions(errors, schema, path);
  validateValues(errors, schema, path);
  validateType(errors, schema, path, level);
  for (const name of ['kind', 'apiVersion']) {
    const property = properties[name];
    if (property && isObject && property.type !== 'string')
      errors.invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string');
  }
  if (properties['metadata'])
    validateMetadata(errors, properties['metadata'], `${path}.properties[metadata]`, level, isObject);
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(properties).length === 0)
    errors.required(
      `${path}.properties`,
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
    );
}

/** What alternatives restrict must be described outside of them. */
function validateCompleteness(
  errors: FieldErrors,
  part: JSONSchemaProps,
  schema: JSONSchemaProps | undefined,
  path: string,
  partPath: string,
): void {
  if (!schema) {
    errors.required(path, `because it is defined in ${partPath}`);
    return;
  }
  for (const [at, inner] of logicOf(part))
    validateCompleteness(errors, inner, schema, path, `${partPath}.${at}`);
  if (part === schema) return;
  const items = itemsOf(part);
  if (items) validateCompleteness(errors, items, itemsOf(schema), `${path}.items`, `${partPath}.items`);
  for (const [name, property] of propertiesOf(part)) {
    const at = `.properties[${name}]`;
    validateCompleteness(errors, property, schema.properties?.[name], `${path}${at}`, `${partPath}${at}`);
  }
}

/** The faults that make a schema not structural, in the order of their texts. */
export function structuralFaults(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors = new FieldErrors();
  validateInvariants(errors, schema, path, 'root');
  validateCompleteness(errors, schema, schema, path, path);
  const byText = errors.list.map((error) => [fieldErrorText(error), error] as const);
  return byText.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, error]) => error);
}
