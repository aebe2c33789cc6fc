import { expect, it } from 'vitest';
import { diffText } from './diff-text.ts';

it('shows what changed as a unified diff of indented JSON', () => {
  const lines = diffText({ a: 1, b: 2, c: [1, 2, 3] }, { a: 1, b: 5, c: [1, 2, 3] }).split('\n');
  expect(lines[0]).toBe('@@ -1,6 +1,6 @@');
  expect(lines.filter((line) => /^[-+]/.test(line))).toEqual(['- "b": 2,', '+ "b": 5,']);
});

it('shows nothing for the same', () => {
  expect(diffText({ a: 1 }, { a: 1 })).not.toMatch(/^[-+@]/m);
});
