// The value of a string or bytes literal. Upstream: cel-go parser/unescape.go.

const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
};

/** The text is no valid literal. */
export class UnescapeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnescapeError';
  }
}

/** Without quotes: what is between them, and whether backslashes stand for themselves. */
function inner(literal: string): { text: string; isRaw: boolean } {
  const isRaw = literal[0] === 'r' || literal[0] === 'R';
  const quoted = (isRaw ? literal.slice(1) : literal).replace(/\r\n?/g, '\n');
  const quotes = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return { text: quoted.slice(quotes, -quotes), isRaw };
}

interface Escape {
  readonly code: number;
  readonly length: number;
  /** A byte of a bytes literal rather than a code point. */
  readonly isByte: boolean;
}

function readEscape(text: string, at: number): Escape {
  const letter = text[at + 1] ?? '';
  const known = simple[letter];
  if (known !== undefined) return { code: known, length: 2, isByte: false };
  const digits: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };
  const count = digits[letter];
  if (count !== undefined) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + count), 16);
    return { code, length: 2 + count, isByte: count === 2 };
  }
  return { code: Number.parseInt(text.slice(at + 1, at + 4), 8), length: 4, isByte: true };
}

/** The text of a STRING token; throws UnescapeError. */
export function unescapeString(literal: string): string {
  const { text, isRaw } = inner(literal);
  if (isRaw || !text.includes('\\')) return text;
  let result = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      result += text[i];
      continue;
    }
    const { code, length } = readEscape(text, i);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      throw new UnescapeError('unable to unescape string');
    result += String.fromCodePoint(code);
    i += length - 1;
  }
  return result;
}

/** The bytes of a BYTES token; throws UnescapeError. */
export function unescapeBytes(literal: string): Uint8Array {
  const { text, isRaw } = inner(literal.slice(1));
  if (isRaw || !text.includes('\\')) return new Uint8Array(Buffer.from(text));
  const parts: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      const character = String.fromCodePoint(text.codePointAt(i)!);
      parts.push(...Buffer.from(character));
      i += character.length - 1;
      continue;
    }
    const { code, length, isByte } = readEscape(text, i);
    if (length > 4 || code > 255) throw new UnescapeError('unable to unescape string');
    parts.push(isByte ? code : code);
    i += length - 1;
  }
  return Uint8Array.from(parts);
}
