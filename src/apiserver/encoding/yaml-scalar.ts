// How Go's YAML writer puts a string: plain, quoted or as a block, and where it breaks lines.
// Upstream: sigs.k8s.io/yaml/goyaml.v2/{encode,emitterc}.go (stringv, yaml_emitter_analyze_scalar, write_*_scalar).
import { resolvePlainScalar } from '../../api/yaml-scalar.ts';

const bestWidth = 80;

/** What a text allows. */
interface Analysis {
  plain: boolean;
  single: boolean;
  block: boolean;
}

const firstIndicators = '#,[]{}&*!|>\'"%@`';
// What the writer takes for printable in a UTF-8 stream.
const unprintable = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function isBlank(ch: string | undefined): boolean {
  return ch === undefined || ch === ' ' || ch === '\t' || ch === '\n';
}

function hasIndicators(text: string): boolean {
  if (text.startsWith('---') || text.startsWith('...')) return true;
  const first = text[0]!;
  if (firstIndicators.includes(first)) return true;
  if ((first === '-' || first === '?' || first === ':') && isBlank(text[1])) return true;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === ':' && isBlank(text[i + 1])) return true;
    if (text[i] === '#' && isBlank(text[i - 1])) return true;
  }
  return false;
}

function analyze(text: string): Analysis {
  if (text === '') return { plain: false, single: true, block: false };
  const special = unprintable.test(text);
  const spaceBreak = / \n/.test(text);
  const breakSpace = /\n /.test(text);
  const outer = /^[ \n]|[ \n]$/.test(text);
  const only = special || spaceBreak;
  return {
    plain: !only && !breakSpace && !outer && !text.includes('\n') && !hasIndicators(text),
    single: !only && !breakSpace,
    block: !only && !text.endsWith(' '),
  };
}

// Further texts that are no strings when they stand plain: dates, times, numbers to base 60, the merge key.
const otherTypes =
  /^(?:\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]| )\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:Z|[-+]\d{2}:\d{2})?)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|<<)$/;

const escapes: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(rune: string): string {
  const short = escapes[rune];
  if (short !== undefined) return short;
  const code = rune.codePointAt(0)!;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

const mustEscape = /["\\\x85\ufeff\u2028\u2029]/;

/** Writes runes one by one and breaks the line at the first single space past the width. */
function fold(
  runes: readonly string[],
  column: number,
  indent: string,
  write: (rune: string) => string,
  breakAt: (i: number) => string | undefined,
): string {
  let out = '';
  let at = column;
  let spaces = false;
  for (const [i, rune] of runes.entries()) {
    if (rune === ' ') {
      const broken = !spaces && at > bestWidth ? breakAt(i) : undefined;
      if (broken === undefined) {
        out += ' ';
        at++;
      } else {
        out += `\n${indent}${broken}`;
        at = indent.length + broken.length;
      }
      spaces = true;
      continue;
    }
    const text = write(rune);
    out += text;
    at += text.length;
    spaces = false;
  }
  return out;
}

function plainText(text: string, column: number, indent: string, isKey: boolean): string {
  const runes = [...text];
  return fold(
    runes,
    column,
    indent,
    (r) => r,
    (i) => (!isKey && runes[i + 1] !== ' ' ? '' : undefined),
  );
}

function singleQuoted(text: string, column: number, indent: string, isKey: boolean): string {
  const runes = [...text];
  const last = runes.length - 1;
  const body = fold(
    runes,
    column + 1,
    indent,
    (r) => (r === "'" ? "''" : r === '\n' ? '\n\n' : r),
    (i) => (!isKey && i > 0 && i < last && runes[i + 1] !== ' ' ? '' : undefined),
  );
  return `'${body}'`;
}

function doubleQuoted(text: string, column: number, indent: string, isKey: boolean): string {
  const runes = [...text];
  const last = runes.length - 1;
  const body = fold(
    runes,
    column + 1,
    indent,
    (r) => (r === '\n' || mustEscape.test(r) || unprintable.test(r) ? escaped(r) : r),
    (i) => (!isKey && i > 0 && i < last ? (runes[i + 1] === ' ' ? '\\' : '') : undefined),
  );
  return `"${body}"`;
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') || text === '\n' ? '+' : '';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

/**
 * A string as YAML. `column`: where it starts; `indent`: the blanks before its further lines; `isKey`: it stands before a
 * colon and stays on one line.
 */
export function yamlScalar(text: string, column: number, indent: string, isKey: boolean): string {
  const allows = analyze(text);
  if (text.includes('\n') && !isKey && allows.block) return literal(text, indent);
  if (text.includes('\n'))
    return allows.single && !isKey
      ? singleQuoted(text, column, indent, isKey)
      : doubleQuoted(text, column, indent, isKey);
  const isString = typeof resolvePlainScalar(text) === 'string' && !otherTypes.test(text);
  if (!isString) return doubleQuoted(text, column, indent, isKey);
  if (allows.plain) return plainText(text, column, indent, isKey);
  return allows.single
    ? singleQuoted(text, column, indent, isKey)
    : doubleQuoted(text, column, indent, isKey);
}
