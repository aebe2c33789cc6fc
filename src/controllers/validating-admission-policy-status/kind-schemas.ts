// Schemas of kinds from the server's OpenAPI documents, with all references resolved.
// Upstream: k8s.io/apiserver/pkg/cel/openapi/resolver/{discovery,refs}.go.
import type { Schema } from '../../api/cel/schema/schema.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { Client } from '../../client/client.ts';
import type { GroupVersionKind } from '../../kinds/admissionregistration/expressions/type-check.ts';

interface OpenApiSchema extends Omit<Schema, 'items' | 'properties' | 'additionalProperties'> {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly items?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

type Schemas = Readonly<Record<string, OpenApiSchema>>;

const prefix = '#/components/schemas/';

/** What a schema refers to; a reference may stand in allOf, beside a description. */
function referenceOf({ $ref, allOf }: OpenApiSchema): string | undefined {
  if ($ref !== undefined) return $ref.slice(prefix.length);
  for (const part of allOf ?? []) {
    const found = referenceOf(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The schema without references; where it contains itself, an object of which nothing is known stands in. */
function resolved(schemas: Schemas, schema: OpenApiSchema, above: ReadonlySet<string>): Schema {
  const reference = referenceOf(schema);
  let whole = schema;
  let within = above;
  if (reference !== undefined) {
    if (above.has(reference)) return { type: 'object' };
    whole = schemas[reference] ?? {};
    within = new Set(above).add(reference);
  }
  const { properties, items, additionalProperties, allOf: _, $ref: _ref, ...rest } = whole;
  const below = (part: OpenApiSchema): Schema => resolved(schemas, part, within);
  return {
    ...rest,
    ...(rest.format === 'int-or-string' && { 'x-kubernetes-int-or-string': true }),
    ...(items && { items: below(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, below(part)])),
    }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: below(additionalProperties) }),
  };
}

/** Reads the documents that it is asked for once. */
export class KindSchemas {
  private readonly client: Client;
  private readonly documents = new Map<string, Promise<Schemas>>();

  constructor(client: Client) {
    this.client = client;
  }

  private async read(path: string): Promise<Schemas> {
    try {
      const document = await this.client.raw<{ components?: { schemas?: Schemas } }>(`/openapi/v3/${path}`);
      return document.components?.schemas ?? {};
    } catch (error) {
      if (isNotFound(error)) return {};
      throw error;
    }
  }

  /** The schema of a kind; undefined where the server tells none. */
  async of({ group, version, kind }: GroupVersionKind): Promise<Schema | undefined> {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    let document = this.documents.get(path);
    if (document === undefined) {
      document = this.read(path);
      this.documents.set(path, document);
    }
    const schemas = await document;
    for (const [name, schema] of Object.entries(schemas)) {
      const isKind = schema['x-kubernetes-group-version-kind']?.some(
        (gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind,
      );
      if (isKind) return resolved(schemas, schema, new Set([name]));
    }
    return undefined;
  }
}
