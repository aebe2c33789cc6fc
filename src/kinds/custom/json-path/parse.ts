// Reads the JSONPath dialect of kubectl and of printer columns: `{.spec.list[?(@.name=="a")].value}`.
// Upstream: k8s.io/client-go/util/jsonpath/parser.go.

/** One step of a path. */
export type Step =
  | { readonly step: 'list'; readonly steps: readonly Step[] }
  | { readonly step: 'value'; readonly value: string | number | boolean; readonly float?: boolean }
  | { readonly step: 'field'; readonly name: string }
  | {
      readonly step: 'array';
      readonly from?: number;
      readonly to?: number;
      readonly every?: number;
      readonly single: boolean;
    }
  | {
      readonly step: 'filter';
      readonly left: readonly Step[];
      readonly right: readonly Step[];
      readonly operator: string;
    }
  | { readonly step: 'wildcard' }
  | { readonly step: 'recursive' }
  | { readonly step: 'union'; readonly paths: readonly (readonly Step[])[] }
  | { readonly step: 'identifier'; readonly name: string };

/** The text is no path. `message` is upstream's. */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPathError';
  }
}

const terminators = new Set([' ', '\t', '\r', '\n', '.', ',', '[', ']', '$', '@', '{', '}']);
const slicePattern = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/;
const filterPattern = /^([^!<>=]+)([!<>=]+)(.+?)$/;

function isAlphanumeric(char: string): boolean {
  return /^[_\p{L}\p{Nd}]$/u.test(char);
}

function integer(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new JsonPathError(`array index ${text} is not a number`);
  return Number(text);
}

const shortEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A quoted text without its quotes, with Go's escapes. */
function unquote(quoted: string): string {
  const quote = quoted[0]!;
  const inner = quoted.slice(1, -1);
  const escaped = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gsu;
  return inner.replace(
    escaped,
    (whole, x?: string, u?: string, long?: string, octal?: string, short?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (short === '\\' || short === quote) return short;
      const found = shortEscapes[short!];
      if (found === undefined) throw new JsonPathError(`unquote string ${quoted} error invalid syntax`);
      return whole === '' ? '' : found;
    },
  );
}

class Parser {
  private readonly text: string;
  private at = 0;
  /** Top level: texts and actions one after another. */
  readonly root: Step[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): Step[] {
    while (this.at < this.text.length) {
      const open = this.text.indexOf('{', this.at);
      const end = open < 0 ? this.text.length : open;
      if (end > this.at) this.root.push({ step: 'value', value: this.text.slice(this.at, end) });
      this.at = end;
      if (open < 0) break;
      this.at++;
      const steps: Step[] = [];
      this.root.push({ step: 'list', steps });
      this.action(steps);
    }
    return this.root;
  }

  private sees(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Up to and with the closing brace. */
  private action(steps: Step[]): void {
    for (;;) {
      if (this.sees('}')) {
        this.at++;
        return;
      }
      const char = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
      if (this.at >= this.text.length || char === '\n' || char === '\r')
        throw new JsonPathError('unclosed action');
      if (this.sees('[?(')) this.filter(steps);
      else if (this.sees('..')) this.recursive(steps);
      else if (char === ' ' || char === '@' || char === '$') this.at++;
      else if (char === '[') this.array(steps);
      else if (char === '"' || char === "'") this.quote(steps, char);
      else if (char === '.') {
        this.at++;
        this.field(steps);
      } else if (char === '+' || char === '-' || /^\p{Nd}$/u.test(char)) this.number(steps);
      else if (isAlphanumeric(char)) this.identifier(steps);
      else throw new JsonPathError(`unrecognized character in action: ${unicodeText(char)}`);
    }
  }

  private recursive(steps: Step[]): void {
    if (steps.at(-1)?.step === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    this.at += 2;
    steps.push({ step: 'recursive' });
    const next = this.text.codePointAt(this.at);
    if (next !== undefined && isAlphanumeric(String.fromCodePoint(next))) this.field(steps);
  }

  /** Up to a character that ends a name. */
  private word(escapes: boolean): string {
    const start = this.at;
    while (this.at < this.text.length && !terminators.has(this.text[this.at]!)) {
      if (escapes && this.text[this.at] === '\\') this.at++;
      this.at++;
    }
    this.at = Math.min(this.at, this.text.length);
    return this.text.slice(start, this.at);
  }

  private field(steps: Step[]): void {
    const word = this.word(true);
    steps.push(word === '*' ? { step: 'wildcard' } : { step: 'field', name: word.replaceAll('\\', '') });
  }

  private identifier(steps: Step[]): void {
    const word = this.word(false);
    if (word === 'true' || word === 'false') steps.push({ step: 'value', value: word === 'true' });
    else steps.push({ step: 'identifier', name: word });
  }

  private number(steps: Step[]): void {
    const text = /^[+-]?[.0-9]*/.exec(this.text.slice(this.at))![0];
    this.at += text.length;
    if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text))
      throw new JsonPathError(`cannot parse number ${text}`);
    steps.push({ step: 'value', value: Number(text), ...(text.includes('.') ? { float: true } : {}) });
  }

  private quote(steps: Step[], quote: string): void {
    const start = this.at++;
    for (;;) {
      const char = this.text[this.at++];
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated quoted string');
      if (char === quote && this.text[this.at - 2] !== '\\') break;
    }
    steps.push({ step: 'value', value: unquote(this.text.slice(start, this.at)) });
  }

  private array(steps: Step[]): void {
    const start = this.at + 1;
    const end = this.text.indexOf(']', start);
    const line = this.text.indexOf('\n', start);
    if (end < 0 || (line >= 0 && line < end)) throw new JsonPathError('unterminated array');
    this.at = end + 1;
    const inside = this.text.slice(start, end);
    const text = inside === '*' ? ':' : inside;
    const parts = text.split(',');
    if (parts.length > 1) {
      const paths = parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`));
      steps.push({ step: 'union', paths });
      return;
    }
    const key = /^'([^']*)'$/s.exec(text)?.[1];
    if (key !== undefined) steps.push(...parseAction(`.${key}`));
    else steps.push(slice(text));
  }

  private filter(steps: Step[]): void {
    this.at += 3;
    const start = this.at;
    let quote: string | undefined;
    let closed = false;
    for (;;) {
      const char = this.text[this.at++];
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated filter');
      if (char === '"' || char === "'") {
        if (quote === undefined) quote = char;
        else if (this.text[this.at - 2] !== '\\' && char === quote) closed = true;
      } else if (char === ')' && (quote !== undefined) === closed) break;
    }
    const text = this.text.slice(start, this.at - 1);
    if (this.text[this.at++] !== ']') throw new JsonPathError('unclosed array expect ]');
    const match = filterPattern.exec(text);
    if (match === null)
      steps.push({ step: 'filter', left: parseAction(text), right: [], operator: 'exists' });
    else
      steps.push({
        step: 'filter',
        left: parseAction(match[1]!),
        right: parseAction(match[3]!),
        operator: match[2]!,
      });
  }
}

function unicodeText(char: string): string {
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
}

function slice(text: string): Step {
  const match = slicePattern.exec(text);
  if (match === null) throw new JsonPathError(`invalid array index ${text}`);
  const [, first = '', second, third] = match;
  const bound = (part: string | undefined): number | undefined =>
    part === undefined || part === '' || part === ':' ? undefined : integer(part.replace(/^:/, ''));
  const from = bound(first);
  if (second === undefined || second === '')
    return { step: 'array', from, to: (from ?? 0) + 1, every: bound(third), single: true };
  return { step: 'array', from, to: bound(second), every: bound(third), single: false };
}

function parseAction(text: string): readonly Step[] {
  const [first] = new Parser(`{${text}}`).run();
  return first?.step === 'list' ? first.steps : [];
}

/** The top level of a template. Throws JsonPathError. */
export function parseJsonPath(text: string): readonly Step[] {
  return new Parser(text).run();
}
