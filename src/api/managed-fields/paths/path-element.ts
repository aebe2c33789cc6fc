// One step of a field path as the text that managedFields carry: `f:name`, `k:{"name":"a"}`, `v:"x"`, `i:0`. Upstream:
// sigs.k8s.io/structured-merge-diff/v6/fieldpath/{element,serialize-pe}.go. A canonical text stands for its element, so
// that sets of fields are maps of texts; only order and messages need the parts.
import { goPrintFloat, goQuote } from '../../go-text.ts';
import { isJsonObject } from '../../json-object.ts';
import type { Json } from '../../object.ts';

/** A path element of a kind that this version does not know: upstream drops those silently. */
export const unknownElement = Symbol('unknown path element');

/** What stands for an item that has no path element, as in values from which keys were pruned. It is never printed. */
export const invalidElement = '?';

// Texts that stand for themselves between quotes, also where Go escapes HTML.
const plainText = /^[ !#-%'-;=?-[\]-~]*$/;
// What jsoniter's HTML-escaping writer escapes beyond what JSON.stringify does, and where the two spell differently.
const escapedByGo = /[<>&\u2028\u2029]/g;
const spelledOut: Record<string, string> = { '\\b': '\\u0008', '\\f': '\\u000c' };

function unicodeEscape(ch: string): string {
  return `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function stringText(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  // jsoniter has no short forms of backspace and form feed.
  const quoted = JSON.stringify(text).replace(/\\\\|\\[bf]/g, (found) => spelledOut[found] ?? found);
  return quoted.replace(escapedByGo, unicodeEscape);
}

function numberText(value: number): string {
  // Go pads exponents to two digits and has the same limits as JavaScript.
  return String(value).replace(/e([+-])([0-9])$/, 'e$10$2');
}

/** A JSON value as it stands in a key or value element. */
export function elementValueText(value: Json): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(elementValueText).join(',')}]`;
  if (isJsonObject(value)) {
    const members = Object.keys(value).sort(compareText);
    return `{${members.map((name) => `${stringText(name)}:${elementValueText(value[name]!)}`).join(',')}}`;
  }
  return String(value);
}

/** `f:name`. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** `v:"x"`, an item of a set. */
export function valueElement(value: Json): string {
  return `v:${elementValueText(value)}`;
}

/** The name of a key field as it stands in a key element. Field names are not HTML-escaped, unlike their values. */
export function keyNameText(name: string): string {
  return JSON.stringify(name);
}

/** `k:{"name":"a"}`, an item of a list that is a map; the fields are sorted by name. */
export function keyElement(fields: Readonly<Record<string, Json>>): string {
  const names = Object.keys(fields).sort(compareText);
  return `k:{${names.map((name) => `${keyNameText(name)}:${elementValueText(fields[name]!)}`).join(',')}}`;
}

/** The order of Go's strings: by bytes of UTF-8, which is by code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    if (x >= 0xd800 && y >= 0xd800) {
      x += x >= 0xe000 ? -0x800 : 0x2000;
      y += y >= 0xe000 ? -0x800 : 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

function valueRank(value: Json): number {
  if (typeof value === 'number' || typeof value === 'bigint') return 0;
  if (typeof value === 'string') return 1;
  if (typeof value === 'boolean') return 2;
  if (Array.isArray(value)) return 3;
  return value === null ? 5 : 4;
}

/** The total order of values. Upstream: value/value.go, Compare. */
function compareValues(a: Json, b: Json): number {
  const rank = valueRank(a) - valueRank(b);
  if (rank !== 0) return rank < 0 ? -1 : 1;
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'object' && a !== null) return compareText(elementValueText(a), elementValueText(b));
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

type KeyFields = readonly (readonly [string, Json])[];

const keyFieldsCache = new Map<string, KeyFields>();
const cacheLimit = 20_000;

/** The fields of a key element, sorted by name. */
export function keyFieldsOf(element: string): KeyFields {
  let fields = keyFieldsCache.get(element);
  if (fields === undefined) {
    const object = JSON.parse(element.slice(2)) as Record<string, Json>;
    fields = Object.keys(object)
      .sort(compareText)
      .map((name) => [name, object[name]!] as const);
    if (keyFieldsCache.size >= cacheLimit) keyFieldsCache.clear();
    keyFieldsCache.set(element, fields);
  }
  return fields;
}

function compareKeys(a: KeyFields, b: KeyFields): number {
  for (let i = 0; ; i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) {
      if (left === right) return 0;
      return left === undefined ? -1 : 1;
    }
    const order = compareText(left[0], right[0]) || compareValues(left[1], right[1]);
    if (order !== 0) return order;
  }
}

const kinds = 'fkvi?';

/** The order of path elements: fields, keys, values, indices; each by its content. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  if (a[0] !== b[0]) return kinds.indexOf(a[0]!) < kinds.indexOf(b[0]!) ? -1 : 1;
  switch (a[0]) {
    case 'f':
      return compareText(a, b);
    case 'k':
      return compareKeys(keyFieldsOf(a), keyFieldsOf(b));
    case 'v':
      return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
    default:
      return Number(a.slice(2)) < Number(b.slice(2)) ? -1 : 1;
  }
}

function parsedContent(text: string): Json {
  try {
    return JSON.parse(text.slice(2)) as Json;
  } catch {
    throw new Error(`parsing key as path element: invalid JSON in ${text}`);
  }
}

const canonicalCache = new Map<string, string>();

function canonicalKeyOrValue(text: string): string {
  const content = parsedContent(text);
  if (text[0] === 'v') return valueElement(content);
  if (!isJsonObject(content)) throw new Error(`parsing key as path element: expect { in ${text}`);
  return keyElement(content);
}

/**
 * The canonical text of an element that came over the wire; `unknownElement` for kinds of a later version. Throws with
 * upstream's text where there is one.
 */
export function canonicalElement(text: string): string | typeof unknownElement {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case 'f':
      return text;
    case 'k':
    case 'v': {
      let canonical = canonicalCache.get(text);
      if (canonical === undefined) {
        canonical = canonicalKeyOrValue(text);
        if (canonicalCache.size >= cacheLimit) canonicalCache.clear();
        canonicalCache.set(text, canonical);
      }
      return canonical;
    }
    case 'i':
      if (!/^[+-]?[0-9]+$/.test(text.slice(2)))
        throw new Error(`strconv.Atoi: parsing ${goQuote(text.slice(2))}: invalid syntax`);
      return `i:${Number(text.slice(2))}`;
    default:
      return unknownElement;
  }
}

/** A value in a path: `"a"`, `80`, `true`. Upstream: value/value.go, ToString. */
function displayValue(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goPrintFloat(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(displayValue).join(',')}]`;
  return Object.entries(value)
    .map(([name, member]) => `${name}=${displayValue(member)}`)
    .join('');
}

/** An element as people read it: `.spec`, `[name="a"]`, `[="x"]`, `[0]`. */
export function displayElement(element: string): string {
  switch (element[0]) {
    case 'f':
      return `.${element.slice(2)}`;
    case 'k':
      return `[${keyFieldsOf(element)
        .map(([name, value]) => `${name}=${displayValue(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${displayValue(JSON.parse(element.slice(2)))}]`;
    default:
      return `[${element.slice(2)}]`;
  }
}

/** A path as people read it: `.spec.containers[name="a"].image`. */
export function displayPath(path: readonly string[]): string {
  return path.map(displayElement).join('');
}
