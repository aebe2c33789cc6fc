// Laws of sets of fields, whatever is in them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  emptySet,
  type FieldSet,
  has,
  intersection,
  isEmpty,
  leaves,
  type Path,
  pathsOf,
  recursiveDifference,
  setOf,
  setsEqual,
  sizeOf,
  union,
} from './field-set.ts';
import { elementOrder, fieldsV1Of, isCanonical, parseFieldsV1, textOrder } from './fields-v1.ts';
import { canonicalElement, compareElements, keyElement, valueElement } from './path-element.ts';

const element = fc.oneof(
  fc.constantFrom('f:a', 'f:b', 'f:spec', 'i:0', 'i:10', 'i:9'),
  fc.string({ maxLength: 4, unit: 'binary' }).map((name) => `f:${name}`),
  fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean()).map(valueElement),
  fc.record({ name: fc.string({ maxLength: 3 }), port: fc.integer({ min: 0, max: 500 }) }).map(keyElement),
);
const path: fc.Arbitrary<Path> = fc.array(element, { minLength: 1, maxLength: 4 });
const set: fc.Arbitrary<FieldSet> = fc.array(path, { maxLength: 12 }).map((paths) => setOf(...paths));

function same(a: FieldSet, b: FieldSet): void {
  expect(pathsOf(a)).toEqual(pathsOf(b));
  expect(setsEqual(a, b)).toBe(true);
}

describe('sets of fields', () => {
  it('have what was put in', () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const made = setOf(...paths);
        for (const one of paths) expect(has(made, one)).toBe(true);
        expect(sizeOf(made)).toBe(pathsOf(made).length);
        expect(new Set(pathsOf(made).map(String)).size).toBe(new Set(paths.map(String)).size);
      }),
    );
  });

  it('unite, intersect and differ path by path', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const united = union(a, b);
        for (const one of pathsOf(united)) {
          const [inA, inB] = [has(a, one), has(b, one)];
          expect(inA || inB).toBe(true);
          expect(has(intersection(a, b), one)).toBe(inA && inB);
          expect(has(difference(a, b), one)).toBe(inA && !inB);
          const below = one.some((_, i) => has(b, one.slice(0, i + 1)));
          expect(has(recursiveDifference(a, b), one)).toBe(inA && !below);
        }
        same(united, union(b, a));
        same(union(difference(a, b), intersection(a, b)), a);
        expect(isEmpty(difference(a, a))).toBe(true);
        same(union(a, emptySet), a);
      }),
    );
  });

  it('keep as leaves what has nothing below', () => {
    fc.assert(
      fc.property(set, (a) => {
        const paths = pathsOf(a).map(String);
        const expected = paths.filter((one) => !paths.some((other) => other.startsWith(`${one},`)));
        expect(pathsOf(leaves(a)).map(String).sort()).toEqual(expected.sort());
      }),
    );
  });

  it('survive FieldsV1, and come out canonical', () => {
    fc.assert(
      fc.property(set, (a) => {
        for (const order of [elementOrder, textOrder]) {
          const fields = fieldsV1Of(a, order);
          same(parseFieldsV1(JSON.parse(JSON.stringify(fields))), a);
          expect(isCanonical(fields, order)).toBe(true);
        }
      }),
    );
  });
});

describe('path elements', () => {
  it('have a total order', () => {
    fc.assert(
      fc.property(element, element, element, (a, b, c) => {
        expect(compareElements(a, b)).toBe(-compareElements(b, a) + 0);
        if (compareElements(a, b) <= 0 && compareElements(b, c) <= 0)
          expect(compareElements(a, c)).toBeLessThanOrEqual(0);
        expect(canonicalElement(a)).toBe(a);
      }),
    );
  });
});
