// getHours() and the other parts of timestamps and durations. Upstream: cel-go common/types/{timestamp,duration}.go.
import { type Duration, EvaluationError, type Timestamp, type Value } from '../values/value.ts';

const secondsPerDay = 86_400;

type Part = (local: Date, nanos: number) => number;

function dayOfYear(local: Date): number {
  const start = new Date(local);
  start.setUTCMonth(0, 1);
  start.setUTCHours(0, 0, 0, 0);
  return Math.floor((local.getTime() - start.getTime()) / 1000 / secondsPerDay);
}

const parts: Readonly<Record<string, Part>> = {
  year: (local) => local.getUTCFullYear(),
  month: (local) => local.getUTCMonth(),
  day_of_year: dayOfYear,
  day_of_month: (local) => local.getUTCDate() - 1,
  day_of_month_1_based: (local) => local.getUTCDate(),
  day_of_week: (local) => local.getUTCDay(),
  hours: (local) => local.getUTCHours(),
  minutes: (local) => local.getUTCMinutes(),
  seconds: (local) => local.getUTCSeconds(),
  milliseconds: (_local, nanos) => Math.trunc(nanos / 1e6),
};

function shifted(seconds: number, offset: number): Date {
  return new Date((seconds + offset) * 1000);
}

/** Seconds east of UTC at an instant in a named zone. */
function zoneOffset(zone: string, seconds: number): number | EvaluationError {
  if (zone === '' || zone === 'UTC') return 0;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      ...{
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      },
    });
    const found = Object.fromEntries(
      format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, Number(value)]),
    );
    const local = new Date(0);
    local.setUTCFullYear(found['year']!, found['month']! - 1, found['day']!);
    local.setUTCHours(found['hour']!, found['minute']!, found['second']!);
    return local.getTime() / 1000 - seconds;
  } catch {
    return new EvaluationError(`unknown time zone ${zone}`);
  }
}

function parseInteger(text: string): number | EvaluationError {
  if (/^[+-]?[0-9]+$/.test(text)) return Number(text);
  return new EvaluationError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** `+02:00`, or the name of a zone. */
function offsetOf(zone: string, seconds: number): number | EvaluationError {
  const colon = zone.indexOf(':');
  if (colon < 0) return zoneOffset(zone, seconds);
  const hours = parseInteger(zone.slice(0, colon));
  if (typeof hours !== 'number') return hours;
  const minutes = parseInteger(zone.slice(colon + 1));
  if (typeof minutes !== 'number') return minutes;
  return (hours * 60 + (zone.startsWith('-') ? -minutes : minutes)) * 60;
}

type TimeFunction = (time: Timestamp, zone?: string) => Value;

function partOf(part: Part): TimeFunction {
  return ({ seconds, nanos }, zone) => {
    const local = zone === undefined ? 0 : offsetOf(zone, seconds);
    return typeof local === 'number' ? BigInt(part(shifted(seconds, local), nanos)) : local;
  };
}

const ofTimestamps: Record<string, TimeFunction> = {};
for (const [name, part] of Object.entries(parts)) {
  ofTimestamps[`timestamp_to_${name}`] = partOf(part);
  ofTimestamps[`timestamp_to_${name}${name === 'seconds' ? '_tz' : '_with_tz'}`] = partOf(part);
}

export const timeFunctions = {
  ...ofTimestamps,
  duration_to_hours: ({ nanos }: Duration) => nanos / 3_600_000_000_000n,
  duration_to_minutes: ({ nanos }: Duration) => nanos / 60_000_000_000n,
  duration_to_seconds: ({ nanos }: Duration) => nanos / 1_000_000_000n,
  duration_to_milliseconds: ({ nanos }: Duration) => nanos / 1_000_000n,
};
