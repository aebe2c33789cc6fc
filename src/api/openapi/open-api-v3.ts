// The OpenAPI 3 document of one group version. Upstream: k8s.io/kube-openapi/pkg/builder3/openapi.go.
import type { Json } from '../object.ts';
import { refOfKind } from '../schema/type-table.ts';
import { groupVersionName } from './operation-names.ts';
import { type BodyType, type OpenApiResource, type Operation, ResourceOperations } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { type Schema, SchemaCollector } from './schemas.ts';
import type { ServerPath } from './server-paths.ts';

/** What a document holds beside the built-in types. */
export interface OpenApiOptions {
  /** Schemas of custom resources by their full name, ready for the document's version. */
  readonly schemas?: Readonly<Record<string, Schema>>;
  /** The schema name of a custom kind; undefined for built-in kinds. */
  schemaOf?(gvk: { group: string; version: string; kind: string }): string | undefined;
  /** Operations of custom resources. */
  readonly operations?: readonly Operation[];
  /** Built-in types that `schemas` refer to: `meta/v1.ObjectMeta`. */
  readonly references?: readonly string[];
  /** Whether built-in types are in the document to which it refers. Default true. */
  readonly builtInTypes?: boolean;
  /** The document of custom resources alone says so, and nothing of security. */
  readonly info?: { readonly title: string; readonly version: string };
  /** Whether enum fields list their values. Default true. */
  readonly enums?: boolean;
  /** Where a document of version 3 says that kinds of apimachinery are; absent: in its own group version. */
  readonly groupVersions?: readonly string[];
}

/** What documents say of their version. Upstream: OpenAPIConfig in k8s.io/apiserver/pkg/server/config.go. */
export const documentVersion = '1.36';

// CBOR is behind a gate that is off: CBORServingAndStorage.
export const readMediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
export const streamMediaTypes = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];
export const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
export const codeTexts: Record<number, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

/** The media types of an operation's answers. */
export function answerMediaTypes(operation: Operation): string[] {
  if (operation.produces) return [...operation.produces];
  if (operation.connect) return ['*/*'];
  return [
    ...(operation.plain ? ['text/plain'] : []),
    ...readMediaTypes,
    ...(operation.streams ? streamMediaTypes : []),
  ];
}

/** All operations of the resources of one group version, and the one that lists the resources. */
export function operationsOf(
  groupVersion: string,
  resources: readonly OpenApiResource[],
  options: OpenApiOptions,
): Operation[] {
  const typeOf = (gvk: { group: string; version: string; kind: string }): BodyType => {
    const schema = options.schemaOf?.(gvk);
    if (schema !== undefined) return { schema };
    const ref = refOfKind(gvk);
    return ref === undefined ? { schema: '' } : { ref };
  };
  const [group, version] = splitGroupVersion(groupVersion);
  const own = resources.filter((resource) => resource.group === group && resource.version === version);
  const root = group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`;
  const discovery: Operation = {
    path: root,
    method: 'get',
    id: `get${groupVersionName(group, version).id}APIResources`,
    description: 'get available resources',
    parameters: [],
    response: { ref: 'meta/v1.APIResourceList' },
    codes: [200],
  };
  if (own.length === 0) return [];
  return [discovery, ...own.flatMap((resource) => new ResourceOperations(resource, typeOf).all())];
}

/** Splits `v1` or `apps/v1`. */
export function splitGroupVersion(groupVersion: string): [string, string] {
  const at = groupVersion.indexOf('/');
  return at < 0 ? ['', groupVersion] : [groupVersion.slice(0, at), groupVersion.slice(at + 1)];
}

function byName(a: { name: string; in: string }, b: { name: string; in: string }): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.in < b.in ? -1 : 1;
}

/** Splits off the parameters that all operations of a path share. */
export function commonParameters(operations: readonly Operation[]): Set<string> {
  const keys = operations.map((operation) => new Set(operation.parameters.map(parameterKey)));
  return new Set([...keys[0]!].filter((key) => keys.every((other) => other.has(key))));
}

const parameterKeys = new WeakMap<Parameter, string>();

/** What makes two parameters the same. */
export function parameterKey(parameter: Parameter): string {
  let key = parameterKeys.get(parameter);
  if (key === undefined) {
    key = JSON.stringify([parameter.name, parameter.in, parameter.description]);
    parameterKeys.set(parameter, key);
  }
  return key;
}

/** Groups operations by their path, sorted. */
export function byPath(operations: readonly Operation[]): [string, Operation[]][] {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations)
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation]);
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1));
}

function parameterV3({ name, in: place, type, description }: Parameter): Schema {
  return {
    ...(description === '' ? {} : { description }),
    in: place,
    name,
    ...(place === 'path' ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  };
}

const securitySchemes = {
  BearerToken: {
    description: 'Bearer Token authentication',
    in: 'header',
    name: 'authorization',
    type: 'apiKey',
  },
};

class Builder {
  private readonly collector: SchemaCollector;

  constructor(groupVersions: readonly string[], enums: boolean) {
    this.collector = new SchemaCollector({
      refPrefix: '#/components/schemas/',
      version: 3,
      enums,
      groupVersions,
    });
  }

  private typeSchema(type: BodyType): Schema {
    if (type === 'string') return { type: 'string' };
    if ('ref' in type) return this.collector.reference(type.ref);
    return type.schema === '' ? { type: 'object' } : { $ref: `#/components/schemas/${type.schema}` };
  }

  private content(mediaTypes: readonly string[], type: BodyType): Schema {
    return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: this.typeSchema(type) }]));
  }

  private operation(operation: Operation, common: Set<string>, tag: string): Schema {
    const parameters = operation.parameters.filter((parameter) => !common.has(parameterKey(parameter)));
    const responses: Schema = {};
    for (const code of operation.codes)
      responses[code] = {
        content: this.content(answerMediaTypes(operation), operation.response),
        description: codeTexts[code]!,
      };
    responses['401'] = { description: 'Unauthorized' };
    const { body, gvk } = operation;
    return {
      description: operation.description,
      operationId: operation.id,
      ...(parameters.length > 0 ? { parameters: parameters.sort(byName).map(parameterV3) } : {}),
      ...(body
        ? {
            requestBody: {
              content: this.content(
                operation.consumes ?? (body.patch ? patchMediaTypes : ['*/*']),
                body.type,
              ),
              ...(body.required ? { required: true } : {}),
            },
          }
        : {}),
      responses,
      tags: [tag],
      ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
      ...(operation.action && gvk ? { 'x-kubernetes-group-version-kind': { ...gvk } } : {}),
    };
  }

  /** The document will have these types, whoever refers to them. */
  refer(types: readonly string[]): void {
    for (const type of types) this.collector.reference(type);
  }

  document(
    operations: readonly Operation[],
    tag: string,
    { schemas: extra = {}, info, builtInTypes = true }: OpenApiOptions,
  ): Schema {
    const paths: Schema = {};
    for (const [path, members] of byPath(operations)) {
      const common = commonParameters(members);
      const item: Schema = {};
      for (const member of members) item[member.method] = this.operation(member, common, tag);
      const shared = members[0]!.parameters.filter((parameter) => common.has(parameterKey(parameter)));
      if (shared.length > 0) item['parameters'] = shared.sort(byName).map(parameterV3);
      paths[path] = item;
    }
    const schemas: Record<string, Json> = { ...(builtInTypes && this.collector.finish()), ...extra };
    return {
      components: {
        ...(Object.keys(schemas).length > 0 && { schemas }),
        ...(info === undefined && { securitySchemes }),
      },
      info: { ...(info ?? { title: 'Kubernetes', version: documentVersion }) },
      openapi: '3.0.0',
      paths,
    };
  }
}

/** The OpenAPI 3 document of a path that is no resource. */
export function buildServerPathV3({ operation, tag, schemas = {} }: ServerPath): Schema {
  return new Builder([''], true).document([operation], tag, { schemas });
}

/** The OpenAPI 3 document of a group version (`v1`, `apps/v1`) with these of its resources. */
export function buildOpenApiV3(
  groupVersion: string,
  resources: readonly OpenApiResource[],
  options: OpenApiOptions = {},
): Schema {
  const [group, version] = splitGroupVersion(groupVersion);
  const operations = [...operationsOf(groupVersion, resources, options), ...(options.operations ?? [])];
  const builder = new Builder(options.groupVersions ?? [groupVersion], options.enums ?? true);
  builder.refer(options.references ?? []);
  return builder.document(operations, groupVersionName(group, version).tag, options);
}
