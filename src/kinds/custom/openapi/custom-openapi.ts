// OpenAPI of custom resources: what to hand to the builders of documents, and documents of one version alone.
// Upstream: k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { isJsonObject } from '../../../api/json-object.ts';
import type { Json } from '../../../api/object.ts';
import { buildOpenApiV2 } from '../../../api/openapi/open-api-v2.ts';
import { buildOpenApiV3, type OpenApiOptions } from '../../../api/openapi/open-api-v3.ts';
import { allGroupVersions, type Schema } from '../../../api/openapi/schemas.ts';
import { customOperations } from './custom-operations.ts';
import { customSchemas } from './custom-schemas.ts';

/** One version of one definition. */
export interface CustomVersion {
  readonly crd: CustomResourceDefinition;
  readonly version: string;
}

/** What one version adds to documents. `format`: the version of OpenAPI. */
function customOpenApiOptions({ crd, version }: CustomVersion, format: 2 | 3): OpenApiOptions {
  return {
    operations: customOperations(crd, version),
    schemas: customSchemas(crd, version, format),
    references: ['meta/v1.ObjectMeta', 'meta/v1.ListMeta'],
    ...(format === 3 && { info, groupVersions: clientGroupVersions() }),
  };
}

/** Groups whose types clients do not have, so that documents of custom resources do not know them. */
const unknownToClients = ['admission', 'apiextensions', 'apiregistration', 'imagepolicy'].map(
  (name) => `${name}.k8s.io`,
);

/**
 * Where kinds of apimachinery are said to be: in all group versions of the client library.
 * Upstream: k8s.io/client-go/kubernetes/scheme/register.go.
 */
function clientGroupVersions(): string[] {
  return allGroupVersions().filter((name) => !unknownToClients.includes(name.split('/')[0]!));
}

const info = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

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
  return buildOpenApiV3(`${crd.spec.group}/${version}`, [], customOpenApiOptions({ crd, version }, 3));
}

/** The OpenAPI 2 document of one version. */
export function customOpenApiV2(crd: CustomResourceDefinition, version: string): Schema {
  return buildOpenApiV2([], customOpenApiOptions({ crd, version }, 2));
}

/** What one version adds to a document, without built-in types. */
export interface CustomPart {
  readonly document: Schema;
  /** The built-in types to which it refers: `meta/v1.ObjectMeta`. */
  readonly types: readonly string[];
}

function referredTypes({ operations = [], references = [] }: OpenApiOptions): string[] {
  const bodies = operations.flatMap(({ response, body }) => [response, ...(body ? [body.type] : [])]);
  const types = bodies.flatMap((type) => (typeof type === 'object' && 'ref' in type ? [type.ref] : []));
  return [...new Set([...references, ...types])];
}

/** A part of the document of its group version. */
export function customPartV3(of: CustomVersion): CustomPart {
  const options = { ...customOpenApiOptions(of, 3), builtInTypes: false };
  return {
    document: buildOpenApiV3(`${of.crd.spec.group}/${of.version}`, [], options),
    types: referredTypes(options),
  };
}

/** A part of the document of all groups. */
export function customPartV2(of: CustomVersion): CustomPart {
  const options = { ...customOpenApiOptions(of, 2), builtInTypes: false };
  const schemas = Object.fromEntries(
    Object.entries(options.schemas ?? {}).map(([name, schema]) => [name, withoutDefaults(schema)]),
  );
  return {
    document: buildOpenApiV2([], { ...options, schemas: schemas as Record<string, Schema> }),
    types: referredTypes(options),
  };
}

/** The types to which the parts of a group version refer. `enums`: whether fields list what they can be. */
export function customTypesV3(groupVersion: string, references: readonly string[], enums: boolean): Schema {
  return buildOpenApiV3(groupVersion, [], { references, enums, info, groupVersions: clientGroupVersions() });
}

/** The types to which the parts of the document of all groups refer. */
export function customTypesV2(references: readonly string[], enums: boolean): Schema {
  return buildOpenApiV2([], { references, enums });
}
