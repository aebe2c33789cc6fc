import { expect, it } from 'vitest';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { fieldErrorText } from '../../../api/field-error.ts';
import { compileSchema } from './compile-schema.ts';

const set: JSONSchemaProps = { type: 'array', 'x-kubernetes-list-type': 'set', items: {} };
const map: JSONSchemaProps = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
  items: { type: 'object', properties: { k: {}, set } },
};
const twoKeys: JSONSchemaProps = { ...map, 'x-kubernetes-list-map-keys': ['a', 'b'] };

it.each<[string, JSONSchemaProps, unknown, string[]]>([
  ['different elements', set, ['a', 'b', 1, '1', true, 'true', null, {}, []], []],
  ['an element twice, told once', set, ['a', 'b', 'a', 'a'], ['l[2]: Duplicate value: "a"']],
  [
    'objects by their members',
    set,
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    ['l[1]: Duplicate value: {"a":1,"b":2}'],
  ],
  ['null twice', set, [null, null], ['l[1]: Duplicate value: null']],
  ['keys', map, [{ k: 'a' }, { k: 'b' }, { k: 'a' }], ['l[2]: Duplicate value: {"k":"a"}']],
  ['keys that are not there', map, [{}, null, { k: 'a' }], ['l[1]: Duplicate value: {}']],
  [
    'several keys',
    twoKeys,
    [{ a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['l[2]: Duplicate value: {"a":1,"b":2}'],
  ],
  [
    'elements that are no objects',
    map,
    [{ k: 1 }, 'x'],
    ['l[1]: Invalid value: "x": must be an object for an array of list-type map'],
  ],
  ['sets within maps', map, [{ k: 1, set: [1, 1] }], ['l[0].set[1]: Duplicate value: 1']],
  [
    'lists in maps of lists',
    { type: 'object', additionalProperties: set },
    { x: [2, 2] },
    ['l[x][1]: Duplicate value: 2'],
  ],
])('%s', (_, schema, value, texts) => {
  const compiled = compileSchema({ type: 'object', properties: { l: schema } });
  expect(compiled.validateListTypes({ l: value } as object).map(fieldErrorText)).toEqual(texts);
});
