import { describe, expect, it, test } from 'vitest';
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { customOpenApiV2, customOpenApiV3 } from './custom-openapi.ts';

function definition(spec: JSONSchemaProps, scope = 'Namespaced'): CustomResourceDefinition {
  return {
    spec: {
      group: 'my.example.com',
      scope,
      names: { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', description: 'A foo.', properties: { spec } } },
          subresources: { scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r' } },
        },
      ],
    },
  } as unknown as CustomResourceDefinition;
}

/** Reads a path of members out of a document. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

const name = 'com.example.my.v1.Foo';
const inV3 = (spec: JSONSchemaProps): unknown =>
  at(customOpenApiV3(definition(spec), 'v1'), 'components', 'schemas', name, 'properties', 'spec');
const inV2 = (spec: JSONSchemaProps): unknown =>
  at(customOpenApiV2(definition(spec), 'v1'), 'definitions', name, 'properties', 'spec');

const text: JSONSchemaProps = { type: 'string' };

describe('schemas', () => {
  it.each<[string, JSONSchemaProps, unknown, unknown]>([
    [
      'values',
      { type: 'string', default: '', maxLength: 3 },
      { type: 'string', default: '', maxLength: 3 },
      { type: 'string', default: '', maxLength: 3 },
    ],
    ['what may be null', { ...text, nullable: true }, { type: 'string', nullable: true }, {}],
    [
      'numbers or strings',
      { 'x-kubernetes-int-or-string': true },
      { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
      { 'x-kubernetes-int-or-string': true },
    ],
    [
      'alternatives',
      { type: 'object', properties: { a: text }, oneOf: [{ required: ['a'] }] },
      { type: 'object', properties: { a: text }, oneOf: [{ required: ['a'] }] },
      { type: 'object', properties: { a: text } },
    ],
    [
      'what is preserved',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: text } },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: text } },
      { 'x-kubernetes-preserve-unknown-fields': true },
    ],
    [
      'required members that may be null',
      { type: 'object', required: ['a', 'b'], properties: { a: { ...text, nullable: true }, b: text } },
      {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { type: 'string', nullable: true }, b: text },
      },
      { type: 'object', required: ['b'], properties: { a: {}, b: text } },
    ],
    [
      'lists',
      {
        type: 'array',
        items: { type: 'object', properties: { k: text } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      },
      {
        type: 'array',
        items: { type: 'object', properties: { k: text } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      },
      {
        type: 'array',
        items: { type: 'object', properties: { k: text } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      },
    ],
  ])('%s', (_, schema, v3, v2) => {
    expect(inV3(schema)).toEqual(v3);
    expect(inV2(schema)).toEqual(v2);
  });

  it('embedded resources have what every resource has', () => {
    const embedded: JSONSchemaProps = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: text },
    };
    const schema = inV3(embedded);
    expect(at(schema, 'required')).toEqual(['kind', 'apiVersion']);
    expect(at(schema, 'properties', 'metadata', 'allOf')).toEqual([
      { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    ]);
  });

  it('a schema that is not structural shows nothing', () => {
    const document = customOpenApiV3(definition({}), 'v1');
    expect(at(document, 'components', 'schemas', name)).toEqual({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'my.example.com', version: 'v1', kind: 'Foo' }],
    });
  });

  it('lists have items', () => {
    const list = at(customOpenApiV3(definition(text), 'v1'), 'components', 'schemas', `${name}List`);
    expect(list).toMatchObject({
      description: 'FooList is a list of Foo',
      required: ['items'],
      properties: { items: { items: { $ref: `#/components/schemas/${name}` } } },
      'x-kubernetes-group-version-kind': [{ group: 'my.example.com', version: 'v1', kind: 'FooList' }],
    });
  });
});

describe('operations', () => {
  const document = customOpenApiV3(definition(text), 'v1');
  const root = '/apis/my.example.com/v1';

  it('have paths by scope and subresources', () => {
    expect(Object.keys(at(document, 'paths') as object)).toEqual([
      `${root}/foos`,
      `${root}/namespaces/{namespace}/foos`,
      `${root}/namespaces/{namespace}/foos/{name}`,
      `${root}/namespaces/{namespace}/foos/{name}/scale`,
    ]);
    const cluster = customOpenApiV2(definition(text, 'Cluster'), 'v1');
    expect(Object.keys(at(cluster, 'paths') as object)).toEqual([
      `${root}/foos`,
      `${root}/foos/{name}`,
      `${root}/foos/{name}/scale`,
    ]);
  });

  it('say what they are', () => {
    const patch = at(document, 'paths', `${root}/namespaces/{namespace}/foos/{name}/scale`, 'patch');
    expect(patch).toMatchObject({
      operationId: 'patchMyExampleComV1NamespacedFooScale',
      description: 'partially update scale of the specified Foo',
      tags: ['myExampleCom_v1'],
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: 'my.example.com', version: 'v1', kind: 'Foo' },
    });
    expect(Object.keys(at(patch, 'requestBody', 'content') as object)).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/apply-patch+yaml',
    ]);
    expect(Object.keys(at(patch, 'responses') as object)).toEqual(['200', '401']);
  });

  it('every reference resolves', () => {
    const json = JSON.stringify(document);
    for (const [, reference] of json.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(at(document, 'components', 'schemas')).toHaveProperty([reference!]);
  });
});

test('kinds of apimachinery are said to be in the groups that clients know', () => {
  const path = ['components', 'schemas', 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'];
  const kinds = at(customOpenApiV3(definition(text), 'v1'), ...path, 'x-kubernetes-group-version-kind');
  const groups = (kinds as { group: string; version: string }[]).map((k) => `${k.group}/${k.version}`);
  expect(groups[0]).toBe('/v1');
  expect(groups).toContain('apps/v1beta1');
  expect(groups).not.toContain('apiextensions.k8s.io/v1');
  expect(groups).not.toContain('my.example.com/v1');
  expect(groups).toHaveLength(53);
});
