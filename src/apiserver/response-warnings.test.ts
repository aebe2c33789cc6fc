import { validateHeaderValue } from 'node:http';
import { expect, it } from 'vitest';
import { ResponseWarnings } from './response-warnings.ts';

function headersOf(...texts: string[]): string[] | undefined {
  const warnings = new ResponseWarnings();
  for (const text of texts) warnings.add(text);
  return warnings.headers();
}

function asRead(header: string): string {
  return Buffer.from(header, 'latin1').toString();
}

it('there are none without a text', () => {
  expect(headersOf()).toBeUndefined();
  expect(headersOf('')).toBeUndefined();
});

it('say each text once, quoted', () => {
  expect(headersOf('a "b" \\', 'c', 'c')).toEqual(['299 - "a \\"b\\" \\\\"', '299 - "c"']);
});

it('are UTF-8 that Node takes, whatever a client wrote', () => {
  const [header] = headersOf('ü 日本 😀')!;
  expect(() => validateHeaderValue('Warning', header!)).not.toThrow();
  expect(asRead(header!)).toBe('299 - "ü 日本 😀"');
});

it('leave out a text with control characters', () => {
  expect(headersOf('a\nb', 'a\u0085', 'c')).toEqual(['299 - "c"']);
});

it('are cut when they are too long together', () => {
  const long = '日'.repeat(3000);
  expect(headersOf(long)!.map(asRead)).toEqual([`299 - "${long}"`]);
  const short = '日'.repeat(256);
  const cut = headersOf(long, `a${long}`, 'b')!.map(asRead);
  expect(cut).toEqual([`299 - "${short}"`, `299 - "a${short.slice(1)}"`, '299 - "b"']);
  const many = Array.from({ length: 100 }, (_, i) => `${i}${'x'.repeat(300)}`);
  expect(headersOf(...many)).toHaveLength(16);
});
