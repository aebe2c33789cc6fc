// Says what is wrong with a JSON text in the words of Go's scanner. Only called for texts that JSON.parse refused.
// Upstream: encoding/json/scanner.go.
import { goQuote } from './go-text.ts';

/** Thrown inside when the fault is found. */
class Fault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

// Go stops at 10000, but here each level takes stack.
const maxDepth = 1500;
const [space, quote, backslash, minus, zero, nine] = [0x20, 0x22, 0x5c, 0x2d, 0x30, 0x39];
const endOfInput = 'unexpected end of JSON input';

function charText(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === quote) return `'"'`;
  return `'${goQuote(String.fromCharCode(byte)).slice(1, -1)}'`;
}

class Scanner {
  private readonly bytes: Uint8Array;
  private at = 0;
  private depth = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  private current(): number {
    if (this.at >= this.bytes.length) throw new Fault(endOfInput);
    return this.bytes[this.at]!;
  }

  /** Inside a token Go's scanner takes the end of the input for a blank. */
  private currentInToken(): number {
    return this.at < this.bytes.length ? this.bytes[this.at]! : space;
  }

  private fail(context: string): never {
    throw new Fault(`invalid character ${charText(this.currentInToken())} ${context}`);
  }

  private skipSpace(): void {
    while (this.at < this.bytes.length && [space, 0x09, 0x0a, 0x0d].includes(this.bytes[this.at]!)) this.at++;
  }

  document(): void {
    this.value();
    this.skipSpace();
    if (this.at < this.bytes.length) this.fail('after top-level value');
  }

  private value(): void {
    this.skipSpace();
    const ch = this.current();
    if (ch === 0x7b) this.nested(() => this.object());
    else if (ch === 0x5b) this.nested(() => this.array());
    else if (ch === quote) this.string();
    else if (ch === minus || this.isDigit()) this.number();
    else if (ch === 0x74) this.word('true');
    else if (ch === 0x66) this.word('false');
    else if (ch === 0x6e) this.word('null');
    else this.fail('looking for beginning of value');
  }

  private nested(read: () => void): void {
    if (++this.depth > maxDepth) this.fail('exceeded max depth');
    this.at++;
    read();
    this.at++;
    this.depth--;
  }

  private object(): void {
    this.skipSpace();
    if (this.current() === 0x7d) return;
    for (;;) {
      this.skipSpace();
      if (this.current() !== quote) this.fail('looking for beginning of object key string');
      this.string();
      this.skipSpace();
      if (this.current() !== 0x3a) this.fail('after object key');
      this.at++;
      this.value();
      this.skipSpace();
      if (this.current() === 0x7d) return;
      if (this.current() !== 0x2c) this.fail('after object key:value pair');
      this.at++;
    }
  }

  private array(): void {
    this.skipSpace();
    if (this.current() === 0x5d) return;
    for (;;) {
      this.value();
      this.skipSpace();
      if (this.current() === 0x5d) return;
      if (this.current() !== 0x2c) this.fail('after array element');
      this.at++;
    }
  }

  private string(): void {
    this.at++;
    while (this.current() !== quote) {
      if (this.current() < space) this.fail('in string literal');
      if (this.current() === backslash) this.escape();
      this.at++;
    }
    this.at++;
  }

  private escape(): void {
    this.at++;
    if (this.currentInToken() === 0x75) {
      for (let i = 0; i < 4; i++) {
        this.at++;
        if (!/[0-9a-fA-F]/.test(String.fromCharCode(this.currentInToken())))
          this.fail('in \\u hexadecimal character escape');
      }
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(this.currentInToken())))
      this.fail('in string escape code');
  }

  private isDigit(): boolean {
    const ch = this.bytes[this.at];
    return ch !== undefined && ch >= zero && ch <= nine;
  }

  private digits(context: string): void {
    if (!this.isDigit()) this.fail(context);
    while (this.isDigit()) this.at++;
  }

  private number(): void {
    if (this.bytes[this.at] === minus) this.at++;
    if (this.bytes[this.at] === zero) this.at++;
    else this.digits('in numeric literal');
    if (this.bytes[this.at] === 0x2e) {
      this.at++;
      this.digits('after decimal point in numeric literal');
    }
    if (this.bytes[this.at] === 0x65 || this.bytes[this.at] === 0x45) {
      this.at++;
      if (this.bytes[this.at] === 0x2b || this.bytes[this.at] === minus) this.at++;
      this.digits('in exponent of numeric literal');
    }
  }

  private word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.currentInToken() !== word.charCodeAt(i))
        this.fail(`in literal ${word} (expecting '${word[i]}')`);
      this.at++;
    }
  }
}

/** Go's message for a JSON text that is not valid; undefined when Go would take it. */
export function jsonSyntaxProblem(bytes: Uint8Array): string | undefined {
  try {
    new Scanner(bytes).document();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}
