// Times and durations as they stand in JSON: metav1.Time (whole seconds), MicroTime (six decimals), Duration (1h0m0s).
// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time,duration}.go; the parsing rules and texts are Go's.
import { goTimeQuote } from './go-text.ts';

/** The text is no time or duration. `message` is Go's. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimeError';
  }
}

const secondsLayout = '2006-01-02T15:04:05Z07:00';
const microsLayout = '2006-01-02T15:04:05.000000Z07:00';
// Go's time.Time zero: 0001-01-01T00:00:00Z, printed as null.
const zeroSeconds = -62_135_596_800;

/** An instant: seconds since the Unix epoch and nanoseconds within the second. */
export interface Instant {
  seconds: number;
  nanos: number;
}

/** Reads along Go's layout and fails with Go's text. */
class LayoutReader {
  private rest: string;
  private readonly text: string;
  private readonly layout: string;

  constructor(text: string, layout: string) {
    this.rest = text;
    this.text = text;
    this.layout = layout;
  }

  private fail(element: string, rest = this.rest): never {
    throw new TimeError(
      `parsing time ${goTimeQuote(this.text)} as ${goTimeQuote(this.layout)}: cannot parse ${goTimeQuote(rest)} as ${goTimeQuote(element)}`,
    );
  }

  outOfRange(what: string): never {
    throw new TimeError(`parsing time ${goTimeQuote(this.text)}: ${what} out of range`);
  }

  literal(prefix: string): void {
    if (!this.rest.startsWith(prefix)) this.fail(prefix);
    this.rest = this.rest.slice(prefix.length);
  }

  digits(count: number, element: string): number {
    const found = this.rest.slice(0, count);
    if (found.length < count || !/^[0-9]+$/.test(found)) this.fail(element);
    this.rest = this.rest.slice(count);
    return Number(found);
  }

  /** Go takes one or two digits for the hour. */
  hour(): number {
    const found = /^[0-9]{1,2}/.exec(this.rest)?.[0];
    if (found === undefined) this.fail('15');
    this.rest = this.rest.slice(found.length);
    return Number(found);
  }

  /** A fraction that the layout does not name: a dot or comma and any number of digits. */
  freeFraction(): number {
    const found = /^[.,]([0-9]+)/.exec(this.rest);
    if (found === null) return 0;
    this.rest = this.rest.slice(found[0].length);
    return Number(found[1]!.slice(0, 9).padEnd(9, '0'));
  }

  /** The fraction that the micro layout asks for: exactly six digits. */
  microFraction(): number {
    const found = /^[.,][0-9]{6}/.exec(this.rest)?.[0];
    if (found === undefined) this.fail('.000000');
    this.rest = this.rest.slice(7);
    return Number(found.slice(1)) * 1000;
  }

  /** `Z` or `+hh:mm`, in seconds east of UTC. */
  zone(): number {
    if (this.rest.startsWith('Z')) {
      this.rest = this.rest.slice(1);
      return 0;
    }
    const found = /^([+-])([0-9]{2}):([0-9]{2})/.exec(this.rest);
    if (found === null) this.fail('Z07:00');
    const hours = Number(found[2]);
    const minutes = Number(found[3]);
    if (hours > 24) this.outOfRange('time zone offset hour');
    if (minutes > 60) this.outOfRange('time zone offset minute');
    this.rest = this.rest.slice(6);
    return (found[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  }

  end(): void {
    if (this.rest !== '')
      throw new TimeError(`parsing time ${goTimeQuote(this.text)}: extra text: ${goTimeQuote(this.rest)}`);
  }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function parseByLayout(text: string, micro: boolean): Instant {
  const reader = new LayoutReader(text, micro ? microsLayout : secondsLayout);
  const year = reader.digits(4, '2006');
  reader.literal('-');
  const month = reader.digits(2, '01');
  if (month < 1 || month > 12) reader.outOfRange('month');
  reader.literal('-');
  const day = reader.digits(2, '02');
  reader.literal('T');
  const hour = reader.hour();
  if (hour > 23) reader.outOfRange('hour');
  reader.literal(':');
  const minute = reader.digits(2, '04');
  if (minute > 59) reader.outOfRange('minute');
  reader.literal(':');
  const second = reader.digits(2, '05');
  if (second > 59) reader.outOfRange('second');
  const nanos = micro ? reader.microFraction() : reader.freeFraction();
  const offset = reader.zone();
  reader.end();
  if (day < 1 || day > daysIn(year, month)) reader.outOfRange('day');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return { seconds: date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset, nanos };
}

/** Parses RFC 3339 as Go's time.Parse does; throws TimeError. */
export function parseInstant(text: string): Instant {
  return parseByLayout(text, false);
}

/** Parses a MicroTime: exactly six decimals; throws TimeError. */
export function parseMicroInstant(text: string): Instant {
  return parseByLayout(text, true);
}

function yearText(year: number): string {
  if (year >= 0) return String(year).padStart(4, '0');
  return `-${String(-year).padStart(4, '0')}`;
}

function formatSeconds(seconds: number): string {
  const date = new Date(seconds * 1000);
  return yearText(date.getUTCFullYear()) + date.toISOString().slice(-20, -5);
}

/** RFC 3339 in UTC with whole seconds; null for Go's zero time. */
export function formatInstant({ seconds, nanos }: Instant): string | null {
  if (seconds === zeroSeconds && nanos === 0) return null;
  return `${formatSeconds(seconds)}Z`;
}

/** RFC 3339 in UTC with six decimals; null for Go's zero time. */
export function formatMicroInstant({ seconds, nanos }: Instant): string | null {
  if (seconds === zeroSeconds && nanos === 0) return null;
  const micros = Math.trunc(nanos / 1000);
  return `${formatSeconds(seconds)}.${String(micros).padStart(6, '0')}Z`;
}

const canonicalTime =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;

/** The canonical text of a time, null for Go's zero time; throws TimeError. Canonical texts are not taken apart. */
export function canonicalizeTime(text: string): string | null {
  if (canonicalTime.test(text) && !text.startsWith('0001')) return text;
  return formatInstant(parseInstant(text));
}

/** The canonical text of a MicroTime, null for Go's zero time; throws TimeError. */
export function canonicalizeMicroTime(text: string): string | null {
  return formatMicroInstant(parseMicroInstant(text));
}

// Most times that are written are of the second that the one before was of.
let lastSecond = Number.NaN;
let lastText = '';

/** Milliseconds since the Unix epoch (a Clock's `now`) as a metav1.Time. */
export function formatTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastText = `${new Date(milliseconds).toISOString().slice(0, -5)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** Milliseconds since the Unix epoch as a metav1.MicroTime. */
export function formatMicroTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}000Z`;
}

/** A Time or MicroTime as milliseconds since the Unix epoch; throws TimeError. */
export function parseTime(text: string): number {
  const { seconds, nanos } = parseInstant(text);
  return seconds * 1000 + Math.trunc(nanos / 1e6);
}
