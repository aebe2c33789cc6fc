// Texts as Go prints them, because error messages are compared to the letter: %q quoting and encoding/json's escaping.
import { writeJson } from './long-integers.ts';

const shortEscapes: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

const plainAscii = /^[ !#-[\]-~]*$/;
// Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quoteRune(rune: string): string {
  const short = shortEscapes[rune];
  if (short !== undefined) return short;
  const code = rune.codePointAt(0)!;
  // Half a surrogate pair cannot stand in UTF-8; Go sees the replacement character.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (printable.test(rune)) return rune;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Go's strconv.Quote. */
export function goQuote(text: string): string {
  if (plainAscii.test(text)) return `"${text}"`;
  let quoted = '';
  for (const rune of text) quoted += quoteRune(rune);
  return `"${quoted}"`;
}

/** encoding/json's Marshal: like JSON.stringify, with <, >, & and the two line separators escaped. */
export function goJson(value: unknown): string {
  const text = writeJson(value) ?? 'null';
  return text.replace(/[<>&\u2028\u2029]/g, (ch) => `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How Go's time package quotes: bytes, not runes, and no short escapes. */
export function goTimeQuote(text: string): string {
  let quoted = '';
  for (const byte of Buffer.from(text)) {
    if (byte < 0x20 || byte >= 0x80) quoted += `\\x${byte.toString(16).padStart(2, '0')}`;
    else if (byte === 0x22 || byte === 0x5c) quoted += `\\${String.fromCharCode(byte)}`;
    else quoted += String.fromCharCode(byte);
  }
  return `"${quoted}"`;
}

/** A JSON value as Go's %v prints it: `map[image:a:3 name:a]`, `[a b]`, `<nil>`. */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${members.map(([name, member]) => `${name}:${goPrint(member)}`).join(' ')}]`;
  }
  return String(value);
}

/** A float64 as Go's %v prints it: the shortest digits, with an exponent below 1e-4 and from 1e6. */
export function goPrintFloat(value: number): string {
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
