import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyAfter, prefixEnd, SortedMap } from './sorted-map.ts';

// Few letters and short, so that operations meet; enough of them for a tree of several levels.
const keys = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0', '\uffff', 'é'), maxLength: 5 });
const operations = fc.array(fc.tuple(fc.boolean(), keys), { minLength: 0, maxLength: 2_000 });

describe('sorted map', () => {
  test('is what a sorted list of keys is', () => {
    fc.assert(
      fc.property(operations, keys, keys, (steps, from, to) => {
        const map = new SortedMap<string>();
        const model = new Set<string>();
        for (const [set, key] of steps) {
          if (set) map.set(key, key);
          else map.delete(key);
          if (set) model.add(key);
          else model.delete(key);
        }
        const sorted = [...model].sort();
        expect(map.size).toBe(sorted.length);
        expect(walked(map, '', undefined)).toEqual(sorted);
        const range = sorted.filter((key) => key >= from && key < to);
        expect(walked(map, from, to)).toEqual(range);
        expect(map.count(from, to)).toBe(range.length);
        expect(map.count(from, undefined)).toBe(sorted.filter((key) => key >= from).length);
        expect(map.countBefore(from)).toBe(sorted.filter((key) => key < from).length);
        expect(map.get(from)).toBe(model.has(from) ? from : undefined);
      }),
      { numRuns: 60 },
    );
  });

  test('copies are independent', () => {
    const map = new SortedMap<number>();
    for (let i = 0; i < 1_000; i++) map.set(String(i), i);
    const copies = [1, 2, 3].map((round) => {
      const copy = map.clone();
      for (let i = round; i < 1_000; i += 5) map.delete(String(i));
      for (let i = 0; i < 100; i++) map.set(`${round}-${i}`, i);
      return copy;
    });
    expect(copies.map((copy) => copy.size)).toEqual([1_000, 900, 800]);
    expect(copies.map((copy) => copy.get('1'))).toEqual([1, undefined, undefined]);
    copies[0]!.set('new', 1);
    expect(copies[1]!.get('new')).toBeUndefined();
    expect(map.get('new')).toBeUndefined();
  });

  test('a walk stops when it is told to', () => {
    const map = new SortedMap<number>();
    for (let i = 0; i < 100; i++) map.set(String(i).padStart(2, '0'), i);
    const seen: number[] = [];
    map.walk('10', undefined, (value) => seen.push(value) < 3);
    expect(seen).toEqual([10, 11, 12]);
  });

  test('the end of a prefix is above all its keys, and nothing is between', () => {
    expect(prefixEnd('pods/a/')).toBe('pods/a0');
    expect(prefixEnd('')).toBeUndefined();
    expect(prefixEnd('a\uffff\uffff')).toBe('b');
    expect(prefixEnd('\uffff')).toBeUndefined();
    fc.assert(
      fc.property(keys, keys, (prefix, key) => {
        const end = prefixEnd(prefix);
        expect(key >= prefix && (end === undefined || key < end)).toBe(key.startsWith(prefix));
        expect(key > prefix).toBe(key >= keyAfter(prefix));
      }),
    );
  });
});

function walked(map: SortedMap<string>, from: string, to: string | undefined): string[] {
  const found: string[] = [];
  map.walk(from, to, (value) => {
    found.push(value);
    return true;
  });
  return found;
}
