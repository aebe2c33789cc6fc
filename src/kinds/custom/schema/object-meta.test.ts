import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { fieldErrorText } from '../../../api/field-error.ts';
import { compileSchema } from './compile-schema.ts';

const embedded: JSONSchemaProps = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
};
const schema = compileSchema({
  type: 'object',
  properties: {
    e: embedded,
    l: { type: 'array', items: embedded },
    m: { type: 'object', additionalProperties: embedded },
  },
});

function coerced(object: object, options = {}): object {
  schema.coerce(object, options);
  return object;
}

describe('coercion of embedded resources', () => {
  it('drops fields of metadata that are not known and tells of them', () => {
    const unknown: string[] = [];
    const object = {
      e: { metadata: { b: 1, name: 'n', a: 1 } },
      l: [{ metadata: { c: 1 } }],
      m: { k: { metadata: { d: 1 } } },
    };
    expect(coerced(object, { unknown })).toEqual({
      e: { metadata: { name: 'n' } },
      l: [{ metadata: {} }],
      m: { k: { metadata: {} } },
    });
    expect(unknown).toEqual(['e.metadata.a', 'e.metadata.b', 'l[0].metadata.c', 'm[k].metadata.d']);
  });

  it.each<[object, string]>([
    [{ e: { kind: 5 } }, 'e.kind: Invalid value: 5: must be a string'],
    [{ l: [{ apiVersion: null }] }, 'l[0].apiVersion: Invalid value: null: must be a string'],
    [
      { e: { metadata: { labels: { a: 1 } } } },
      'e.metadata: Invalid value: {"labels":{"a":1}}: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    ],
  ])('refuses %j', (object, message) => {
    expect(() => schema.coerce(object)).toThrow(message);
  });

  it('drops what does not fit of what is stored', () => {
    const object = {
      e: { kind: 5, metadata: { name: 'n', labels: { a: 1 }, finalizers: ['x'] } },
      l: [{ metadata: 'x' }],
    };
    expect(coerced(object, { dropInvalid: true })).toEqual({
      e: { metadata: { name: 'n', finalizers: ['x'] } },
      l: [{ metadata: 'x' }],
    });
  });
});

it.each<[string, object, string[]]>([
  ['nothing but what it must have', { e: { apiVersion: 'v1', kind: 'Pod' } }, []],
  ['neither apiVersion nor kind', { e: {} }, ['e.apiVersion: Required value', 'e.kind: Required value']],
  [
    'an empty apiVersion',
    { e: { apiVersion: '', kind: 'Pod' } },
    ['e.apiVersion: Invalid value: "": must not be empty'],
  ],
  [
    'a bad apiVersion',
    { e: { apiVersion: 'a/b/c', kind: 'Pod' } },
    ['e.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
  ],
  [
    'bad metadata',
    { m: { k: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a/b', namespace: 'N' } } } },
    [
      `m[k].metadata.name: Invalid value: "a/b": may not contain '/'`,
      `m[k].metadata.namespace: Invalid value: "N": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    ],
  ],
])('an embedded resource with %s', (_, object, texts) => {
  expect(schema.validateEmbedded(object).map(fieldErrorText)).toEqual(texts);
});
