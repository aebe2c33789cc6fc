// Rules of x-kubernetes-list-type, -list-map-keys and -map-type.
// Upstream: ValidateCustomResourceDefinitionOpenAPISchema and validateMapListKeysMapSet in
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { itemsOf } from './schema-parts.ts';

const listType = 'x-kubernetes-list-type';
const mapType = 'x-kubernetes-map-type';
const mapKeys = 'x-kubernetes-list-map-keys';

function validateNeededType(
  errors: FieldErrors,
  { type = '' }: JSONSchemaProps,
  path: string,
  needed: string,
  extension: string,
): void {
  if (type === needed) return;
  const text = `must be ${needed} if ${extension} is specified`;
  if (type === '') errors.required(`${path}.type`, text);
  else errors.invalid(`${path}.type`, type, text);
}

function validateSetItems(errors: FieldErrors, items: JSONSchemaProps, path: string): void {
  const text = `must be atomic as item of a list with ${listType}=set`;
  const own = items[listType];
  if (items.type === 'array' && own !== undefined && own !== 'atomic')
    errors.invalid(`${path}.items.${listType}`, own, text);
  // Upstream shows the list type here too.
  if (items.type === 'object' && items[mapType] !== 'atomic')
    errors.invalid(`${path}.items.${mapType}`, own ?? null, text);
}

function validateKeys(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  const keys = schema[mapKeys] ?? [];
  const items = itemsOf(schema);
  if (keys.length === 0) errors.required(`${path}.${mapKeys}`, `must not be empty if ${listType} is map`);
  if (schema.items === undefined)
    errors.required(`${path}.items`, `must have a schema if ${listType} is map`);
  else if (!items)
    errors.invalid(`${path}.items`, schema.items, `must only have a single schema if ${listType} is map`);
  else if (items.type !== 'object')
    errors.invalid(
      `${path}.items.type`,
      items.type ?? '',
      `must be object if parent array's ${listType} is map`,
    );
  else
    keys.forEach((key, i) => {
      const property = items.properties?.[key];
      if (!property)
        errors.invalid(`${path}.${mapKeys}`, keys, 'entries must all be names of item properties');
      else if (property.type === 'array' || property.type === 'object')
        errors.invalid(
          `${path}.items.properties[${key}].type`,
          items.type,
          `must be a scalar type if parent array's ${listType} is map`,
        );
      if (keys.indexOf(key) < i)
        errors.invalid(`${path}.${mapKeys}`, keys, 'must not contain duplicate entries');
    });
}

/** Whether a schema is a set whose items may be owned in parts. */
export function hasNonAtomicSet(schema: JSONSchemaProps): boolean {
  const items = itemsOf(schema);
  if (schema[listType] !== 'set' || !items) return false;
  if (items.type === 'array') return items[listType] !== undefined && items[listType] !== 'atomic';
  return items.type === 'object' && items[mapType] !== 'atomic';
}

/** The faults of nulls in the items and keys of sets and maps. */
export function validateNullability(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  const type = schema[listType];
  const items = itemsOf(schema);
  if (!items || (type !== 'set' && type !== 'map')) return;
  if (items.nullable)
    errors.forbidden(`${path}.items.nullable`, `cannot be nullable when ${listType} is ${type}`);
  if (type !== 'map') return;
  for (const key of schema[mapKeys] ?? []) {
    const property = items.properties?.[key];
    if (!property) continue;
    const at = `${path}.items.properties[${key}]`;
    const hasDefault = property.default !== undefined && property.default !== null;
    if (!items.required?.includes(key) && !hasDefault)
      errors.required(
        `${at}.default`,
        `this property is in ${mapKeys}, so it must have a default or be a required property`,
      );
    if (property.nullable)
      errors.forbidden(`${at}.nullable`, `this property is in ${mapKeys}, so it cannot be nullable`);
  }
}

/** Checks the extensions of one schema; `lenient`: what is not checked. */
export function validateListAndMap(
  errors: FieldErrors,
  schema: JSONSchemaProps,
  path: string,
  lenient: { readonly atomicSets: boolean; readonly mapKeys: boolean },
): void {
  const list = schema[listType];
  const map = schema[mapType];
  const items = itemsOf(schema);
  if (map !== undefined) {
    validateNeededType(errors, schema, path, 'object', mapType);
    if (map !== 'atomic' && map !== 'granular')
      errors.notSupported(`${path}.${mapType}`, map, ['atomic', 'granular']);
  }
  if (list !== undefined) {
    validateNeededType(errors, schema, path, 'array', listType);
    if (schema.type === 'array' && list === 'set' && items && !lenient.atomicSets)
      validateSetItems(errors, items, path);
    if (!['atomic', 'set', 'map'].includes(list))
      errors.notSupported(`${path}.${listType}`, list, ['atomic', 'set', 'map']);
  }
  if (schema[mapKeys]?.length && list !== 'map') {
    const text = `must be map if ${mapKeys} is non-empty`;
    if (list === undefined) errors.required(`${path}.${listType}`, text);
    else errors.invalid(`${path}.${listType}`, list, text);
  }
  if (list === 'map') validateKeys(errors, schema, path);
  if (!lenient.mapKeys) validateNullability(errors, schema, path);
}
