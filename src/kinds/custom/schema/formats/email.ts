// Mail addresses as Go's net/mail reads them: `a@b`, `Name <a@b>`, comments, and a group of one.
import { isIP } from 'node:net';

// What stands in an atom: anything visible that is not one of the specials of RFC 5322.
const atext = /[!#-'*+\-./-9=?A-Z^-~\u0080-\u{10ffff}]+/uy;
const quoted = /"(?:[!#-[\]-~\u0080-\u{10ffff} \t]|\\[!-~\u0080-\u{10ffff} \t])*"/uy;
const literal = /\[([!-Z^-~\u0080-\u{10ffff}]*)\]/uy;
const spaces = /[ \t]*/y;

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  sees(char: string): boolean {
    return this.text[this.at] === char;
  }

  consume(char: string): boolean {
    if (!this.sees(char)) return false;
    this.at++;
    return true;
  }

  /** Behind the opening parenthesis. */
  private comment(): boolean {
    let depth = 1;
    for (; depth > 0 && !this.done; this.at++) {
      const char = this.text[this.at];
      if (char === '\\' && this.at + 1 < this.text.length) this.at++;
      else if (char === '(') depth++;
      else if (char === ')') depth--;
    }
    return depth === 0;
  }

  /** Spaces and comments; false when a comment does not end. */
  skipComments(): boolean {
    this.take(spaces);
    while (this.consume('(')) {
      if (!this.comment()) return false;
      this.take(spaces);
    }
    return true;
  }

  private atom(): boolean {
    const found = this.take(atext)?.[0];
    return found !== undefined && !/^\.|\.\.|\.$/.test(found);
  }

  private domain(): boolean {
    if (!this.sees('[')) return this.atom();
    const address = this.take(literal)?.[1] ?? '';
    return isIP(address) !== 0 && !address.includes('%');
  }

  private readSpec(): boolean {
    this.take(spaces);
    const local = this.sees('"') ? (this.take(quoted)?.[0].length ?? 0) > 2 : this.atom();
    if (!local || !this.consume('@')) return false;
    this.take(spaces);
    return this.domain();
  }

  /** `local@domain`; stays where it is when there is none. */
  spec(): boolean {
    const start = this.at;
    if (this.readSpec()) return true;
    this.at = start;
    return false;
  }

  /** Words before an address; false when there is none, or a comment does not end. */
  private phrase(): boolean {
    for (let words = 0; ; words++) {
      if (words > 0 && !this.skipComments()) return false;
      this.take(spaces);
      if (this.done) return true;
      if (!this.take(this.sees('"') ? quoted : atext)) return words > 0;
    }
  }

  /** How many addresses stand here; undefined when something is wrong. */
  address(mayBeGroup: boolean): number | undefined {
    this.take(spaces);
    if (this.done) return undefined;
    if (this.spec()) {
      this.take(spaces);
      if (this.consume('(') && !this.comment()) return undefined;
      return 1;
    }
    if (!this.sees('<') && !this.phrase()) return undefined;
    this.take(spaces);
    if (mayBeGroup && this.consume(':')) return this.group();
    return this.consume('<') && this.spec() && this.consume('>') ? 1 : undefined;
  }

  private group(): number | undefined {
    this.take(spaces);
    for (let count = 0; ; ) {
      if (count === 0 && this.consume(';')) return this.skipComments() ? 0 : undefined;
      const found = this.address(false);
      if (found === undefined || !this.skipComments()) return undefined;
      count += found;
      if (this.consume(';')) return this.skipComments() ? count : undefined;
      if (!this.consume(',')) return undefined;
    }
  }
}

/** One mail address, with or without a name. */
export function isEmail(text: string): boolean {
  const reader = new Reader(text);
  return reader.address(true) === 1 && reader.skipComments() && reader.done;
}
