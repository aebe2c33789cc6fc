// Timestamps and durations: reading, printing, and their arithmetic.
// Upstream: cel-go common/types/{timestamp,duration}.go; the parsing rules are those of Go's time package.
import { parseDuration } from '../../duration.ts';
import { parseInstant, TimeError } from '../../time.ts';
import { plainFloat } from './numbers.ts';
import { Duration, EvaluationError, Timestamp } from './value.ts';

const minSeconds = -62_135_596_800;
const maxSeconds = 253_402_300_799;
const billion = 1_000_000_000n;
const maxNanos = 2n ** 63n - 1n;

const timestampOverflow = new EvaluationError('timestamp overflow');
const durationOverflow = new EvaluationError('integer overflow');

/** The timestamp of seconds since the epoch, if it is within years 1 to 9999. */
export function timestampOf(seconds: number, nanos = 0, offset = 0): Timestamp | EvaluationError {
  if (seconds < minSeconds || seconds > maxSeconds) return timestampOverflow;
  return new Timestamp(seconds, nanos, offset);
}

/** Reads RFC 3339; undefined when it is none. */
export function readTimestamp(text: string): Timestamp | EvaluationError | undefined {
  try {
    const { seconds, nanos } = parseInstant(text);
    const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
    const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60) : 0;
    return timestampOf(seconds, nanos, offset);
  } catch (error) {
    if (error instanceof TimeError) return undefined;
    throw error;
  }
}

/** Reads a Go duration; undefined when it is none. */
export function readDuration(text: string): Duration | undefined {
  try {
    return new Duration(parseDuration(text));
  } catch (error) {
    if (error instanceof TimeError) return undefined;
    throw error;
  }
}

/** The instant in RFC 3339 with as many decimals as needed. */
export function timestampText({ seconds, nanos, offset }: Timestamp): string {
  const date = new Date((seconds + offset) * 1000).toISOString().slice(0, -5);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  if (offset === 0) return `${date}${fraction}Z`;
  const minutes = Math.abs(offset) / 60;
  const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0');
  return `${date}${fraction}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Seconds as a float, followed by `s`. */
export function durationText({ nanos }: Duration): string {
  return `${plainFloat(Number(nanos / billion) + Number(nanos % billion) / 1e9)}s`;
}

function checkedDuration(nanos: bigint): Duration | EvaluationError {
  return nanos > maxNanos || nanos < -maxNanos - 1n ? durationOverflow : new Duration(nanos);
}

export function addDurations(a: Duration, b: Duration): Duration | EvaluationError {
  return checkedDuration(a.nanos + b.nanos);
}

export function subtractDurations(a: Duration, b: Duration): Duration | EvaluationError {
  return checkedDuration(a.nanos - b.nanos);
}

/** The timestamp `nanos` later. */
export function shift(time: Timestamp, nanos: bigint): Timestamp | EvaluationError {
  const total = BigInt(time.nanos) + nanos;
  let seconds = total / billion;
  let rest = total % billion;
  if (rest < 0n) {
    rest += billion;
    seconds -= 1n;
  }
  return timestampOf(time.seconds + Number(seconds), Number(rest), time.offset);
}

/** a - b. */
export function between(a: Timestamp, b: Timestamp): Duration | EvaluationError {
  return checkedDuration((BigInt(a.seconds) - BigInt(b.seconds)) * billion + BigInt(a.nanos - b.nanos));
}
