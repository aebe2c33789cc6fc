// Rules of the OpenAPI schema of a custom resource.
// Upstream: ValidateCustomResourceDefinitionOpenAPISchema in
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { checkRuleSyntax } from '../../custom/rules/rule-syntax-errors.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { type Lenience, schemaTypes, strict } from './lenience.ts';
import { validateListAndMap } from './list-rules.ts';
import { additionalOf, logicOf, propertiesOf } from './schema-parts.ts';

const metaFields = new Set(['metadata', 'kind', 'apiVersion']);

/** Where in the resource a schema stands. */
interface Place {
  readonly root?: boolean;
  /** It describes metadata, kind or apiVersion. */
  readonly insideMeta?: boolean;
  /** Why it may have no defaults. */
  readonly noDefaults?: string;
  readonly lenient?: Lenience;
  /** Takes the paths of all schemas that have faults, in them or below. */
  readonly faulty?: Set<string>;
}

const unsupported = [
  ['id', 'id'],
  ['additionalItems', 'additionalItems'],
  ['patternProperties', 'patternProperties'],
  ['definitions', 'definitions'],
  ['dependencies', 'dependencies'],
  ['$ref', '$ref'],
] as const;

function validateOne(errors: FieldErrors, schema: JSONSchemaProps, path: string, place: Place): void {
  const { type = '' } = schema;
  if (type !== '' && !schemaTypes.includes(type) && !place.lenient?.types)
    errors.notSupported(`${path}.type`, type, schemaTypes);
  if (schema.default !== undefined && schema.default !== null && place.noDefaults !== undefined)
    errors.forbidden(`${path}.default`, `must not be set ${place.noDefaults}`);
  for (const [field, name] of unsupported) {
    const value = schema[field];
    const isMap = field === 'patternProperties' || field === 'definitions';
    const isEmpty =
      value === undefined || (field === 'id' && value === '') || (isMap && Object.keys(value).length === 0);
    if (!isEmpty) errors.forbidden(`${path}.${field}`, `${name} is not supported`);
  }
  if (type === 'null')
    errors.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative');
  if (Array.isArray(schema.items))
    errors.forbidden(`${path}.items`, 'items must be a schema object and not an array');
  if (place.insideMeta && schema['x-kubernetes-embedded-resource'])
    errors.forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta');
  if (schema.uniqueItems)
    errors.forbidden(
      `${path}.uniqueItems`,
      'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    );
}

function validateParts(errors: FieldErrors, schema: JSONSchemaProps, path: string, place: Place): void {
  const inner: Place = { ...place, root: false };
  const properties = propertiesOf(schema);
  const { additionalProperties, items } = schema;
  const additional = additionalOf(schema);
  if (additionalProperties !== undefined && additionalProperties !== true && properties.length > 0)
    errors.forbidden(
      `${path}.additionalProperties`,
      'additionalProperties and properties are mutual exclusive',
    );
  if (additional) {
    const reason = place.insideMeta
      ? 'inside additionalProperties applying to object metadata'
      : place.noDefaults;
    validateSchema(errors, additional, `${path}.additionalProperties`, { ...inner, noDefaults: reason });
  }
  for (const [name, property] of properties) {
    const isMeta = (place.root || schema['x-kubernetes-embedded-resource']) && metaFields.has(name);
    const noDefaults = isMeta && place.root ? `in top-level ${name}` : place.noDefaults;
    const insideMeta = isMeta || place.insideMeta;
    validateSchema(errors, property, `${path}.properties[${name}]`, { ...inner, insideMeta, noDefaults });
  }
  for (const [at, part] of logicOf(schema)) validateSchema(errors, part, `${path}.${at}`, inner);
  if (Array.isArray(items))
    items.forEach((item, i) => {
      validateSchema(errors, item, `${path}.items[${i}]`, inner);
    });
  else if (items) validateSchema(errors, items, `${path}.items`, inner);
}

/** Checks a schema and all within it. */
export function validateSchema(
  errors: FieldErrors,
  schema: JSONSchemaProps,
  path: string,
  place: Place = { root: true },
): void {
  const before = errors.list.length;
  validateOne(errors, schema, path, place);
  validateParts(errors, schema, path, place);
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined');
  validateListAndMap(errors, schema, path, place.lenient ?? strict);
  checkRuleSyntax(schema, path, errors);
  if (errors.list.length > before) place.faulty?.add(path);
}
