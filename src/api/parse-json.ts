// Reads a JSON body: the value, and on the way the two things JSON.parse hides and strict validation needs to know of,
// duplicate members and unusual numbers. The good path costs one scan of the text and one walk over the keys.
import { isJsonObject } from './json-object.ts';
import { jsonSyntaxProblem } from './json-syntax.ts';
import { readJson } from './long-integers.ts';
import type { Json } from './object.ts';

/** The text is not JSON. `message` is Go's. */
export class JsonSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonSyntaxError';
  }
}

/** A parsed body; pass it to decodeTyped as its source. */
export interface ParsedJson {
  readonly value: Json;
  readonly text: string;
  /** Whether some object has two members of one name; the last one is in `value`. */
  readonly duplicates: boolean;
  /** Whether a number was written with a fraction, an exponent or more digits than a double holds. */
  readonly unusualNumbers: boolean;
  /** What a YAML body adds to the strict errors: its duplicate keys. */
  readonly strictErrors?: readonly string[];
}

interface Scan {
  colons: number;
  unusualNumbers: boolean;
  depth: number;
}

/** The end of the string whose opening quote is at `start`: the index of its closing quote. */
function closingQuote(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    let before = at - 1;
    while (text.charCodeAt(before) === 0x5c) before--;
    if ((at - before) % 2 === 1) return at;
  }
}

/** Counts what stands outside strings. The text is valid JSON. */
function scan(text: string): Scan {
  let colons = 0;
  let unusualNumbers = false;
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i);
    if (ch === 0x22) i = closingQuote(text, i);
    else if (ch === 0x3a) colons++;
    else if (ch === 0x7b || ch === 0x5b) {
      if (++depth > deepest) deepest = depth;
    } else if (ch === 0x7d || ch === 0x5d) depth--;
    else if (ch === 0x2e) unusualNumbers = true;
    else if (ch >= 0x30 && ch <= 0x39) {
      const start = i;
      let next = text.charCodeAt(i + 1);
      while (next >= 0x30 && next <= 0x39) next = text.charCodeAt(++i + 1);
      if (i - start >= 15 || next === 0x65 || next === 0x45) unusualNumbers = true;
    }
  }
  return { colons, unusualNumbers, depth: deepest };
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item);
    return count;
  }
  for (const name in value) {
    count++;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === 'object') count += countMembers(member);
  }
  return count;
}

// Values are walked recursively everywhere; Go itself stops at 10000. Nothing real is deeper than a few dozen.
const maxDepth = 1500;

const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** A value whose texts have no half of a surrogate pair: Go reads one as U+FFFD. */
function wellFormed(_: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (!isJsonObject(value)) return value;
  for (const name of Object.keys(value)) {
    const sound = name.replace(/\p{Surrogate}/gu, '\ufffd');
    if (sound === name) continue;
    value[sound] = value[name]!;
    delete value[name];
  }
  return value;
}

/** The first number that no double can be, as it stands in the text; undefined where there is none. */
export function numberOutOfRange(text: string): string | undefined {
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;
  for (const [token] of text.matchAll(tokens))
    if (!token.startsWith('"') && !Number.isFinite(Number(token))) return token;
  return undefined;
}

/** Parses a JSON body; throws JsonSyntaxError with Go's message. */
export function parseJson(body: Uint8Array | string): ParsedJson {
  const text =
    typeof body === 'string'
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    throw new JsonSyntaxError(jsonSyntaxProblem(bytes) ?? (cause as Error).message);
  }
  const halves = surrogateEscape.test(text);
  if (halves) value = JSON.parse(text, wellFormed) as Json;
  const { colons, unusualNumbers, depth } = scan(text);
  if (depth > maxDepth) throw new JsonSyntaxError("invalid character '{' exceeded max depth");
  const duplicates = countMembers(value) !== colons;
  return { value: unusualNumbers && !halves ? readJson(text) : value, text, duplicates, unusualNumbers };
}
