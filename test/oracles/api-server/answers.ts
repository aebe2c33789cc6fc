// What of two servers' answers must be the same: all but identities, times, revisions and what is handed out by chance.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import type { Answer } from './servers.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g;
const handedOut = /\b10\.[01]\.0\.\d+\b/g;
const revision = /(resourceVersion\\*":\\*")\d+/g;
const nodePort = /(nodePort\\*"?:)3\d{4}/gi;
const aroundMs = 3_600_000;

function isNow(text: string): boolean {
  return Math.abs(Date.parse(text) - Date.now()) < aroundMs;
}

/** A text without what differs between any two servers. */
export function plainText(text: string): string {
  return (
    text
      .replace(uuid, '<uid>')
      .replace(time, (written) => (isNow(written) ? '<now>' : written))
      .replace(handedOut, '<address>')
      .replace(revision, '$1<revision>')
      .replace(nodePort, '$1<port>')
      // Go's maps are gone through in no order
      .replace(/errors:\n( {2}.*(\n|$))+/, (list) => list.split('\n').sort().join('\n'))
  );
}

function plain(value: Json, name = ''): Json {
  if (typeof value === 'string') {
    if (name === 'resourceVersion' && value !== '') return '<revision>';
    return plainText(value);
  }
  if (/nodePort/i.test(name) && typeof value === 'number' && value >= 30000 && value < 32768) return '<port>';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, key)]));
}

/** Faults in order: Go's maps hand them out in none. Their text is that of the whole, but for its order. */
function sortedStatus(status: JsonObject): JsonObject {
  const details = status['details'] as JsonObject | undefined;
  const causes = details?.['causes'] as JsonObject[] | undefined;
  if (status['kind'] !== 'Status' || causes === undefined || causes.length < 2) return status;
  const sorted = causes.map((cause) => JSON.stringify(cause)).sort();
  return { ...status, message: '', details: { ...details, causes: sorted } };
}

/** The comparable text of an answer. */
export function answerText({ code, warnings, body }: Answer): string {
  const said = sortedStatus(plain(body) as JsonObject);
  return JSON.stringify({ code, warnings: warnings.map(plainText).sort(), body: said });
}

function short(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 2000 ? `${text.slice(0, 2000)}...` : text;
}

/** Where two values differ: lines of a path and both. */
export function differingParts(theirs: Json | undefined, ours: Json | undefined, path = ''): string[] {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
  const both = [theirs, ours];
  const branches = both.every((value) => typeof value === 'object' && value !== null);
  if (!branches) return [`  ${path}\n    upstream: ${short(theirs)}\n    ours:     ${short(ours)}`];
  const [left, right] = both as [JsonObject, JsonObject];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const parts = names.flatMap((name) => differingParts(left[name], right[name], `${path}.${name}`));
  return parts.length > 0 ? parts : [`  ${path}: members in another order`];
}
