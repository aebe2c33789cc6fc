import { describe, expect, it } from 'vitest';
import { escapeName, unescapeName } from './escape.ts';

describe('names of properties in expressions', () => {
  it.each([
    ['name', 'name'],
    ['a.b', 'a__dot__b'],
    ['a-b', 'a__dash__b'],
    ['a/b', 'a__slash__b'],
    ['a__b', 'a__underscores__b'],
    ['a_b', 'a_b'],
    ['namespace', '__namespace__'],
    ['in', '__in__'],
    ['_x', '_x'],
  ])('%s is %s', (name, escaped) => {
    expect(escapeName(name)).toBe(escaped);
    expect(unescapeName(escaped)).toBe(name);
  });

  it.each(['', '1a', 'a b', '$ref', 'é'])('%j has none', (name) => {
    expect(escapeName(name)).toBeUndefined();
  });

  it.each(['a__nope__b', '__in__x'])('%s means none', (escaped) => {
    expect(unescapeName(escaped)).toBeUndefined();
  });
});
