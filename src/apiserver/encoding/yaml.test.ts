import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../api/parse-yaml.ts';
import { toYaml } from './yaml.ts';

describe('toYaml', () => {
  it('sorts keys and does not indent lists', () => {
    expect(toYaml({ b: [{ y: 1, x: 'a' }, 'c'], a: { d: {}, e: [] } })).toBe(
      'a:\n  d: {}\n  e: []\nb:\n- x: a\n  "y": 1\n- c\n',
    );
  });

  it('quotes what another type would be read from', () => {
    expect(toYaml({ a: 'true', b: '1', c: '', d: 'null', e: '1.5', f: '2026-11-21T08:00:00Z' })).toBe(
      'a: "true"\nb: "1"\nc: ""\nd: "null"\ne: "1.5"\nf: "2026-11-21T08:00:00Z"\n',
    );
  });

  it('quotes indicators with single quotes', () => {
    expect(toYaml({ a: '- x', b: 'a: b', c: '# no', d: '*', e: "it's: so" })).toBe(
      "a: '- x'\nb: 'a: b'\nc: '# no'\nd: '*'\ne: 'it''s: so'\n",
    );
  });

  it('writes several lines as a block', () => {
    expect(toYaml({ a: 'x\ny\n', b: 'x\ny', c: 'x\n\n' })).toBe(
      'a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\n',
    );
  });

  it('breaks long lines at the first blank past the width', () => {
    const words = 'word '.repeat(20).trim();
    const [first, second] = toYaml({ a: words }).split('\n');
    expect(first).toBe(`a: ${'word '.repeat(16).trim()}`);
    expect(second).toBe(`  ${'word '.repeat(4).trim()}`);
  });

  it('nests lists in lists', () => {
    expect(toYaml([[1, 2], [{ a: [3] }]])).toBe('- - 1\n  - 2\n- - a:\n    - 3\n');
  });

  it('is read back as it was', () => {
    const value = {
      'a.b/c': 'x: y',
      n: null,
      t: 'tab\there',
      u: 'ü\u{1f600}',
      w: ' lead',
      z: 'trail ',
      l: 'a\n b\n',
      e: '\n',
      q: '"\\',
    };
    expect(parseYaml(toYaml(value)).value).toEqual(value);
  });
});
