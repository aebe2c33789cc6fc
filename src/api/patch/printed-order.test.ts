import { describe, expect, it } from 'vitest';
import { orderOfJsonPatch, orderOfMergePatch } from './printed-order.ts';

const document = { z: { y: 1, x: 2 }, b: [{ d: 1, c: 2 }], a: { n: 1, m: { q: 1, p: 2 } } };

describe('the order in which a patched document is printed', () => {
  it('sorts what the operations of a JSON patch walk through', () => {
    const printed = orderOfJsonPatch(document, [
      { op: 'test', path: '/a/m/q', value: 1 },
      { op: 'move', from: '/b/0/c', path: '/b/0/e' },
    ]);
    expect(JSON.stringify(printed)).toBe(
      '{"a":{"m":{"p":2,"q":1},"n":1},"b":[{"c":2,"d":1}],"z":{"y":1,"x":2}}',
    );
  });

  it('sorts only the top for a patch without operations', () => {
    expect(Object.keys(orderOfJsonPatch(document, []) as object)).toEqual(['a', 'b', 'z']);
  });

  it('sorts what a merge patch merges', () => {
    const current = { z: { x: 2, y: 1 }, b: [{ d: 1, c: 2 }], a: { n: 1, m: { q: 1, p: 2 } } };
    const printed = orderOfMergePatch(current, { z: { k: null }, a: 1 }, current);
    expect(JSON.stringify(printed)).toBe(
      '{"a":{"n":1,"m":{"q":1,"p":2}},"b":[{"d":1,"c":2}],"z":{"x":2,"y":1}}',
    );
  });

  it('sorts what a merge patch puts where no object was, and nothing of what it puts in the place of one', () => {
    const list = [{ d: 1, c: { f: 2, e: 3 } }];
    const printed = orderOfMergePatch(
      { a: list, b: list, c: list },
      { a: list, b: list, c: list },
      {
        a: [],
        b: { x: 1 },
      },
    );
    const sorted = '[{"c":{"e":3,"f":2},"d":1}]';
    expect(JSON.stringify(printed)).toBe(`{"a":${sorted},"b":${JSON.stringify(list)},"c":${sorted}}`);
  });
});
