// What a CronJob's schedule may say: five fields, or a word like `@daily`. Only the faults are found here; when a
// schedule fires is the controller's to know.
// Upstream: github.com/robfig/cron/v3 parser.go.
import { parseDuration } from '../../api/duration.ts';
import { goQuote } from '../../api/go-text.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
];

const words = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

function parseNumber(text: string): number | string {
  const fault = (why: string): string =>
    `failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: ${why}`;
  if (!/^[+-]?[0-9]+$/.test(text)) return fault('invalid syntax');
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return fault('value out of range');
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

function parseBound(text: string, { min, names }: Bounds): number | string {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index >= 0 ? index + min : parseNumber(text);
}

function rangeFault(expression: string, bounds: Bounds): string | undefined {
  const parts = expression.split('/');
  const limits = parts[0]!.split('-');
  let [start, end]: [number | string, number | string] = [bounds.min, bounds.max];
  if (limits[0] !== '*' && limits[0] !== '?') {
    start = parseBound(limits[0]!, bounds);
    if (typeof start === 'string') return start;
    if (limits.length > 2) return `too many hyphens: ${expression}`;
    end = limits.length === 1 ? start : parseBound(limits[1]!, bounds);
    if (typeof end === 'string') return end;
  }
  let step: number | string = 1;
  if (parts.length > 2) return `too many slashes: ${expression}`;
  if (parts.length === 2) {
    step = parseNumber(parts[1]!);
    if (typeof step === 'string') return step;
    if (limits.length === 1) end = bounds.max;
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${expression}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return step === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

function wordFault(word: string): string | undefined {
  if (words.includes(word)) return undefined;
  const every = '@every ';
  if (!word.startsWith(every)) return `unrecognized descriptor: ${word}`;
  try {
    parseDuration(word.slice(every.length));
    return undefined;
  } catch (error) {
    return `failed to parse duration ${word}: ${(error as Error).message}`;
  }
}

/** Whether the machine knows a time zone of the tz database. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC' || name === 'Local') return true;
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a schedule; undefined when it is good. */
export function scheduleFault(schedule: string): string | undefined {
  let text = schedule;
  if (/^(CRON_)?TZ=/.test(text)) {
    const start = text.indexOf('=') + 1;
    const space = text.indexOf(' ');
    if (space < start)
      return `invalid schedule format: runtime error: slice bounds out of range [${space < 0 ? `:${space}` : `${start}:${space}`}]`;
    const zone = text.slice(start, space);
    if (!isTimeZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`;
    text = text.slice(space).trim();
  }
  if (text.startsWith('@')) return wordFault(text);
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length)
    return `expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [i, bounds] of fields.entries())
    for (const expression of parts[i]!.split(',').filter((one) => one !== '')) {
      const fault = rangeFault(expression, bounds);
      if (fault !== undefined) return fault;
    }
  return undefined;
}
