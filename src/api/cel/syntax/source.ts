// The text of an expression: lines, columns in code points, and errors shown under the line they belong to.
// Upstream: cel-go common/{source,error,errors}.go.

/** A fault of an expression at an offset (UTF-16) of its text; `noOffset` prints as position -1:0. */
export interface Issue {
  readonly message: string;
  readonly offset: number;
}

/** The place of an issue that has none. */
export const noOffset = -1;
const maxShown = 100;
const maxSnippet = 16384;

interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

function place(source: string, offset: number): Place {
  if (offset === noOffset) return { line: -1, column: -1, text: '' };
  const start = source.lastIndexOf('\n', offset - 1) + 1;
  const before = source.slice(0, start);
  let line = 1;
  for (const character of before) if (character === '\n') line++;
  const end = source.indexOf('\n', start);
  const text = source.slice(start, end < 0 ? source.length : end);
  return { line, column: [...source.slice(start, offset)].length, text };
}

/** Characters past ASCII are shown wide, and so are the dots below them. */
function underline(text: string, column: number): string {
  const characters = [...text];
  const isWide = (at: number): boolean => (characters[at]?.codePointAt(0) ?? 0) > 0x7f;
  let line = '';
  for (let i = 0; i < column && i < characters.length; i++) line += isWide(i) ? '\uff0e' : '.';
  return line + (isWide(column) ? '\uff3e' : '^');
}

function display(message: string, at: Place, isEmpty: boolean): string {
  const head = `ERROR: <input>:${at.line}:${at.column + 1}: ${message}`;
  if (at.line < 1 || isEmpty || Buffer.byteLength(at.text) > maxSnippet) return head;
  const text = at.text.replaceAll('\t', ' ');
  return `${head}\n | ${text}\n | ${underline(text, at.column)}`;
}

/** All issues as cel-go prints them, in the order of their places. */
export function displayIssues(source: string, issues: readonly Issue[]): string {
  const isEmpty = source === '';
  const placed = issues
    .slice(0, maxShown)
    .map(({ message, offset }) => ({ message, at: isEmpty ? emptyPlace : place(source, offset) }));
  placed.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const lines = placed.map(({ message, at }) => display(message, at, isEmpty));
  if (issues.length > maxShown) lines.push(`${issues.length - maxShown} more errors were truncated`);
  return lines.join('\n');
}

/** The end of an empty text has the column before the first one. */
const emptyPlace: Place = { line: 1, column: -1, text: '' };
