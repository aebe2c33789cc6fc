// A JSON text as a tree that keeps what JSON.parse forgets: member order, duplicates and how numbers were written. Only
// made when there is something to complain of.

/** One value of the document. */
export type DocumentNode =
  | { kind: 'object'; members: [string, DocumentNode][] }
  | { kind: 'array'; items: DocumentNode[] }
  | { kind: 'string'; value: string }
  | { kind: 'number'; literal: string }
  | { kind: 'bool'; value: boolean }
  | { kind: 'null' };

/** The tree of a value that was not read from a text. */
export function documentOfValue(value: unknown): DocumentNode {
  if (value === null || value === undefined) return { kind: 'null' };
  if (Array.isArray(value)) return { kind: 'array', items: value.map(documentOfValue) };
  switch (typeof value) {
    case 'string':
      return { kind: 'string', value };
    case 'number':
    case 'bigint':
      return { kind: 'number', literal: String(value) };
    case 'boolean':
      return { kind: 'bool', value };
    default:
      return {
        kind: 'object',
        members: Object.entries(value as object)
          .filter(([, member]) => member !== undefined)
          .map(([name, member]) => [name, documentOfValue(member)]),
      };
  }
}

/** The value of a tree; the last of several members of one name counts. */
export function valueOfDocument(node: DocumentNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(([name, member]) => [name, valueOfDocument(member)]));
    case 'array':
      return node.items.map(valueOfDocument);
    case 'null':
      return null;
    case 'number':
      return Number(node.literal);
    default:
      return node.value;
  }
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): DocumentNode {
    switch (this.peek()) {
      case '{':
        return { kind: 'object', members: this.members() };
      case '[':
        return { kind: 'array', items: this.items() };
      case '"':
        return { kind: 'string', value: this.string() };
      default:
        return this.literal();
    }
  }

  private peek(): string {
    while (' \t\r\n'.includes(this.text[this.at]!)) this.at++;
    return this.text[this.at]!;
  }

  private members(): [string, DocumentNode][] {
    const members: [string, DocumentNode][] = [];
    this.at++;
    while (this.peek() !== '}') {
      const name = this.string();
      this.peek();
      this.at++;
      members.push([name, this.read()]);
      if (this.peek() === ',') {
        this.at++;
        this.peek();
      }
    }
    this.at++;
    return members;
  }

  private items(): DocumentNode[] {
    const items: DocumentNode[] = [];
    this.at++;
    while (this.peek() !== ']') {
      items.push(this.read());
      if (this.peek() === ',') this.at++;
    }
    this.at++;
    return items;
  }

  private string(): string {
    const start = this.at++;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at++;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private literal(): DocumentNode {
    const start = this.at;
    while (this.at < this.text.length && !' \t\r\n,]}'.includes(this.text[this.at]!)) this.at++;
    const literal = this.text.slice(start, this.at);
    if (literal === 'null') return { kind: 'null' };
    if (literal === 'true' || literal === 'false') return { kind: 'bool', value: literal === 'true' };
    return { kind: 'number', literal };
  }
}

/** The tree of a JSON text that JSON.parse has already taken. */
export function documentOfText(text: string): DocumentNode {
  return new Reader(text).read();
}
