import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../schema/type-table.ts';
import { buildOpenApiV2 } from './open-api-v2.ts';
import { encodeOpenApiV2Protobuf } from './open-api-v2-protobuf.ts';
import { buildOpenApiV3 } from './open-api-v3.ts';
import { encodeOpenApiV3Protobuf } from './open-api-v3-protobuf.ts';
import type { OpenApiResource } from './operations.ts';

const { resources } = JSON.parse(readFileSync(join(packageRoot(), 'openapi', 'resources.json'), 'utf8')) as {
  resources: OpenApiResource[];
};

/** Reads a path of members out of a document. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

function references(value: unknown, found: Set<string>): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    if (name === '$ref' && typeof member === 'string') found.add(member);
    references(member, found);
  }
  return found;
}

describe('version 3', () => {
  const apps = buildOpenApiV3('apps/v1', resources);
  const core = buildOpenApiV3('v1', resources);
  const schemas = (document: unknown): unknown => at(document, 'components', 'schemas');

  it('every reference resolves', () => {
    for (const document of [apps, core])
      for (const reference of references(document, new Set()))
        expect(schemas(document)).toHaveProperty([reference.replace('#/components/schemas/', '')]);
  });

  it('has what kubectl looks operations up by', () => {
    const patch = at(apps, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
    expect(patch).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: 'apps', kind: 'Deployment', version: 'v1' },
    });
    const names = (at(patch, 'parameters') as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    expect(
      at(core, 'paths', '/api/v1/namespaces/{namespace}/pods/{name}/proxy/{path}', 'get', 'operationId'),
    ).toBe('connectCoreV1GetNamespacedPodProxyWithPath');
  });

  it('schemas carry merge keys, list types, defaults and kinds', () => {
    const containers = at(schemas(core), 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers');
    expect(containers).toMatchObject({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(at(schemas(core), 'io.k8s.api.core.v1.ContainerPort', 'required')).toEqual(['containerPort']);
    expect(at(schemas(core), 'io.k8s.api.core.v1.ContainerPort', 'properties', 'protocol', 'default')).toBe(
      'TCP',
    );
    expect(at(schemas(core), 'io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'oneOf')).toEqual([
      { type: 'integer' },
      { type: 'string' },
    ]);
    expect(at(schemas(apps), 'io.k8s.api.apps.v1.Deployment', 'x-kubernetes-group-version-kind')).toEqual([
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ]);
  });

  it('closed enums list their values', () => {
    const policy = at(schemas(core), 'io.k8s.api.core.v1.PodSpec', 'properties', 'restartPolicy');
    expect(at(policy, 'enum')).toEqual(['Always', 'Never', 'OnFailure']);
    const plain = buildOpenApiV3('v1', resources, { enums: false });
    expect(
      at(schemas(plain), 'io.k8s.api.core.v1.PodSpec', 'properties', 'restartPolicy', 'enum'),
    ).toBeUndefined();
  });

  it('takes custom resources', () => {
    const widget: OpenApiResource = {
      group: 'example.com',
      version: 'v1',
      plural: 'widgets',
      kind: 'Widget',
      namespaced: true,
      verbs: ['get', 'list'],
    };
    const document = buildOpenApiV3('example.com/v1', [widget], {
      schemas: {
        'com.example.v1.Widget': { type: 'object' },
        'com.example.v1.WidgetList': { type: 'object' },
      },
      schemaOf: ({ kind }) => `com.example.v1.${kind}`,
    });
    expect(Object.keys(at(document, 'paths') as object)).toEqual([
      '/apis/example.com/v1/',
      '/apis/example.com/v1/namespaces/{namespace}/widgets',
      '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}',
      '/apis/example.com/v1/widgets',
    ]);
    expect(schemas(document)).toHaveProperty(['com.example.v1.Widget']);
  });
});

describe('version 2', () => {
  const document = buildOpenApiV2(resources.filter(({ group }) => group === 'apps' || group === ''));

  it('every reference resolves', () => {
    for (const reference of references(document, new Set()))
      expect(at(document, ...reference.split('/').slice(1)), reference).toBeDefined();
  });

  it('its protobuf is a sequence of well-formed fields with all definitions', () => {
    const bytes = encodeOpenApiV2Protobuf(document);
    // 1 swagger, 2 info, 8 paths, 9 definitions, 12 security, 13 security definitions
    expect(tagsOf(bytes)).toEqual([1, 2, 8, 9, 10, 12, 13]);
    for (const name of Object.keys(at(document, 'definitions') as object))
      expect(bytes.includes(name)).toBe(true);
  });
});

it('version 3 as protobuf is a sequence of well-formed fields with all schemas', () => {
  const document = buildOpenApiV3('apps/v1', resources);
  const bytes = encodeOpenApiV3Protobuf(document);
  // 1 openapi, 2 info, 4 paths, 5 components
  expect(tagsOf(bytes)).toEqual([1, 2, 4, 5]);
  for (const name of Object.keys(at(document, 'components', 'schemas') as object))
    expect(bytes.includes(name)).toBe(true);
});

/** The numbers of a message's fields, each length-delimited, in order. */
function tagsOf(bytes: Buffer): number[] {
  const tags: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    tags.push(bytes[i++]! >> 3);
    let length = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[i++]!;
      length += (byte & 0x7f) * shift;
      if (byte < 128) break;
    }
    i += length;
    expect(i).toBeLessThanOrEqual(bytes.length);
  }
  return tags;
}
