// Parses the query text of a label selector: `a=b,c!=d,e in (f,g),h notin (),i,!j,k>1`.
// Upstream: the Lexer and Parser of k8s.io/apimachinery/pkg/labels/selector.go, error texts included.
import {
  everyLabel,
  type LabelOperator,
  type LabelRequirement,
  LabelSelector,
  newRequirement,
  requireLabelKey,
  SelectorError,
} from './label-selector.ts';

type TokenKind = 'end' | 'error' | 'identifier' | ')' | '(' | ',' | '!' | LabelOperator;

interface Token {
  kind: TokenKind;
  text: string;
}

const symbols: Record<string, TokenKind> = {
  ')': ')',
  ',': ',',
  '!': '!',
  '==': '==',
  '=': '=',
  '>': 'gt',
  '<': 'lt',
  '!=': '!=',
  '(': '(',
};
const special = '=!(),><';
const blank = ' \t\r\n';

/** The longest run of special characters that is a symbol; the lexer goes on while a longer one may come. */
function scanSymbol(text: string, start: number): { token: Token; next: number } {
  let found: Token | undefined;
  let run = '';
  let at = start;
  while (at < text.length && special.includes(text[at]!)) {
    run += text[at];
    if (Object.hasOwn(symbols, run)) found = { kind: symbols[run]!, text: run };
    else if (found) break;
    at++;
  }
  return { token: found ?? { kind: 'error', text: `error expected: keyword found '${run}'` }, next: at };
}

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const ch = text[at]!;
    if (ch === '\0') break;
    if (blank.includes(ch)) at++;
    else if (special.includes(ch)) {
      const { token, next } = scanSymbol(text, at);
      tokens.push(token);
      at = next;
    } else {
      const start = at;
      while (
        at < text.length &&
        text[at] !== '\0' &&
        !special.includes(text[at]!) &&
        !blank.includes(text[at]!)
      )
        at++;
      const word = text.slice(start, at);
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
      if (text[at] === '\0') at++;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class Parser {
  private readonly tokens: Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = scan(text);
  }

  /** The next token where `in` and `notin` are operators. */
  private peekOperator(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  /** The next token where `in` and `notin` are ordinary words. */
  private peek(): Token {
    const token = this.peekOperator();
    return token.kind === 'in' || token.kind === 'notin' ? { ...token, kind: 'identifier' } : token;
  }

  private take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end') return requirements;
      if (token.kind !== 'identifier' && token.kind !== '!')
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.requirement());
      const separator = this.take();
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',')
        throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
      const next = this.peek();
      if (next.kind !== 'identifier' && next.kind !== '!')
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`);
    }
  }

  private requirement(): LabelRequirement {
    try {
      return this.requirementParts();
    } catch (error) {
      if (error instanceof SelectorError)
        throw new SelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  private requirementParts(): LabelRequirement {
    let token = this.take();
    const absent = token.kind === '!';
    if (absent) token = this.take();
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    requireLabelKey(key);
    const next = this.peek().kind;
    if (absent) return newRequirement(key, '!', []);
    if (next === 'end' || next === ',') return newRequirement(key, 'exists', []);
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.valueSet() : this.exactValue();
    return newRequirement(key, operator, [...new Set(values)].sort());
  }

  private operator(): LabelOperator {
    const { kind, text } = this.peekOperator();
    this.at++;
    switch (kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
      case 'gt':
      case 'lt':
        return kind;
      default:
        throw new SelectorError(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  private valueSet(): string[] {
    const open = this.take();
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.kind === ')') {
      this.take();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',')
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.identifiers();
    if (this.take().kind !== ')') throw new SelectorError(`found '${first.text}', expected: ')'`);
    return values;
  }

  private identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.peek();
      if (token.kind === 'identifier') {
        values.push(token.text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        // An empty value stands before a leading comma, between two commas and after a trailing one.
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') values.push('');
      } else throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
    }
  }

  private exactValue(): string[] {
    const next = this.peek();
    if (next.kind === 'end' || next.kind === ',') return [''];
    this.take();
    if (next.kind === 'identifier') return [next.text];
    throw new SelectorError(`found '${next.text}', expected: identifier`);
  }
}

/** Parses a label selector; an empty text selects everything. Throws SelectorError with upstream's text. */
export function parseLabelSelector(text: string): LabelSelector {
  if (text === '') return everyLabel;
  return new LabelSelector(new Parser(text).parse());
}
