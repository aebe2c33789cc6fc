// What a schema may not have if it is to be read as a structural one at all.
// Upstream: NewStructural in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/convert.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';

function ownText(schema: JSONSchemaProps): string | undefined {
  const has = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;
  const found = [
    ['id', Boolean(schema.id)],
    ['schema', Boolean(schema.$schema)],
    ['$ref', Boolean(schema.$ref)],
    ['patternProperties', has(schema.patternProperties)],
    ['dependencies', has(schema.dependencies)],
    ['additionalItems', schema.additionalItems !== undefined],
    ['definitions', has(schema.definitions)],
  ] as const;
  const name = found.find(([, isThere]) => isThere)?.[0];
  return name && `OpenAPIV3Schema '${name}' is not supported`;
}

function logicText({ not, allOf = [], anyOf = [], oneOf = [] }: JSONSchemaProps): string | undefined {
  return firstText([...(not ? [not] : []), ...allOf, ...anyOf, ...oneOf]);
}

function firstText(schemas: readonly JSONSchemaProps[]): string | undefined {
  for (const schema of schemas) {
    const text = unsupportedText(schema);
    if (text !== undefined) return text;
  }
  return undefined;
}

function partsText({ items, properties = {}, additionalProperties }: JSONSchemaProps): string | undefined {
  if (Array.isArray(items)) {
    if (items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  } else if (items) {
    const text = unsupportedText(items);
    if (text !== undefined) return text;
  }
  const names = Object.keys(properties).sort();
  return firstText([
    ...names.map((name) => properties[name]!),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ]);
}

/** Why a schema cannot be read as a structural one, undefined when it can. */
export function unsupportedText(schema: JSONSchemaProps): string | undefined {
  const text = ownText(schema) ?? logicText(schema);
  if (text !== undefined) return text;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  return partsText(schema);
}
