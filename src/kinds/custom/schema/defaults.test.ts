import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { compileSchema } from './compile-schema.ts';

function defaulted(properties: Record<string, JSONSchemaProps>, object: object): object {
  const copy = structuredClone(object);
  compileSchema({ type: 'object', properties }).applyDefaults(copy);
  return copy;
}

const withDefault: JSONSchemaProps = { type: 'string', default: 'x' };
const spec: JSONSchemaProps = { type: 'object', properties: { a: withDefault } };

describe('defaults', () => {
  it.each<[string, Record<string, JSONSchemaProps>, object, object]>([
    ['a missing member', { a: withDefault }, {}, { a: 'x' }],
    ['a null where none is allowed', { a: withDefault }, { a: null }, { a: 'x' }],
    ['no null that is allowed', { a: { ...withDefault, nullable: true } }, { a: null }, { a: null }],
    ['nothing below an object that is not there', { spec }, {}, {}],
    ['a default within an object that is', { spec }, { spec: {} }, { spec: { a: 'x' } }],
    ['a default within a default', { spec: { ...spec, default: {} } }, {}, { spec: { a: 'x' } }],
    [
      'elements of lists',
      { l: { type: 'array', items: spec } },
      { l: [{}, { a: 'y' }] },
      { l: [{ a: 'x' }, { a: 'y' }] },
    ],
    ['null elements', { l: { type: 'array', items: withDefault } }, { l: [null] }, { l: ['x'] }],
    [
      'values of maps',
      { m: { type: 'object', additionalProperties: { ...spec, default: { b: 1 } } } },
      { m: { k: {}, n: null } },
      { m: { k: { a: 'x' }, n: { a: 'x' } } },
    ],
    ['objects of a wrong type', { spec }, { spec: 'text' }, { spec: 'text' }],
  ])('fills in %s', (_, properties, before, after) => {
    expect(defaulted(properties, before)).toEqual(after);
  });

  it('a second time changes nothing, and no object shares a default with another', () => {
    const schema = compileSchema({
      type: 'object',
      properties: { l: { type: 'array', default: [{}], items: spec } },
    });
    const first: Record<string, unknown> = {};
    const second: Record<string, unknown> = {};
    schema.applyDefaults(first);
    schema.applyDefaults(second);
    (first['l'] as unknown[]).push('more');
    expect(second).toEqual({ l: [{ a: 'x' }] });
    schema.applyDefaults(second);
    expect(second).toEqual({ l: [{ a: 'x' }] });
  });

  it('what a default says of embedded metadata is brought to its type', () => {
    const embedded: JSONSchemaProps = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
      default: { apiVersion: 'v1', kind: 1, metadata: { name: 'n', labels: { a: 1 }, foo: 1 }, x: 1 },
    };
    expect(defaulted({ e: embedded }, {})).toEqual({
      e: { apiVersion: 'v1', metadata: { name: 'n' }, x: 1 },
    });
  });
});
