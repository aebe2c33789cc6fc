import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { fieldErrorText } from '../../../api/field-error.ts';
import { compileSchema } from './compile-schema.ts';

function faults(f: JSONSchemaProps, value: unknown, old?: unknown): string[] {
  const schema = compileSchema({ type: 'object', properties: { f } });
  const options = old === undefined ? {} : { old: { f: old } };
  const errors = schema.validate({ f: value }, options);
  if (old === undefined) expect(schema.isValid({ f: value })).toBe(errors.length === 0);
  return errors.map((error) => `${error.type} ${fieldErrorText(error)}`);
}

const invalid = (text: string): string => `FieldValueInvalid f: Invalid value: ${text}`;
const unnamed = (text: string): string => `FieldValueInvalid <nil>: Invalid value: "": ${text}`;
const wrongType = (type: string, found: string): string =>
  `FieldValueTypeInvalid f: Invalid value: "${found}": f in body must be of type ${type}: "${found}"`;

const eitherOr: JSONSchemaProps = {
  type: 'object',
  properties: { a: { type: 'string' }, b: { type: 'string' } },
  oneOf: [{ required: ['a'] }, { required: ['b'] }],
};

describe('faults', () => {
  it.each<[string, JSONSchemaProps, unknown, string[]]>([
    ['a string for a number', { type: 'integer' }, 'x', [wrongType('integer', 'string')]],
    ['null', { type: 'string' }, null, [wrongType('string', 'null')]],
    ['an allowed null', { type: 'string', nullable: true }, null, []],
    ['an integer where a number may be', { type: 'number' }, 3, []],
    [
      'a fraction for an integer',
      { type: 'integer' },
      1.5,
      [
        wrongType('integer', 'number'),
        unnamed('Checked value must be of type integer (default format) in f'),
      ],
    ],
    [
      'a float near enough to an integer for its type, not for its range',
      { type: 'integer' },
      10000000000.5,
      [unnamed('Checked value must be of type integer (default format) in f')],
    ],
    [
      '32 bits',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      [unnamed('Checked value must be of type integer with format int32 in f')],
    ],
    ['int or string', { 'x-kubernetes-int-or-string': true }, true, [wrongType('integer,string', 'boolean')]],
    [
      'too small',
      { type: 'integer', minimum: 1 },
      0,
      [invalid('0: f in body should be greater than or equal to 1')],
    ],
    [
      'not small enough',
      { type: 'integer', maximum: 5, exclusiveMaximum: true },
      5,
      [invalid('5: f in body should be less than 5')],
    ],
    [
      'a float bound',
      { type: 'number', maximum: 1e6 },
      1000000.5,
      [invalid('1.0000005e+06: f in body should be less than or equal to 1e+06')],
    ],
    [
      'an integer against a fraction',
      { type: 'number', maximum: 1.5 },
      2,
      [invalid('2: f in body should be less than or equal to 1')],
    ],
    [
      'no multiple',
      { type: 'integer', multipleOf: 3 },
      4,
      [invalid('4: f in body should be a multiple of 3')],
    ],
    [
      'a pattern',
      { type: 'string', pattern: '^[a-z]+$' },
      'A',
      [invalid(`"A": f in body should match '^[a-z]+$'`)],
    ],
    [
      'too long, in characters',
      { type: 'string', maxLength: 1 },
      '😀😀',
      ['FieldValueTooLong f: Too long: may not be more than 1 byte'],
    ],
    [
      'too short',
      { type: 'string', minLength: 2 },
      '😀',
      [invalid('"😀": f in body should be at least 2 chars long')],
    ],
    [
      'not listed',
      { type: 'string', enum: ['a', 'b'] },
      'c',
      ['FieldValueNotSupported f: Unsupported value: "c": supported values: "a", "b"'],
    ],
    [
      'null is never listed',
      { type: 'string', nullable: true, enum: ['a', null] },
      null,
      ['FieldValueNotSupported f: Unsupported value: null: supported values: "a", "null"'],
    ],
    [
      'a format',
      { type: 'string', format: 'date' },
      'x',
      [`FieldValueTypeInvalid f: Invalid value: "x": f in body must be of type date: "x"`],
    ],
    ['a format that nobody knows', { type: 'string', format: 'nobody' }, 'x', []],
    [
      'too few',
      { type: 'array', items: {}, minItems: 1 },
      [],
      [invalid('0: f in body should have at least 1 items')],
    ],
    [
      'too many',
      { type: 'array', items: {}, maxItems: 1 },
      [1, 2],
      ['FieldValueTooMany f: Too many: 2: must have at most 1 item'],
    ],
    [
      'twice',
      { type: 'array', items: {}, uniqueItems: true },
      [{ a: 1 }, { a: 1 }],
      [invalid(`"": f in body shouldn't contain duplicates`)],
    ],
    ['missing', { type: 'object', required: ['a'] }, {}, ['FieldValueRequired f.a: Required value']],
    [
      'too many members',
      { type: 'object', maxProperties: 0 },
      { a: 1 },
      ['FieldValueTooMany f: Too many: 1: must have at most 0 items'],
    ],
    [
      'too few members',
      { type: 'object', minProperties: 1 },
      {},
      [invalid('0: f in body should have at least 1 properties')],
    ],
    [
      'map values',
      { type: 'object', additionalProperties: { type: 'integer' } },
      { k: 'x' },
      [`FieldValueTypeInvalid f.k: Invalid value: "string": f.k in body must be of type integer: "string"`],
    ],
    [
      'none of one',
      eitherOr,
      {},
      [
        unnamed('"f" must validate one and only one schema (oneOf). Found none valid'),
        'FieldValueRequired f.a: Required value',
      ],
    ],
    [
      'two of one',
      eitherOr,
      { a: 'x', b: 'x' },
      [unnamed('"f" must validate one and only one schema (oneOf). Found 2 valid alternatives')],
    ],
    [
      'the alternative that came closest',
      { type: 'integer', anyOf: [{ minimum: 5 }, { minimum: 5, multipleOf: 2, maximum: 1 }] },
      3,
      [
        unnamed('"f" must validate at least one schema (anyOf)'),
        invalid('3: f in body should be greater than or equal to 5'),
      ],
    ],
    [
      'all of all',
      { type: 'integer', allOf: [{ minimum: 5 }, { maximum: 10 }] },
      3,
      [
        invalid('3: f in body should be greater than or equal to 5'),
        unnamed('"f" must validate all the schemas (allOf)'),
      ],
    ],
    [
      'what must not be',
      { type: 'integer', not: { minimum: 1 } },
      3,
      [unnamed('"f" must not validate the schema (not)')],
    ],
    ['a character by its number', { 'x-kubernetes-int-or-string': true, enum: ['A'] }, 65, []],
  ])('%s', (_, schema, value, texts) => {
    expect(faults(schema, value)).toEqual(texts);
  });

  it('paths at the root of a status', () => {
    const schema = compileSchema({ type: 'object', required: ['a'], properties: { b: { type: 'string' } } });
    const errors = schema.validate({ b: 1 }, { path: 'status' }).map(fieldErrorText);
    expect(errors).toEqual([
      'status.b: Invalid value: "integer": b in body must be of type string: "integer"',
      'status.a: Required value',
    ]);
  });
});

describe('ratcheting lets through', () => {
  const small: JSONSchemaProps = { type: 'integer', maximum: 1 };
  const object: JSONSchemaProps = { type: 'object', properties: { a: small, b: small } };
  const keyed: JSONSchemaProps = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', properties: { k: { type: 'string' }, v: small } },
  };
  const tooBig = (path: string, value: number): string =>
    `FieldValueInvalid ${path}: Invalid value: ${value}: ${path} in body should be less than or equal to 1`;

  it.each<[string, JSONSchemaProps, unknown, unknown, string[]]>([
    ['what did not change', object, { a: 5, b: 0 }, { a: 5, b: 1 }, []],
    ['but not what did', object, { a: 5, b: 6 }, { a: 5, b: 1 }, [tooBig('f.b', 6)]],
    [
      'elements by their key',
      keyed,
      [
        { k: 'x', v: 5 },
        { k: 'y', v: 1 },
      ],
      [{ k: 'x', v: 5 }],
      [],
    ],
    [
      'elements that changed places',
      { ...keyed, maxItems: 1 },
      [{ k: 'b' }, { k: 'a' }],
      [{ k: 'a' }, { k: 'b' }],
      [],
    ],
    ['new elements not', keyed, [{ k: 'z', v: 5 }], [{ k: 'x', v: 5 }], [tooBig('f[0].v', 5)]],
    [
      'no element of a plain list',
      { type: 'array', items: small },
      [5, 6],
      [5],
      [tooBig('f[0]', 5), tooBig('f[1]', 6)],
    ],
    ['a plain list as a whole', { type: 'array', items: small }, [5], [5], []],
    [
      'nothing inside of alternatives',
      { ...object, anyOf: [{ properties: { a: { maximum: 0 } } }] },
      { a: 1, b: 0 },
      { a: 1, b: 1 },
      [
        unnamed('"f" must validate at least one schema (anyOf)'),
        'FieldValueInvalid f.a: Invalid value: 1: f.a in body should be less than or equal to 0',
      ],
    ],
    [
      'nothing that the schema does not describe',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 0 },
      { a: 1 },
      { a: 1 },
      ['FieldValueTooMany f: Too many: 1: must have at most 0 items'],
    ],
  ])('%s', (_, schema, value, old, texts) => {
    // A part that is not described keeps the whole object from being equal.
    expect(faults(schema, value, old)).toEqual(texts);
  });
});
