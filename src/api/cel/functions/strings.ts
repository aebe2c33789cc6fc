// Functions of strings; positions count code points. Upstream: cel-go ext/strings.go.
import { stringList } from '../values/collections.ts';
import {
  codePointCount,
  EvaluationError,
  type ListValue,
  noSuchOverload,
  type Value,
} from '../values/value.ts';

function outOfRange(index: bigint): EvaluationError {
  return new EvaluationError(`index out of range: ${index}`);
}

function charAt(text: string, index: bigint): Value {
  const characters = [...text];
  if (index < 0n || index > characters.length) return outOfRange(index);
  return characters[Number(index)] ?? '';
}

function matchesAt(text: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((character, i) => text[at + i] === character);
}

function indexOf(text: string, part: string, offset = 0n): Value {
  if (part === '') return offset;
  const characters = [...text];
  const wanted = [...part];
  if (offset < 0n) return outOfRange(offset);
  for (let i = Number(offset); i + wanted.length <= characters.length; i++)
    if (matchesAt(characters, wanted, i)) return BigInt(i);
  return -1n;
}

function lastIndexOfOffset(text: string, part: string, offset: bigint): Value {
  if (part === '') return offset;
  const characters = [...text];
  const wanted = [...part];
  if (offset < 0n) return outOfRange(offset);
  if (offset >= characters.length) return -1n;
  for (let i = Math.min(Number(offset), characters.length - wanted.length); i >= 0; i--)
    if (matchesAt(characters, wanted, i)) return BigInt(i);
  return -1n;
}

function lastIndexOf(text: string, part: string): Value {
  const size = codePointCount(text);
  if (part === '') return BigInt(size);
  if (Buffer.byteLength(text) < Buffer.byteLength(part)) return -1n;
  return lastIndexOfOffset(text, part, BigInt(size - 1));
}

/** Go's strings.Replace: -1 replaces all; an empty text to replace is found between all characters. */
function replace(text: string, old: string, by: string, count = -1n): Value {
  if (count === 0n || old === by) return text;
  const limit = count < 0n ? Number.POSITIVE_INFINITY : Number(count);
  let replaced = 0;
  if (old !== '') {
    const parts = text.split(old);
    let result = parts[0]!;
    for (const part of parts.slice(1)) result += (replaced++ < limit ? by : old) + part;
    return result;
  }
  let result = '';
  for (const character of text) result += (replaced++ < limit ? by : '') + character;
  return replaced < limit ? result + by : result;
}

function split(text: string, separator: string, count = -1n): Value {
  if (count === 0n) return stringList([]);
  const parts = separator === '' ? [...text] : text.split(separator);
  if (count < 0n || BigInt(parts.length) <= count) return stringList(parts);
  const kept = parts.slice(0, Number(count) - 1);
  return stringList([...kept, parts.slice(Number(count) - 1).join(separator)]);
}

function substring(text: string, start: bigint, end?: bigint): Value {
  const characters = [...text];
  const size = BigInt(characters.length);
  if (end !== undefined && start > end)
    return new EvaluationError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) return outOfRange(start);
  if (end !== undefined && (end < 0n || end > size)) return outOfRange(end);
  return characters.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

function join(list: ListValue, separator = ''): Value {
  const parts: string[] = [];
  for (let i = 0; i < list.size; i++) {
    const item = list.get(i);
    if (typeof item !== 'string') return new EvaluationError(`join: invalid input: ${String(item)}`);
    parts.push(item);
  }
  return parts.join(separator);
}

const quoted: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  return `"${[...text].map((character) => quoted[character] ?? character).join('')}"`;
}

const spaceAtEnds =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** The standard functions of two strings see to their arguments themselves. */
export function ofStrings(call: (a: string, b: string) => Value): (a: Value, b: Value) => Value {
  return (a, b) => (typeof a === 'string' && typeof b === 'string' ? call(a, b) : noSuchOverload());
}

export const stringFunctions = {
  contains: ofStrings((text, part) => text.includes(part)),
  startsWith: ofStrings((text, part) => text.startsWith(part)),
  endsWith: ofStrings((text, part) => text.endsWith(part)),
  string_char_at_int: charAt,
  string_index_of_string: (text: string, part: string) => indexOf(text, part),
  string_index_of_string_int: indexOf,
  string_last_index_of_string: lastIndexOf,
  string_last_index_of_string_int: lastIndexOfOffset,
  string_lower_ascii: (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  string_upper_ascii: (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  string_replace_string_string: replace,
  string_replace_string_string_int: replace,
  string_split_string: split,
  string_split_string_int: split,
  string_substring_int: substring,
  string_substring_int_int: substring,
  string_trim: (text: string) => text.replace(spaceAtEnds, ''),
  list_join: join,
  list_join_string: join,
  strings_quote: quote,
};
