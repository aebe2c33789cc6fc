// The tokens of an expression with ANTLR's ways of getting over a wrong one: take an extra one out, put a missing one
// in, or give up. Upstream: antlr4 DefaultErrorStrategy, as cel-go parser/parser.go uses it.
import { type Issue, noOffset } from './source.ts';
import { shownKinds, shownText, type Token, type TokenKind, tokenize } from './tokens.ts';

/** The rest of the text cannot be parsed; the issue is reported already. */
export class SyntaxStop extends Error {}

/** How deep an expression may be. */
export const maxDepth = 250;

/** What may begin an expression. */
export const expressionStart: readonly TokenKind[] = [
  ...['[', '{', '(', '.', '-', '!', 'true', 'false', 'null'],
  ...['NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER'],
];
const operators = new Set<TokenKind>([
  ...['==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '.', '-', '?', '+', '*', '/', '%'],
]);

/** A cursor over tokens. */
export class TokenStream {
  readonly issues: Issue[] = [];
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;
  /** What may come behind an expression at this place, besides operators. */
  private behind: readonly TokenKind[] = ['<EOF>'];

  constructor(source: string) {
    this.tokens = tokenize(source, this.issues);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.next + ahead, this.tokens.length - 1)]!;
  }

  is(...kinds: TokenKind[]): boolean {
    return kinds.includes(this.peek().kind);
  }

  take(): Token {
    const token = this.peek();
    this.next = Math.min(this.next + 1, this.tokens.length - 1);
    return token;
  }

  /** Takes a token of this kind if it is the next one. */
  accept(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.take() : undefined;
  }

  /** Reports a fault at an offset. */
  report(offset: number, message: string): void {
    this.issues.push({ message, offset });
  }

  private reportSyntax(message: string, token = this.peek()): void {
    this.report(token.at, `Syntax error: ${message}`);
  }

  /** Reports and gives up. */
  fail(message: string, token = this.peek()): never {
    this.reportSyntax(message, token);
    throw new SyntaxStop();
  }

  private failMismatch(kinds: Iterable<TokenKind>): never {
    this.fail(`mismatched input '${shownText(this.peek().text)}' expecting ${shownKinds(kinds)}`);
  }

  private reportExtra(kinds: Iterable<TokenKind>): void {
    this.reportSyntax(`extraneous input '${shownText(this.peek().text)}' expecting ${shownKinds(kinds)}`);
  }

  /** Takes a token of this kind; a wrong one before it is skipped, a missing one is thought to be there. */
  expect(kind: TokenKind): Token {
    const token = this.peek();
    if (token.kind === kind) return this.take();
    if (this.peek(1).kind === kind && token.kind !== '<EOF>') {
      this.reportExtra([kind]);
      this.take();
      return this.take();
    }
    const isBehind = operators.has(token.kind) || this.behind.includes(token.kind);
    const follows = kind === ':' ? expressionStart.includes(token.kind) : isBehind;
    if (!follows || kind === '<EOF>' || kind === 'IDENTIFIER') this.failMismatch([kind]);
    this.reportSyntax(`missing ${shownKinds([kind])} at '${shownText(token.text)}'`);
    return { ...token, kind, text: `<missing ${shownKinds([kind])}>` };
  }

  /** One of these kinds must be next; a wrong one before it is skipped. */
  sync(kinds: readonly TokenKind[]): void {
    const token = this.peek();
    if (kinds.includes(token.kind)) return;
    if (token.kind === '<EOF>' || !kinds.includes(this.peek(1).kind)) this.failMismatch(kinds);
    this.reportExtra(kinds);
    this.take();
  }

  /**
   * Reports an operator that stands where an operand must, unless what follows it could be the operand. Returns whether it did:
   * ANTLR goes on as if the operand were there.
   */
  reportMissingOperand(kinds: readonly TokenKind[]): boolean {
    const token = this.peek();
    if (kinds.includes(token.kind) || kinds.includes(this.peek(1).kind)) return false;
    if (!operators.has(token.kind)) return false;
    this.reportSyntax(`mismatched input '${shownText(token.text)}' expecting ${shownKinds(kinds)}`);
    return true;
  }

  /** Runs a part of the parser within brackets: these tokens may come behind its expressions. */
  within<Result>(behind: readonly TokenKind[], part: () => Result): Result {
    const before = this.behind;
    this.behind = behind;
    const result = part();
    this.behind = before;
    return result;
  }

  /** Reports the next token as one too many, and gives up. */
  failExtra(kinds: readonly TokenKind[]): never {
    this.reportExtra(kinds);
    throw new SyntaxStop();
  }

  /** Runs a part of the parser one level deeper; ends the parse past 250. */
  deeper<Result>(part: () => Result): Result {
    if (++this.depth > maxDepth) {
      this.report(noOffset, `expression recursion limit exceeded: ${maxDepth}`);
      throw new SyntaxStop();
    }
    const result = part();
    this.depth--;
    return result;
  }
}
