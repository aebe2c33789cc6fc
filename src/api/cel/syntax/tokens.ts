// Cuts an expression into tokens. What is no token is reported and skipped as ANTLR's lexer does.
// Upstream: cel-go parser/gen/CEL.g4.
import type { Issue } from './source.ts';

/** The kind of a token: its own text for symbols and keywords, else the name that error texts use. */
export type TokenKind = string;

/** A token: `end` is the offset behind it. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** All kinds in the order in which error texts list them. */
export const tokenOrder: readonly TokenKind[] = [
  ...[
    '==',
    '!=',
    'in',
    '<',
    '<=',
    '>=',
    '>',
    '&&',
    '||',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '.',
    ',',
    '-',
    '!',
    '?',
  ],
  ...[':', '+', '*', '/', '%', 'true', 'false', 'null'],
  ...['NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER', 'ESC_IDENTIFIER', '<EOF>'],
];

const named = new Set(tokenOrder.filter((kind) => /^[A-Z]/.test(kind)));
const keywords = new Set(['in', 'true', 'false', 'null']);
const escapes = String.raw`\\(?:[abfnrtv"'\\?${'`'}]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const strings = [
  String.raw`[rR]"""[\s\S]*?"""`,
  String.raw`[rR]'''[\s\S]*?'''`,
  String.raw`[rR]"[^"\n\r]*"`,
  String.raw`[rR]'[^'\n\r]*'`,
  String.raw`"""(?:${escapes}|[^\\])*?"""`,
  String.raw`'''(?:${escapes}|[^\\])*?'''`,
  String.raw`"(?:${escapes}|[^\\"\n\r])*"`,
  String.raw`'(?:${escapes}|[^\\'\n\r])*'`,
].join('|');

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['', /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y],
  ['BYTES', new RegExp(`[bB](?:${strings})`, 'y')],
  ['STRING', new RegExp(`(?:${strings})`, 'y')],
  ['IDENTIFIER', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['NUM_FLOAT', /[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?/y],
  ['NUM_UINT', /0x[0-9a-fA-F]+[uU]|[0-9]+[uU]/y],
  ['NUM_INT', /0x[0-9a-fA-F]+|[0-9]+/y],
  ['ESC_IDENTIFIER', /`[A-Za-z0-9_.\-/ ]+`/y],
  ['symbol', /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y],
];

const partEscape = String.raw`\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?`;

// How far a text that is no token could have been the beginning of one.
const beginnings: readonly RegExp[] = [
  /[=&|]/y,
  /[bB]?[rR]?(?:"""|''')[\s\S]*/y,
  /[bB]?[rR]"[^"\n\r]*|[bB]?[rR]'[^'\n\r]*/y,
  new RegExp(
    String.raw`[bB]?"(?:${escapes}|[^\\"\n\r])*(?:${partEscape})?|[bB]?'(?:${escapes}|[^\\'\n\r])*(?:${partEscape})?`,
    'y',
  ),
  /`[A-Za-z0-9_.\-/ ]*/y,
];

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function badText(source: string, at: number): string {
  let length = 0;
  for (const pattern of beginnings) length = Math.max(length, matchAt(pattern, source, at)?.length ?? 0);
  const next = source.codePointAt(at + length);
  return source.slice(at, at + length) + (next === undefined ? '' : String.fromCodePoint(next));
}

/** Line breaks and tabs are written out in ANTLR's texts. */
export function shownText(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

/** The tokens of a text, the last one of kind `<EOF>`; what is no token adds an issue. */
export function tokenize(source: string, issues: Issue[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  scan: while (at < source.length) {
    for (const [kind, pattern] of patterns) {
      const text = matchAt(pattern, source, at);
      if (text === undefined) continue;
      const isWord = kind === 'IDENTIFIER' && keywords.has(text);
      if (kind !== '') {
        const shown = kind === 'symbol' || isWord ? text : kind;
        tokens.push({ kind: shown, text, at, end: at + text.length });
      }
      at += text.length;
      continue scan;
    }
    const text = badText(source, at);
    issues.push({ message: `Syntax error: token recognition error at: '${text}'`, offset: at });
    at += text.length;
  }
  tokens.push({ kind: '<EOF>', text: '<EOF>', at: source.length, end: source.length });
  return tokens;
}

/** A set of kinds as an error text shows it. */
export function shownKinds(kinds: Iterable<TokenKind>): string {
  const set = new Set(kinds);
  const shown = tokenOrder
    .filter((kind) => set.has(kind))
    .map((kind) => (named.has(kind) || kind === '<EOF>' ? kind : `'${kind}'`));
  return shown.length === 1 ? shown[0]! : `{${shown.join(', ')}}`;
}
