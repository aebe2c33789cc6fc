import { describe, expect, it } from 'vitest';
import { joinOpenApi, joinOpenApiProtobuf, openApiPart, openApiV2, openApiV3 } from './open-api-parts.ts';
import { encodeOpenApiV2Protobuf } from './open-api-v2-protobuf.ts';
import { encodeOpenApiV3Protobuf } from './open-api-v3-protobuf.ts';
import type { Schema } from './schemas.ts';

const head: Schema = {
  info: { title: 'Kubernetes', version: '1.36' },
  security: [{ BearerToken: [] }],
  swagger: '2.0',
};
const pretty: Schema = { in: 'query', name: 'pretty', type: 'string', uniqueItems: true };
const path: Schema = {
  get: {
    operationId: 'read',
    parameters: [{ $ref: '#/parameters/pretty-1' }],
    responses: { 200: { description: 'OK', schema: { $ref: '#/definitions/b' } } },
  },
};

const builtIn: Schema = {
  ...head,
  definitions: { b: { type: 'object', description: 'first' } },
  parameters: { 'pretty-1': pretty },
  paths: { '/b': path },
};
const custom: Schema = {
  ...head,
  definitions: { a: { type: 'integer', maximum: 9223372036854775807n }, b: { type: 'string' } },
  parameters: { 'pretty-1': pretty },
  paths: { '/a': path, '/c': path },
} as unknown as Schema;

const whole: Schema = {
  definitions: {
    a: { type: 'integer', maximum: 9223372036854775807n },
    b: { type: 'object', description: 'first' },
  },
  info: head['info']!,
  parameters: { 'pretty-1': pretty },
  paths: { '/a': path, '/b': path, '/c': path },
  security: head['security']!,
  swagger: '2.0',
} as unknown as Schema;

describe('parts of a document', () => {
  const parts = [openApiPart(openApiV2, builtIn), openApiPart(openApiV2, custom)];

  it('have what every one has, sorted, once', () => {
    const text = joinOpenApi(openApiV2, parts).toString();
    expect(text).toContain('"maximum":9223372036854775807}');
    const read = JSON.parse(text.replace('9223372036854775807', '0')) as Schema;
    expect(read).toEqual({
      ...whole,
      definitions: { ...(whole['definitions'] as Schema), a: { type: 'integer', maximum: 0 } },
    });
    expect(Object.keys(read)).toEqual(Object.keys(whole));
    expect(Object.keys(read['paths'] as Schema)).toEqual(['/a', '/b', '/c']);
  });

  it('are the same protobuf as the whole', () => {
    expect(joinOpenApiProtobuf(openApiV2, parts)).toEqual(encodeOpenApiV2Protobuf(whole));
    expect(joinOpenApiProtobuf(openApiV2, parts)).toEqual(encodeOpenApiV2Protobuf(whole));
  });

  it('alone are what they were', () => {
    expect(JSON.parse(joinOpenApi(openApiV2, [parts[0]!]).toString())).toEqual(builtIn);
  });
});

describe('parts of a document of a group version', () => {
  const says: Schema = { info: { title: 'T', version: '1' }, openapi: '3.0.0' };
  const securitySchemes: Schema = { BearerToken: { in: 'header', name: 'authorization', type: 'apiKey' } };
  const answer = (name: string): Schema => ({
    get: {
      responses: {
        200: {
          content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
          description: 'OK',
        },
      },
    },
  });
  const b: Schema = { type: 'object', description: 'first' };
  const c: Schema = { allOf: [{ $ref: '#/components/schemas/b' }], default: {} };
  const parts = [
    openApiPart(openApiV3, { ...says, components: { schemas: { b }, securitySchemes }, paths: {} }),
    openApiPart(openApiV3, {
      ...says,
      components: { schemas: { c, a: { type: 'integer' }, b: { type: 'string' } } },
      paths: { '/c': answer('c'), '/a': answer('a') },
    }),
  ];
  const all: Schema = {
    components: { schemas: { a: { type: 'integer' }, b, c }, securitySchemes },
    ...says,
    paths: { '/a': answer('a'), '/c': answer('c') },
  };

  it('are its JSON', () => {
    expect(joinOpenApi(openApiV3, parts).toString()).toBe(JSON.stringify(all));
  });

  it('are its protobuf', () => {
    expect(joinOpenApiProtobuf(openApiV3, parts)).toEqual(encodeOpenApiV3Protobuf(all));
    expect(joinOpenApiProtobuf(openApiV3, [parts[0]!]).length).toBeGreaterThan(0);
  });

  it('have no schemas where nobody has one', () => {
    const none = openApiPart(openApiV3, { ...says, components: { securitySchemes }, paths: {} });
    expect(joinOpenApi(openApiV3, [none]).toString()).toBe(
      JSON.stringify({ components: { securitySchemes }, ...says, paths: {} }),
    );
  });

  it('keep what stands beside a section', () => {
    expect(parts[0]!.head).toEqual({ ...says, components: { securitySchemes } });
    expect(JSON.parse(joinOpenApi(openApiV3, [parts[1]!]).toString())).toEqual({
      ...all,
      components: { schemas: { a: { type: 'integer' }, b: { type: 'string' }, c } },
    });
  });
});
