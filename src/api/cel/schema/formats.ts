// Strings of schemas with a format: durations, dates, times, bytes. Upstream: k8s.io/kube-openapi/pkg/validation/strfmt.
import { readDuration, readTimestamp } from '../values/times.ts';
import { Duration, EvaluationError, isError, Timestamp, type Value } from '../values/value.ts';

const seconds: readonly (readonly [RegExp, number])[] = [
  [/^(?:ns|nano)/, 1e-9],
  [/^(?:us|\u00b5s|micro)/, 1e-6],
  [/^(?:ms|milli)/, 1e-3],
  [/^s(?:ec)?/, 1],
  [/^m(?:in)?/, 60],
  [/^h(?:r|our)?/, 3600],
  [/^d(?:ay)?/, 86_400],
  [/^w(?:k|eek)?/, 604_800],
];

function duration(text: string): Value {
  const plain = readDuration(text);
  if (plain !== undefined) return plain;
  let total = 0n;
  let isFound = false;
  for (const [, amount, unit] of text.matchAll(/(-?[0-9]+)\s*([A-Za-z\u00b5]+)/g)) {
    const factor = seconds.find(([pattern]) => pattern.test(unit!.toLowerCase()));
    if (factor === undefined) continue;
    isFound = true;
    total += BigInt(amount!) * BigInt(Math.round(factor[1] * 1e9));
  }
  if (isFound) return new Duration(total);
  return new EvaluationError(`Invalid duration ${text}: unable to parse ${text} as duration`);
}

function time(text: string): Value | undefined {
  const found = readTimestamp(text) ?? readTimestamp(text.toUpperCase()) ?? readTimestamp(`${text}Z`);
  return isError(found) ? undefined : found;
}

/** The value of a string by its format. */
export function formattedValue(text: string, format: string | undefined): Value {
  switch (format) {
    case 'duration':
      return duration(text);
    case 'date': {
      const date = /^\d{4}-\d\d-\d\d$/.test(text) ? readTimestamp(`${text}T00:00:00Z`) : undefined;
      return date instanceof Timestamp ? date : new EvaluationError(`Invalid date formatted string ${text}`);
    }
    case 'date-time':
      return time(text) ?? new EvaluationError(`Invalid date-time formatted string ${text}`);
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return text;
  }
}
