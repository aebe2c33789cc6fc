import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { parseJson } from '../../api/parse-json.ts';
import { readCustomObject } from './read-object.ts';
import { compileSchema } from './schema/compile-schema.ts';

const spec: JSONSchemaProps = {
  type: 'object',
  properties: {
    a: { type: 'string' },
    e: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  },
};
const schema = compileSchema({ type: 'object', properties: { spec } });
const head = { apiVersion: 'example.com/v1', kind: 'Thing' };

function strictErrors(text: string): string[] {
  const messages: string[] = [];
  const parsed = parseJson(text);
  readCustomObject(schema, parsed.value, {
    source: parsed,
    sink: { add: (message) => messages.push(message) },
  });
  return messages;
}

describe('reading', () => {
  it('drops what is not known and nulls', () => {
    const value = { ...head, metadata: { name: 'n', zoo: 1 }, spec: { a: null, b: 1 }, other: 1 };
    expect(readCustomObject(schema, value)).toEqual({ ...head, metadata: { name: 'n' }, spec: {} });
  });

  it('makes metadata where there is none', () => {
    expect(readCustomObject(schema, { ...head })).toEqual({ ...head, metadata: {} });
  });

  it('tells strictly of duplicates first, then of metadata, of the object, of embedded resources', () => {
    const text = `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"zoo":1},
      "z":1,"spec":{"a":"x","a":"y","e":{"metadata":{"q":1}},"b":{"c":1}}}`;
    expect(strictErrors(text)).toEqual([
      'duplicate field "spec.a"',
      'unknown field "metadata.zoo"',
      'unknown field "spec.b"',
      'unknown field "z"',
      'unknown field "spec.e.metadata.q"',
    ]);
  });

  it('refuses metadata of a wrong type, and saves what it can of stored metadata', () => {
    const value = { ...head, metadata: { name: 'n', labels: { a: 1 } } };
    expect(() => readCustomObject(schema, structuredClone(value))).toThrow(
      'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    );
    expect(readCustomObject(schema, value, { stored: true }).metadata).toEqual({ name: 'n', generation: 1 });
  });
});
