// From text to tree. Upstream: cel-go parser/parser.go and CEL.g4.
import type { Expr, MapEntry, StructField } from './ast.ts';
import { parseLiteral } from './literals.ts';
import { expandMacro, MacroError } from './macros.ts';
import { type Issue, noOffset } from './source.ts';
import { expressionStart, maxDepth, SyntaxStop, TokenStream } from './token-stream.ts';
import { shownText, type Token, type TokenKind } from './tokens.ts';

/** A mark and the token behind it, with the space between them. */
function textFrom(mark: Token, next: Token): string {
  if (next.kind === '<EOF>') return mark.text;
  return mark.text + ' '.repeat(next.at - mark.at - mark.text.length) + next.text;
}

const maxCodePoints = 100_000;
const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const relations: readonly TokenKind[] = ['<', '<=', '>=', '>', '==', '!=', 'in'];
const functionOf: Readonly<Record<string, string>> = { in: '@in' };

class Parser {
  readonly tokens: TokenStream;
  private readonly depths = new Map<Expr, number>();
  private deepest = 0;

  constructor(source: string) {
    this.tokens = new TokenStream(source);
  }

  private call(token: Token, name: string, args: readonly Expr[], target?: Expr): Expr {
    const isCounted =
      target !== undefined || (/^_.+_$|^@in$|^_\[/.test(name) && !/^_(?:&&|\|\|)_$/.test(name));
    const parts = target === undefined ? args : [target, ...args];
    try {
      return this.nested(expandMacro({ kind: 'call', name, target, args, at: token.at }), parts, isCounted);
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.tokens.report(error.at, error.message);
      return { kind: 'literal', value: null, at: token.at };
    }
  }

  /** Notes how deep an expression is; operators, selections and members count, brackets and lists do not. */
  private nested(expr: Expr, parts: readonly Expr[], isCounted: boolean): Expr {
    const depth = Math.max(0, ...parts.map((part) => this.depths.get(part) ?? 0)) + (isCounted ? 1 : 0);
    if (depth > 0) this.depths.set(expr, depth);
    this.deepest = Math.max(this.deepest, depth);
    return expr;
  }

  whole(): Expr {
    const expr = this.expression();
    this.tokens.expect('<EOF>');
    if (this.deepest > maxDepth) this.tokens.report(noOffset, 'max recursion depth exceeded');
    return expr;
  }

  expression(): Expr {
    return this.tokens.deeper(() => {
      const condition = this.or();
      const mark = this.tokens.accept('?');
      if (mark === undefined) return condition;
      const yes = this.tokens.within([':'], () => this.or());
      this.tokens.expect(':');
      return this.call(mark, '_?_:_', [condition, yes, this.expression()]);
    });
  }

  /** Chains of && and || become balanced trees. */
  private chain(symbol: TokenKind, operand: () => Expr): Expr {
    const terms = [operand()];
    const marks: Token[] = [];
    for (let mark = this.tokens.accept(symbol); mark !== undefined; mark = this.tokens.accept(symbol)) {
      marks.push(mark);
      terms.push(operand());
    }
    const tree = (low: number, high: number): Expr => {
      if (low > high) return terms[low]!;
      const middle = (low + high + 1) >> 1;
      return this.call(marks[middle]!, `_${symbol}_`, [tree(low, middle - 1), tree(middle + 1, high)]);
    };
    return tree(0, marks.length - 1);
  }

  private or(): Expr {
    return this.chain('||', () => this.chain('&&', () => this.relation()));
  }

  /** Operators of one rank, from left to right. */
  private operators(kinds: readonly TokenKind[], operand: () => Expr): Expr {
    let left = operand();
    while (this.tokens.is(...kinds)) {
      const mark = this.tokens.take();
      left = this.call(mark, functionOf[mark.kind] ?? `_${mark.kind}_`, [left, operand()]);
    }
    return left;
  }

  private relation(): Expr {
    return this.operators(relations, () =>
      this.operators(['+', '-'], () => this.operators(['*', '/', '%'], () => this.unary())),
    );
  }

  private unary(): Expr {
    if (this.tokens.reportMissingOperand(expressionStart))
      return { kind: 'literal', value: null, at: this.tokens.peek().at };
    this.tokens.sync(expressionStart);
    const first = this.tokens.peek();
    const isLiteral = first.kind === '-' && ['NUM_INT', 'NUM_FLOAT'].includes(this.tokens.peek(1).kind);
    if ((first.kind !== '-' && first.kind !== '!') || isLiteral) return this.member();
    let count = 0;
    while (this.tokens.accept(first.kind)) count++;
    const behind = this.tokens.peek();
    if (first.kind === '-' && count === 1 && !expressionStart.includes(behind.kind))
      this.tokens.fail(`no viable alternative at input '${textFrom(first, behind)}'`);
    if (!this.tokens.is(...expressionStart)) this.tokens.failExtra(expressionStart);
    const operand = this.member();
    return count % 2 === 0 ? operand : this.call(first, `${first.kind}_`, [operand]);
  }

  private member(): Expr {
    let expr = this.primary();
    for (;;) {
      const mark = this.tokens.accept('.') ?? this.tokens.accept('[');
      if (mark === undefined) return expr;
      expr = mark.kind === '.' ? this.selection(expr, mark) : this.index(expr, mark);
    }
  }

  private index(operand: Expr, mark: Token): Expr {
    this.tokens.sync([...expressionStart, '?']);
    const isOptional = this.tokens.accept('?') !== undefined;
    const index = this.tokens.within([']'], () => this.expression());
    this.tokens.expect(']');
    return this.call(mark, isOptional ? '_[?_]' : '_[_]', [operand, index]);
  }

  private selection(operand: Expr, mark: Token): Expr {
    const isOptional = this.tokens.accept('?') !== undefined;
    const name = this.tokens.peek();
    if (name.kind === 'ESC_IDENTIFIER') {
      this.tokens.report(name.at, "unsupported syntax: '`'");
      throw new SyntaxStop();
    }
    // ANTLR takes `a.in` for an `a` with something wrong behind it, and goes on with `in`.
    if (name.kind === 'in') {
      this.tokens.report(name.at, "Syntax error: no viable alternative at input '.in'");
      return operand;
    }
    if (name.kind !== 'IDENTIFIER') {
      const fault = this.tokens.peek(1).kind === 'IDENTIFIER' ? 'extraneous' : 'mismatched';
      if (isOptional)
        this.tokens.fail(`${fault} input '${shownText(name.text)}' expecting {IDENTIFIER, ESC_IDENTIFIER}`);
      this.noName(mark, name);
    }
    this.tokens.take();
    if (isOptional) {
      const field: Expr = { kind: 'literal', value: name.text, at: name.at };
      return this.call(mark, '_?._', [operand, field]);
    }
    const open = this.tokens.accept('(');
    if (open !== undefined) return this.call(open, name.text, this.args(), operand);
    const select: Expr = { kind: 'select', operand, field: name.text, testOnly: false, at: mark.at };
    return this.nested(select, [operand], true);
  }

  private noName(dot: Token, name: Token): never {
    if (['true', 'false', 'null'].includes(name.kind))
      this.tokens.fail(`mismatched input '${name.text}' expecting IDENTIFIER`);
    this.tokens.fail(`no viable alternative at input '${textFrom(dot, name)}'`);
  }

  private args(): Expr[] {
    this.tokens.sync([...expressionStart, ')']);
    if (this.tokens.accept(')')) return [];
    const args = this.tokens.within([',', ')'], () => {
      const found = [this.expression()];
      while (this.tokens.accept(',')) found.push(this.expression());
      return found;
    });
    this.tokens.expect(')');
    return args;
  }

  private primary(): Expr {
    const first = this.tokens.peek();
    switch (first.kind) {
      case '(': {
        this.tokens.take();
        const expr = this.tokens.within([')'], () => this.expression());
        this.tokens.expect(')');
        return expr;
      }
      case '[':
        return this.list();
      case '{':
        return this.map();
      case '.':
      case 'IDENTIFIER':
        return this.name();
      default:
        return this.literal();
    }
  }

  private literal(): Expr {
    this.tokens.sync(expressionStart);
    const sign = this.tokens.accept('-');
    const token = this.tokens.take();
    const at = sign?.at ?? token.at;
    const { value, message } = parseLiteral(token, sign !== undefined);
    if (message !== undefined) this.tokens.report(at, message);
    return { kind: 'literal', value, at };
  }

  private name(): Expr {
    const first = this.tokens.peek();
    const dot = this.tokens.accept('.') === undefined ? '' : '.';
    const behind = this.tokens.peek();
    if (dot !== '' && behind.kind !== 'IDENTIFIER')
      this.tokens.fail(`no viable alternative at input '${textFrom(first, behind)}'`);
    const isStruct = this.structAhead();
    const name = this.tokens.expect('IDENTIFIER');
    if (isStruct) return this.struct(`${dot}${name.text}`);
    const open = this.tokens.accept('(');
    const args = open === undefined ? [] : this.args();
    if (reserved.has(name.text)) {
      this.tokens.report(first.at, `reserved identifier: ${name.text}`);
      return { kind: 'literal', value: null, at: name.at };
    }
    if (open !== undefined) return this.call(open, `${dot}${name.text}`, args);
    return { kind: 'ident', name: `${dot}${name.text}`, at: name.at };
  }

  /** Whether `a.b.c{` follows. */
  private structAhead(): boolean {
    let ahead = 0;
    while (this.tokens.peek(ahead).kind === 'IDENTIFIER' && this.tokens.peek(ahead + 1).kind === '.')
      ahead += 2;
    return this.tokens.peek(ahead).kind === 'IDENTIFIER' && this.tokens.peek(ahead + 1).kind === '{';
  }

  private struct(first: string): Expr {
    let typeName = first;
    while (this.tokens.accept('.')) typeName += `.${this.tokens.expect('IDENTIFIER').text}`;
    const open = this.tokens.expect('{');
    const fields: StructField[] = [];
    while (!this.tokens.is('}', ',')) {
      const isOptional = this.tokens.accept('?') !== undefined;
      const name = this.tokens.expect('IDENTIFIER');
      const colon = this.tokens.expect(':');
      const value = this.tokens.within([',', '}'], () => this.expression());
      fields.push({ name: name.text, value, optional: isOptional, at: colon.at });
      if (!this.tokens.is(',') || this.tokens.peek(1).kind === '}') break;
      this.tokens.take();
    }
    this.close('}');
    return { kind: 'struct', typeName, fields, at: open.at };
  }

  /** An optional comma and the closing bracket. */
  private close(bracket: TokenKind): void {
    if (!this.tokens.is(',')) this.tokens.sync([bracket, ',']);
    this.tokens.accept(',');
    this.tokens.expect(bracket);
  }

  private list(): Expr {
    const open = this.tokens.take();
    const elements: Expr[] = [];
    const optionals = new Set<number>();
    this.tokens.sync([...expressionStart, ']', ',', '?']);
    while (!this.tokens.is(']', ',')) {
      if (this.tokens.accept('?')) optionals.add(elements.length);
      elements.push(this.tokens.within([',', ']'], () => this.expression()));
      if (!this.tokens.is(',') || this.tokens.peek(1).kind === ']') break;
      if (![...expressionStart, '?'].includes(this.tokens.peek(1).kind)) break;
      this.tokens.take();
    }
    this.close(']');
    return this.nested({ kind: 'list', elements, optionals, at: open.at }, elements, false);
  }

  private map(): Expr {
    const open = this.tokens.take();
    const entries: MapEntry[] = [];
    this.tokens.sync([...expressionStart, '}', ',', '?']);
    while (!this.tokens.is('}', ',')) {
      const optional = this.tokens.accept('?') !== undefined;
      const key = this.tokens.within([':'], () => this.expression());
      const colon = this.tokens.expect(':');
      const value = this.tokens.within([',', '}'], () => this.expression());
      entries.push({ key, value, optional, at: colon.at });
      if (!this.tokens.is(',') || this.tokens.peek(1).kind === '}') break;
      if (![...expressionStart, '?'].includes(this.tokens.peek(1).kind)) break;
      this.tokens.take();
    }
    this.close('}');
    const parts = entries.flatMap(({ key, value }) => [key, value]);
    return this.nested({ kind: 'map', entries, at: open.at }, parts, false);
  }
}

/** The tree of a text, or what is wrong with it. */
export function parse(source: string): { expr: Expr; issues: readonly Issue[] } {
  const nothing: Expr = { kind: 'literal', value: null, at: 0 };
  const size = source.length > maxCodePoints ? [...source].length : source.length;
  if (size > maxCodePoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}`;
    return { expr: nothing, issues: [{ message, offset: noOffset }] };
  }
  const parser = new Parser(source);
  try {
    return { expr: parser.whole(), issues: parser.tokens.issues };
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
    return { expr: nothing, issues: parser.tokens.issues };
  }
}
