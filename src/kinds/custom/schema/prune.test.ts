import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { compileSchema } from './compile-schema.ts';

const preserve = { 'x-kubernetes-preserve-unknown-fields': true } as const;
const text: JSONSchemaProps = { type: 'string' };

function pruned(spec: JSONSchemaProps, value: unknown): { value: unknown; unknown: string[] } {
  const schema = compileSchema({ type: 'object', properties: { spec } });
  const object = { apiVersion: 'v1', kind: 'K', metadata: { extra: 1 }, spec: structuredClone(value) };
  const unknown = schema.prune(object, { report: true });
  expect(object).toMatchObject({ apiVersion: 'v1', kind: 'K', metadata: { extra: 1 } });
  return { value: object.spec, unknown };
}

describe('pruning', () => {
  it.each<[string, JSONSchemaProps, unknown, unknown, string[]]>([
    [
      'unknown members',
      { type: 'object', properties: { a: text } },
      { a: 'x', b: 1, c: {} },
      { a: 'x' },
      ['spec.b', 'spec.c'],
    ],
    [
      'all of an object without properties',
      { type: 'object' },
      { z: 1, a: { b: 1 } },
      {},
      ['spec.a', 'spec.z'],
    ],
    ['nothing that is preserved', { type: 'object', ...preserve }, { a: { b: 1 } }, { a: { b: 1 } }, []],
    [
      'what a schema within a preserved one does not name',
      { type: 'object', ...preserve, properties: { a: { type: 'object', properties: { b: text } } } },
      { a: { b: 'x', c: 1 }, d: { e: 1 } },
      { a: { b: 'x' }, d: { e: 1 } },
      ['spec.a.c'],
    ],
    [
      'members of list elements',
      { type: 'array', items: { type: 'object', properties: { a: text } } },
      [{ a: 'x', b: 1 }, 5],
      [{ a: 'x' }, 5],
      ['spec[0].b'],
    ],
    [
      'members of map values',
      { type: 'object', additionalProperties: { type: 'object', properties: { a: text } } },
      { k: { a: 'x', b: 1 } },
      { k: { a: 'x' } },
      ['spec.k.b'],
    ],
    [
      'objects in a map whose values have no schema',
      { type: 'object', additionalProperties: true },
      { k: { b: 1 }, l: 2 },
      { k: {}, l: 2 },
      ['spec.k.b'],
    ],
    [
      'everything of an embedded resource but what every resource has',
      { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: text } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: 'x', status: 1 },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: 'x' },
      ['spec.status'],
    ],
    ['objects where a scalar is expected', text, { a: 1 }, {}, ['spec.a']],
  ])('drops %s', (_, spec, value, left, unknown) => {
    expect(pruned(spec, value)).toEqual({ value: left, unknown });
  });

  it('keeps everything under preserveUnknownFields', () => {
    const schema = compileSchema({ type: 'object' }, { preserveUnknownFields: true });
    const object = { spec: { a: null } };
    expect(schema.prune(object, { report: true })).toEqual([]);
    schema.pruneNulls(object);
    expect(object).toEqual({ spec: { a: null } });
  });

  it('nulls go where the schema has neither null nor a default', () => {
    const schema = compileSchema({
      type: 'object',
      properties: {
        plain: text,
        nullable: { type: 'string', nullable: true },
        defaulted: { type: 'string', default: 'x' },
        list: { type: 'array', items: text },
        map: { type: 'object', additionalProperties: text },
      },
    });
    const object = {
      plain: null,
      nullable: null,
      defaulted: null,
      list: [null],
      map: { a: null },
      free: null,
    };
    schema.pruneNulls(object);
    expect(object).toEqual({ nullable: null, defaulted: null, list: [null], map: {}, free: null });
  });
});
