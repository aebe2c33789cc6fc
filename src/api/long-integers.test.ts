import { describe, expect, it } from 'vitest';
import { isInt64, nearestDouble, readJson, writeJson } from './long-integers.ts';

const long = '9223372036854775807';

describe('long integers', () => {
  it.each([long, '-9223372036854775808', '9007199254740992', '-9007199254740993', '1234567890123456789'])(
    '%s is kept',
    (digits) => {
      const text = `{"a":${digits},"b":[${digits},{"c":${digits}}]}`;
      expect(readJson(text)).toEqual({ a: BigInt(digits), b: [BigInt(digits), { c: BigInt(digits) }] });
      expect(writeJson(readJson(text))).toBe(text);
      expect(JSON.parse(writeJson(readJson(text), 2))).toEqual(JSON.parse(text));
    },
  );

  it('is found wherever it stands', () => {
    for (let spaces = 0; spaces < 40; spaces++)
      for (const digits of ['9007199254740993', long]) {
        const text = `{"a":[12,${' '.repeat(spaces)}${digits},0.5]}`;
        expect(readJson(text)).toEqual({ a: [12, BigInt(digits), 0.5] });
      }
  });

  it.each([
    [1, true],
    [1.5, false],
    [2 ** 53, false],
    [2n ** 63n - 1n, true],
    [-(2n ** 63n), true],
    [2n ** 63n, false],
    ['1', false],
  ])('%s is of 64 bits: %s', (value, is) => {
    expect(isInt64(value)).toBe(is);
  });

  it('others are numbers', () => {
    const text = `{"a":9007199254740991,"b":9223372036854775808,"c":9223372036854775807.0,"d":9223372036854775807e0,"e":0.1234567890123456789}`;
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  it('texts stay as they are, whatever stands in them', () => {
    const strange = [
      'long-integer-0:1',
      'long-integer-1:x',
      `${long}`,
      `\\"${long}`,
      `\\\\`,
      `":${long},"`,
      '\u0000é\ud83d\ude00',
      `a\n${long}`,
    ];
    const text = JSON.stringify({ [long]: strange, n: 1 }).replace('"n":1', `"n":${long}`);
    expect(readJson(text)).toEqual({ [long]: strange, n: BigInt(long) });
    expect(writeJson(readJson(text))).toBe(text);
  });

  it('what is no JSON is refused', () => {
    expect(() => readJson(`{"a":${long}`)).toThrow(SyntaxError);
    expect(() => readJson(`{"a":0${long}}`)).toThrow(SyntaxError);
    expect(() => readJson(`{${long}:1}`)).toThrow(SyntaxError);
  });

  it('what JSON cannot say is not hidden', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => writeJson(circle)).toThrow(TypeError);
  });

  it('their doubles are 64-bit integers', () => {
    expect(nearestDouble(BigInt(long))).toBeLessThan(2 ** 63);
    expect(nearestDouble(-(2n ** 63n))).toBe(-(2 ** 63));
  });
});
