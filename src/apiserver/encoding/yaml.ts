// Objects as YAML, the way sigs.k8s.io/yaml writes them: keys sorted, lists not indented, its quoting and line breaks.
// Our own writer because no library can be told to write like Go's; see docs/decisions.
import { yamlScalar } from './yaml-scalar.ts';

function isDigit(rune: string | undefined): boolean {
  return rune !== undefined && rune >= '0' && rune <= '9';
}

const letter = /\p{L}/u;

/** The number in `runes` from `start`, and where it ends. */
function numberAt(runes: readonly string[], start: number, seed: number): { value: number; end: number } {
  let value = seed;
  let end = start;
  while (isDigit(runes[end])) value = value * 10 + Number(runes[end++]);
  return { value, end };
}

/** Go's order of map keys: letters by code, other characters before letters, numbers by value. Upstream: sorter.go. */
function compareKeys(a: string, b: string): number {
  const ar = [...a];
  const br = [...b];
  for (let i = 0; i < ar.length && i < br.length; i++) {
    const [x, y] = [ar[i]!, br[i]!];
    if (x === y) continue;
    const [isLetterX, isLetterY] = [letter.test(x), letter.test(y)];
    if (isLetterX && isLetterY) return x < y ? -1 : 1;
    if (isLetterX || isLetterY) return isLetterY ? -1 : 1;
    let seed = 0;
    if (x === '0' || y === '0')
      for (let j = i - 1; j >= 0 && isDigit(ar[j]); j--) if (ar[j] !== '0') seed = 1;
    const m = numberAt(ar, i, seed);
    const n = numberAt(br, i, seed);
    if (m.value !== n.value) return m.value - n.value;
    if (m.end !== n.end) return m.end - n.end;
    return x < y ? -1 : 1;
  }
  return ar.length - br.length;
}

// Longer keys are written in the form with a question mark. Upstream: yaml_emitter_check_simple_key.
const maxSimpleKey = 128;

function scalarText(value: unknown, column: number, indent: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return yamlScalar(value, column, indent, false);
  return String(value);
}

function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

/** Writes `value` where the line already has `column` characters; nested lines start with `indent`. */
function write(value: unknown, indent: string, column: number, inMapping: boolean): string {
  if (typeof value !== 'object' || value === null)
    return ` ${scalarText(value, column + 1, `${indent}  `)}\n`;
  if (isEmpty(value)) return Array.isArray(value) ? ' []\n' : ' {}\n';
  if (Array.isArray(value)) return `\n${list(value, inMapping ? indent : `${indent}  `)}`;
  return `\n${mapping(value as Record<string, unknown>, inMapping ? `${indent}  ` : indent)}`;
}

function item(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null)
    return `- ${scalarText(value, indent.length + 2, `${indent}  `)}\n`;
  if (isEmpty(value)) return Array.isArray(value) ? '- []\n' : '- {}\n';
  const inner = `${indent}  `;
  const text = Array.isArray(value) ? list(value, inner) : mapping(value as Record<string, unknown>, inner);
  // the first line stands beside the dash
  return `- ${text.slice(inner.length)}`;
}

function list(values: readonly unknown[], indent: string): string {
  return values.map((value) => indent + item(value, indent)).join('');
}

function mapping(object: Record<string, unknown>, indent: string): string {
  let out = '';
  for (const key of Object.keys(object).sort(compareKeys)) {
    const value = object[key];
    if (value === undefined) continue;
    const text = yamlScalar(key, indent.length, indent, true);
    if (key.length > maxSimpleKey || key.includes('\n'))
      out += `${indent}? ${text}\n${indent}:${write(value, indent, indent.length + 1, true)}`;
    else out += `${indent}${text}:${write(value, indent, indent.length + text.length + 1, true)}`;
  }
  return out;
}

/** YAML text of a JSON value. */
export function toYaml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${scalarText(value, 0, '')}\n`;
  if (isEmpty(value)) return Array.isArray(value) ? '[]\n' : '{}\n';
  return Array.isArray(value) ? list(value, '') : mapping(value as Record<string, unknown>, '');
}
