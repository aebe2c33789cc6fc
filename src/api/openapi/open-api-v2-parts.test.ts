import { describe, expect, it } from 'vitest';
import { joinOpenApiV2, joinOpenApiV2Protobuf, openApiV2Part } from './open-api-v2-parts.ts';
import { encodeOpenApiV2Protobuf } from './open-api-v2-protobuf.ts';
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
  const parts = [openApiV2Part(builtIn), openApiV2Part(custom)];

  it('have what every one has, sorted, once', () => {
    const text = joinOpenApiV2(parts).toString();
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
    expect(joinOpenApiV2Protobuf(parts)).toEqual(encodeOpenApiV2Protobuf(whole));
    expect(joinOpenApiV2Protobuf(parts)).toEqual(encodeOpenApiV2Protobuf(whole));
  });

  it('alone are what they were', () => {
    expect(JSON.parse(joinOpenApiV2([parts[0]!]).toString())).toEqual(builtIn);
  });
});
