// The OpenAPI 2 document (swagger) of the whole server, which kubectl before 1.27 explains and validates with.
// Upstream: k8s.io/kube-openapi/pkg/builder/openapi.go.
import type { Json } from '../object.ts';
import {
  answerMediaTypes,
  byPath,
  codeTexts,
  commonParameters,
  documentVersion,
  type OpenApiOptions,
  operationsOf,
  parameterKey,
  patchMediaTypes,
} from './open-api-v3.ts';
import { groupVersionName } from './operation-names.ts';
import type { BodyType, OpenApiResource, Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { allGroupVersions, type Schema, SchemaCollector } from './schemas.ts';
import type { ServerPath } from './server-paths.ts';
import { shareParameters } from './shared-parameters.ts';

const schemasOfParameters = new WeakMap<Parameter, Schema>();

function parameterV2(parameter: Parameter): Schema {
  let schema = schemasOfParameters.get(parameter);
  if (schema === undefined) {
    const { name, in: place, type, description } = parameter;
    schema = {
      ...(description === '' ? {} : { description }),
      in: place,
      name,
      ...(place === 'path' ? { required: true } : {}),
      type,
      uniqueItems: true,
    };
    schemasOfParameters.set(parameter, schema);
  }
  return schema;
}

function byName(a: Schema, b: Schema): number {
  return String(a['name']) < String(b['name']) ? -1 : 1;
}

/** A schema whose properties have no defaults: this version of the document has none. */
function withoutDefaults(schema: Schema): Schema {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, { default: _, ...rest }]) => [name, rest])),
  };
}

class Builder {
  private readonly collector: SchemaCollector;
  readonly paths: Schema = {};

  constructor(enums: boolean) {
    this.collector = new SchemaCollector({
      refPrefix: '#/definitions/',
      version: 2,
      enums,
      groupVersions: allGroupVersions(),
    });
  }

  private typeSchema(type: BodyType): Schema {
    if (type === 'string') return { type: 'string' };
    if ('ref' in type) return this.collector.reference(type.ref);
    return type.schema === '' ? { type: 'object' } : { $ref: `#/definitions/${type.schema}` };
  }

  private parameters(operation: Operation, common: Set<string>): Schema[] {
    const parameters = operation.parameters
      .filter((parameter) => !common.has(parameterKey(parameter)))
      .map(parameterV2);
    const { body } = operation;
    if (body)
      parameters.push({
        in: 'body',
        name: 'body',
        ...(body.required ? { required: true } : {}),
        schema: this.typeSchema(body.type),
      });
    return parameters.sort(byName);
  }

  private operation(operation: Operation, common: Set<string>, tag: string): Schema {
    const parameters = this.parameters(operation, common);
    const responses: Schema = {};
    for (const code of operation.codes)
      responses[code] = { description: codeTexts[code]!, schema: this.typeSchema(operation.response) };
    responses['401'] = { description: 'Unauthorized' };
    const { gvk } = operation;
    const consumes =
      operation.consumes ??
      (operation.body?.patch ? patchMediaTypes : operation.action ? ['*/*'] : answerMediaTypes(operation));
    return {
      ...(consumes.length > 0 ? { consumes: [...consumes] } : {}),
      description: operation.description,
      operationId: operation.id,
      ...(parameters.length > 0 ? { parameters } : {}),
      produces: answerMediaTypes(operation),
      responses,
      schemes: ['https'],
      tags: [tag],
      ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
      ...(operation.action && gvk ? { 'x-kubernetes-group-version-kind': { ...gvk } } : {}),
    };
  }

  /** The document will have these types, whoever refers to them. */
  refer(types: readonly string[]): void {
    for (const type of types) this.collector.reference(type);
  }

  add(operations: readonly Operation[], tag: string): void {
    for (const [path, members] of byPath(operations)) {
      const common = commonParameters(members);
      const item: Schema = {};
      for (const member of members) item[member.method] = this.operation(member, common, tag);
      const shared = members[0]!.parameters.filter((parameter) => common.has(parameterKey(parameter)));
      if (shared.length > 0) item['parameters'] = shared.map(parameterV2).sort(byName);
      this.paths[path] = item;
    }
  }

  document(extra: Readonly<Record<string, Schema>>, builtInTypes: boolean): Schema {
    const definitions: Record<string, Json> = { ...(builtInTypes && this.collector.finish()), ...extra };
    const parameters = shareParameters(this.paths);
    return {
      definitions,
      info: { title: 'Kubernetes', version: documentVersion },
      ...(Object.keys(parameters).length > 0 && { parameters }),
      paths: Object.fromEntries(Object.entries(this.paths).sort(([a], [b]) => (a < b ? -1 : 1))),
      security: [{ BearerToken: [] }],
      securityDefinitions: {
        BearerToken: {
          description: 'Bearer Token authentication',
          in: 'header',
          name: 'authorization',
          type: 'apiKey',
        },
      },
      swagger: '2.0',
    };
  }
}

/** The OpenAPI 2 document of a server with these resources, and these paths that are none. */
export function buildOpenApiV2(
  resources: readonly OpenApiResource[],
  options: OpenApiOptions = {},
  serverPaths: readonly ServerPath[] = [],
): Schema {
  const builder = new Builder(options.enums ?? true);
  const groupVersions = new Set(
    resources.map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
  );
  for (const groupVersion of groupVersions) {
    const { group, version } = resources.find(
      (resource) =>
        (resource.group === '' ? resource.version : `${resource.group}/${resource.version}`) === groupVersion,
    )!;
    builder.add(operationsOf(groupVersion, resources, options), groupVersionName(group, version).tag);
  }
  const custom = new Map<string, Operation[]>();
  for (const operation of options.operations ?? []) {
    const { tag } = groupVersionName(operation.gvk!.group, operation.gvk!.version);
    custom.set(tag, [...(custom.get(tag) ?? []), operation]);
  }
  for (const [tag, operations] of custom) builder.add(operations, tag);
  builder.refer(options.references ?? []);
  const schemas = { ...options.schemas };
  for (const { operation, tag, schemas: own } of serverPaths) {
    builder.add([operation], tag);
    for (const [name, schema] of Object.entries(own ?? {})) schemas[name] = withoutDefaults(schema);
  }
  return builder.document(schemas, options.builtInTypes ?? true);
}
