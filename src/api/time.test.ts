import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalizeDuration, formatDuration, parseDuration } from './duration.ts';
import { canonicalizeMicroTime, canonicalizeTime, formatMicroTime, formatTime, parseTime } from './time.ts';

describe('times', () => {
  it.each([
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00Z'],
    ['2020-01-01T00:00:00.5+01:30', '2019-12-31T22:30:00Z'],
    ['2020-01-01T5:00:00Z', '2020-01-01T05:00:00Z'],
    ['0001-01-01T00:00:00Z', null],
    ['9999-12-31T23:59:59-23:59', '10000-01-01T23:58:59Z'],
  ])('%s is %s', (text, want) => {
    expect(canonicalizeTime(text)).toBe(want);
  });

  it.each([
    [
      'not-a-time',
      'parsing time "not-a-time" as "2006-01-02T15:04:05Z07:00": cannot parse "not-a-time" as "2006"',
    ],
    ['2021-02-29T00:00:00Z', 'parsing time "2021-02-29T00:00:00Z": day out of range'],
    [
      '2020-01-01T00:00:00',
      'parsing time "2020-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"',
    ],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
  ])('%s is refused', (text, message) => {
    expect(() => canonicalizeTime(text)).toThrow(message);
  });

  it('MicroTime wants six decimals', () => {
    expect(canonicalizeMicroTime('2020-01-01T00:00:00.123456+01:30')).toBe('2019-12-31T22:30:00.123456Z');
    expect(() => canonicalizeMicroTime('2020-01-01T00:00:00Z')).toThrow('cannot parse "Z" as ".000000"');
  });

  it('formatting and parsing agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799 }), (seconds) => {
        expect(parseTime(formatTime(seconds * 1000))).toBe(seconds * 1000);
        expect(canonicalizeTime(formatTime(seconds * 1000))).toBe(formatTime(seconds * 1000));
        expect(canonicalizeMicroTime(formatMicroTime(seconds * 1000 + 7))).toBe(
          formatMicroTime(seconds * 1000 + 7),
        );
      }),
    );
  });
});

describe('durations', () => {
  it.each([
    ['0', '0s'],
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1.5s', '1.5s'],
    ['250ms', '250ms'],
    ['1us', '1\u00b5s'],
    ['-1h', '-1h0m0s'],
    ['100h', '100h0m0s'],
  ])('%s prints as %s', (text, want) => {
    expect(canonicalizeDuration(text)).toBe(want);
  });

  it.each([
    ['', 'time: invalid duration ""'],
    ['1', 'time: missing unit in duration "1"'],
    ['1x', 'time: unknown unit "x" in duration "1x"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  it('what is printed parses to the same', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (nanoseconds) => {
        const parsed = parseDuration(formatDuration(nanoseconds));
        // Fractions are read as floats, as Go does.
        const difference = parsed > nanoseconds ? parsed - nanoseconds : nanoseconds - parsed;
        expect(difference <= 1n).toBe(true);
      }),
    );
  });
});
