import { expect, it } from 'vitest';
import { isTimeZone, scheduleFault } from './cron-schedule.ts';

it.each([
  '* * * * *',
  '*/5 0-3 1,15 jan-mar MON',
  '? ? ? ? ?',
  '@daily',
  '@every 1h30m',
  '0 0 * * 0',
  'TZ=UTC 0 0 * * *',
])('takes %s', (schedule) => {
  expect(scheduleFault(schedule)).toBeUndefined();
});

it.each([
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/2/3 * * * *', 'too many slashes: */2/3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@never', 'unrecognized descriptor: @never'],
])('refuses %s', (schedule, fault) => {
  expect(scheduleFault(schedule)).toBe(fault);
});

it('knows time zones', () => {
  expect(['UTC', 'Europe/Berlin', 'Etc/GMT+1'].every(isTimeZone)).toBe(true);
  expect(['Mars/Olympus', 'europe', '+01:00'].some(isTimeZone)).toBe(false);
});
