import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEqual } from '../json-object.ts';
import type { Json, JsonObject } from '../object.ts';
import { parseJson } from '../parse-json.ts';
import { applyJsonPatch, jsonPatchOperations } from './json-patch.ts';
import { applyMergePatch, createMergePatch } from './merge-patch.ts';
import { PatchError } from './patch-error.ts';
import { jsonPatchStrictErrors, mergePatchStrictErrors } from './patch-strictness.ts';
import { mergeSchemaOf } from './strategic-merge-patch/merge-schema.ts';
import { appliedPatch, applyStrategicMergePatch } from './strategic-merge-patch/strategic-merge-patch.ts';

interface Case {
  original: JsonObject;
  patch: Json;
  result?: Json;
  error?: string;
}

// Recorded from apimachinery 0.36.6 and evanphx/json-patch v4; the strategic ones patch Deployments.
function casesOf(name: string): [number, Case][] {
  const file = new URL(`../../../test/fixtures/patches/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as Case[]).map((each, i) => [i, each]);
}

const deployment = mergeSchemaOf('apps/v1.Deployment');
const appliers: Record<string, (original: JsonObject, patch: Json) => Json> = {
  'json-patch': (original, patch) => applyJsonPatch(original, patch as JsonObject[]),
  'merge-patch': applyMergePatch,
  'strategic-merge-patch': (original, patch) => applyStrategicMergePatch(original, patch, deployment),
};

describe.each(Object.entries(appliers))('%s', (name, apply) => {
  it.each(casesOf(name))('case %i', (_, { original, patch, result, error }) => {
    const before = JSON.stringify([original, patch]);
    if (error !== undefined) expect(() => apply(original, patch)).toThrow(error);
    else expect(apply(original, patch)).toEqual(result);
    expect(JSON.stringify([original, patch])).toBe(before);
  });
});

const scalar = fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', ''));
const { object } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), fc.array(scalar, { maxLength: 3 })),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value') as fc.Arbitrary<Json>, {
    maxKeys: 3,
  }),
}));

describe('laws', () => {
  it('a created merge patch leads from one object to the other', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        expect(jsonEqual(applyMergePatch(from, createMergePatch(from, to)), to)).toBe(true);
      }),
    );
  });

  it('a merge patch applied twice changes nothing the second time', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  it('a strategic merge patch of labels is a merge patch', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('x', 'y')));
    const own = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y'));
    fc.assert(
      fc.property(own, labels, (original, patch) => {
        const of = (value: Json): JsonObject => ({ metadata: { labels: value } });
        expect(applyStrategicMergePatch(of(original), of(patch), deployment)).toEqual(
          applyMergePatch(of(original), of(patch)),
        );
      }),
    );
  });

  it('adding and removing again restores the document', () => {
    fc.assert(
      fc.property(object, fc.constantFrom('x', 'y/z', 'a~b'), scalar, (target, name, value) => {
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const operations = [
          { op: 'add', path, value },
          { op: 'test', path, value },
          { op: 'remove', path },
        ];
        expect(applyJsonPatch(target, operations as JsonObject[])).toEqual(target);
      }),
    );
  });
});

describe('a strategic merge patch after it was applied', () => {
  const containers = (...list: JsonObject[]): JsonObject => ({
    spec: { template: { spec: { containers: list } } },
  });
  const shown = (original: JsonObject, patch: JsonObject): Json => {
    applyStrategicMergePatch(original, patch, deployment);
    return appliedPatch(patch);
  };

  it('has elements of one key in the first of them', () => {
    const second = { name: 'a', args: ['y'] };
    expect(shown(containers({ name: 'c' }), containers({ name: 'a', image: 'x' }, second))).toEqual(
      containers({ name: 'a', image: 'x', args: ['y'] }, second),
    );
  });

  it('is as it was where they met an element of the object', () => {
    const patch = containers({ name: 'a', image: 'x' }, { name: 'a', args: ['y'] });
    expect(shown(containers({ name: 'a' }), patch)).toEqual(patch);
  });

  it('has no nulls in what met nothing', () => {
    expect(shown({ spec: {} }, { spec: { template: { spec: { hostname: null, nodeName: 'n' } } } })).toEqual({
      spec: { template: { spec: { nodeName: 'n' } } },
    });
  });
});

describe('bad bodies', () => {
  it.each([
    [
      { op: 'add' },
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [['x'], 'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp'],
    [
      [{ op: 1 }],
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
  ])('%j is no JSON patch', (body, message) => {
    expect(() => jsonPatchOperations(body as Json)).toThrow(new PatchError(message, 'badRequest'));
  });

  it('blames the client for a bad directive', () => {
    const patch = { spec: { template: { spec: { containers: [{ name: 'a', $patch: 'foo' }] } } } };
    const original = { spec: { template: { spec: { containers: [{ name: 'a' }] } } } };
    expect(() => applyStrategicMergePatch(original, patch, deployment)).toThrow(
      new PatchError('unknown patch type: foo in map: map[$patch:foo name:a]', 'badRequest'),
    );
  });

  it('finds duplicate and unknown members of patches', () => {
    expect(mergePatchStrictErrors(parseJson('{"data":{"a":1,"a":2}}'))).toEqual(['duplicate field "data.a"']);
    expect(
      jsonPatchStrictErrors(parseJson('[{"op":"add","path":"/a"},{"op":"add","path":"/b","foo":1}]')),
    ).toEqual(['json patch unknown field "[1].foo"']);
  });
});
