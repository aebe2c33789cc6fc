import { beforeAll, describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { fieldErrorText } from '../../../api/field-error.ts';
import { loadRules } from '../rules/lazy-rules.ts';
import { defaultErrors, hasUnprunedDefaults } from './default-errors.ts';

beforeAll(async () => {
  await loadRules();
});

function faultsOf(a: unknown, requirePruned = true): string[] {
  const schema = { type: 'object', properties: { a } } as JSONSchemaProps;
  return defaultErrors(schema, 'x', { requirePruned: () => requirePruned }).map(fieldErrorText);
}

const at = 'x.properties[a].default: ';
const open = { type: 'object', properties: { b: { type: 'string' } }, default: { b: 'x', c: 1 } };
const embedded = (fields: object) => ({
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
  ...fields,
});
const rule = (fields: object) => ({
  type: 'integer',
  default: 1,
  'x-kubernetes-validations': [fields],
});

describe('a default', () => {
  it.each<[string, unknown, string[]]>([
    ['that fits', { type: 'string', maxLength: 3, default: 'abc' }, []],
    [
      'that is too long',
      { type: 'string', maxLength: 3, default: 'abcd' },
      [`${at}Too long: may not be more than 3 bytes`],
    ],
    ['of two types', { 'x-kubernetes-int-or-string': true, default: true }, []],
    ['with unknown fields', open, [`${at}Invalid value: {"b":"x","c":1}: must not have unknown fields`]],
    [
      'of an embedded resource',
      embedded({ default: { apiVersion: 'v1', metadata: { name: 'a/b' } } }),
      [
        'x.properties[a].default.kind: Required value',
        `x.properties[a].default.metadata.name: Invalid value: "a/b": may not contain '/'`,
      ],
    ],
    [
      'within metadata',
      embedded({
        properties: {
          metadata: { type: 'object', properties: { name: { type: 'string', default: 'a/b' } } },
        },
      }),
      [
        `x.properties[a].properties[metadata].properties[name].default: Invalid value: "a/b": must result in valid metadata: metadata.name: Invalid value: "a/b": may not contain '/'`,
      ],
    ],
    ['that breaks a rule', rule({ rule: 'self > 1' }), [`${at}Invalid value: 1: failed rule: self > 1`]],
    [
      'that a rule refuses where there was nothing',
      rule({ rule: 'oldSelf.hasValue()', optionalOldSelf: true, message: 'not new' }),
      [`${at}Invalid value: 1: not new`],
    ],
    [
      'below additional properties',
      { type: 'object', additionalProperties: { type: 'string', default: 1 } },
      [],
    ],
  ])('%s', (_name, schema, faults) => {
    expect(faultsOf(schema)).toEqual(faults);
  });

  it('keeps unknown fields where an old definition has some', () => {
    expect(hasUnprunedDefaults({ type: 'object', properties: { a: open } } as never)).toBe(true);
    expect(hasUnprunedDefaults({ type: 'object', properties: { a: { type: 'string', default: 'x' } } })).toBe(
      false,
    );
    expect(faultsOf(open, false)).toEqual([]);
  });
});
