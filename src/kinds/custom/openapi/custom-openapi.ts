// OpenAPI of custom resources: what to hand to the builders of documents, and documents of one version alone.
// Upstream: k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { isJsonObject } from '../../../api/json-object.ts';
import type { Json } from '../../../api/object.ts';
import { buildOpenApiV2 } from '../../../api/openapi/open-api-v2.ts';
import { buildOpenApiV3, type OpenApiOptions } from '../../../api/openapi/open-api-v3.ts';
import type { Schema } from '../../../api/openapi/schemas.ts';
import { customOperations } from './custom-operations.ts';
import { customSchemas } from './custom-schemas.ts';

/** One version of one definition. */
export interface CustomVersion {
  readonly crd: CustomResourceDefinition;
  readonly version: string;
}

/**
 * The options by which buildOpenApiV3 (for the versions of one group version) or buildOpenApiV2 (for all) puts custom
 * resources into a document.
 */
export function customOpenApiOptions(versions: readonly CustomVersion[], format: 2 | 3): OpenApiOptions {
  return {
    operations: versions.flatMap(({ crd, version }) => customOperations(crd, version)),
    schemas: Object.assign(
      {},
      ...versions.map(({ crd, version }) => customSchemas(crd, version, format)),
    ) as Record<string, Schema>,
    references: ['meta/v1.ObjectMeta', 'meta/v1.ListMeta'],
    ...(format === 3 && { info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' } }),
  };
}

const single = ['items', 'additionalProperties', 'not'];
const lists = ['allOf', 'anyOf', 'oneOf'];

/**
 * A schema without its defaults: the document of all groups has none.
 * Upstream: PruneDefaults in k8s.io/kube-openapi/pkg/handler/default_pruning.go.
 */
function withoutDefaults(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const { default: _, ...rest } = schema;
  for (const name of single) if (isJsonObject(rest[name])) rest[name] = withoutDefaults(rest[name]);
  for (const name of lists) {
    const parts = rest[name];
    if (Array.isArray(parts)) rest[name] = parts.map(withoutDefaults);
  }
  if (isJsonObject(rest['properties']))
    rest['properties'] = Object.fromEntries(
      Object.entries(rest['properties']).map(([name, property]) => [name, withoutDefaults(property)]),
    );
  return rest;
}

/** The OpenAPI 3 document of one version. */
export function customOpenApiV3(crd: CustomResourceDefinition, version: string): Schema {
  return buildOpenApiV3(`${crd.spec.group}/${version}`, [], customOpenApiOptions([{ crd, version }], 3));
}

/** What one version adds to the document of all groups. `enums`: whether fields of built-in types list what they can be. */
export function customOpenApiV2Part(crd: CustomResourceDefinition, version: string, enums: boolean): Schema {
  const options = customOpenApiOptions([{ crd, version }], 2);
  const schemas = Object.entries(options.schemas ?? {}).map(([name, schema]) => [
    name,
    withoutDefaults(schema),
  ]);
  return buildOpenApiV2([], { ...options, enums, schemas: Object.fromEntries(schemas) });
}

/** The OpenAPI 2 document of one version. */
export function customOpenApiV2(crd: CustomResourceDefinition, version: string): Schema {
  return buildOpenApiV2([], customOpenApiOptions([{ crd, version }], 2));
}
