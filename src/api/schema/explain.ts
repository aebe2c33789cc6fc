// The slow walk over a document, in its own order, that finds what Go's decoder would say: the type error of a body that
// does not fit, and the unknown and duplicate fields of one that does. Runs only when there is something to say.
// Upstream: sigs.k8s.io/json/internal/golang/encoding/json/decode.go.
import { parseDuration } from '../duration.ts';
import { goQuote } from '../go-text.ts';
import { parseQuantity } from '../quantity.ts';
import { parseInstant, parseMicroInstant } from '../time.ts';
import { base64Problem } from './base64-problem.ts';
import { elementGoType, fieldGoType, goTypeName } from './go-type-name.ts';
import { type DocumentNode, documentOfText, documentOfValue } from './json-document.ts';
import { type StructField, structFields } from './struct-fields.ts';
import { type FieldFact, isReference, typeFact } from './type-table.ts';

/** A body that does not fit its type. `message` is Go's text, without the words the API server puts around it. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

/** The text a value was parsed from, for what the value alone does not tell. */
export interface DecodeSource {
  readonly text: string;
  /** Whether some object has two members of one name. */
  readonly duplicates: boolean;
  /** Whether a number was written with a fraction, an exponent or very many digits. */
  readonly unusualNumbers: boolean;
  /** Strict errors found while parsing; they come first. */
  readonly strictErrors?: readonly string[];
}

const maxStrictErrors = 100;

/** Go's UnmarshalTypeError: what was found where. */
interface TypeFault {
  found: string;
  goType: string;
  struct: string;
  fields: string[];
}

function faultText({ found, goType, struct, fields }: TypeFault): string {
  const place =
    struct !== '' || fields.length > 0 ? `Go struct field ${struct}.${fields.join('.')}` : 'Go value';
  return `json: cannot unmarshal ${found} into ${place} of type ${goType}`;
}

/** Stops the walk, as an error of an UnmarshalJSON method does; it wins over errors noted before. */
class Abort {
  readonly fault: TypeFault | undefined;
  readonly text: string;

  constructor(text: string, fault?: TypeFault) {
    this.text = text;
    this.fault = fault;
  }
}

/** What a literal is called in an error. Numbers carry their text only where a number was wanted. */
function foundText(node: DocumentNode, wantsNumber: boolean): string {
  if (node.kind === 'number' && wantsNumber) return `number ${node.literal}`;
  return node.kind;
}

const intPattern = /^-?[0-9]+$/;

function fitsInt(literal: string, bits: number): boolean {
  if (!intPattern.test(literal)) return false;
  const value = BigInt(literal);
  return BigInt.asIntN(bits, value) === value;
}

/** The text of a node as it stands in the document, for methods that get raw JSON. */
function rawText(node: DocumentNode): string {
  if (node.kind === 'number') return node.literal;
  if (node.kind === 'string') return node.value;
  if (node.kind === 'bool') return String(node.value);
  return node.kind === 'object' ? '{}' : '[]';
}

class Walk {
  readonly strict: string[] = [];
  /** The first error that did not stop the walk. */
  saved: string | undefined;
  savedFault: TypeFault | undefined;
  private readonly reported = new Set<string>();
  private struct = '';
  private fields: string[] = [];

  value(node: DocumentNode, type: string, goType: string, path: string): void {
    if (isReference(type)) this.reference(node, type, goType, path);
    else if (type === 'string' || type === 'bool') this.want(node, type, goType);
    else if (type === 'int32' || type === 'int64' || type === 'float64') this.number(node, type, goType);
    else if (type === 'bytes') this.bytes(node, goType);
    else if (type === 'any') this.anything(node, path);
    else this.special(node, type);
  }

  list(node: DocumentNode, type: string, goType: string, path: string): void {
    if (node.kind === 'array') {
      for (const [i, item] of node.items.entries()) this.value(item, type, goType, `${path}[${i}]`);
    } else this.want(node, 'array', `[]${goType}`);
  }

  private map(node: DocumentNode, fact: FieldFact, path: string): void {
    this.want(node, 'object', fieldGoType(fact));
    if (node.kind !== 'object') return;
    const seen = new Set<string>();
    for (const [name, member] of node.members) {
      if (seen.has(name)) this.complain('duplicate field', path, name);
      seen.add(name);
      this.value(member, fact.type, elementGoType(fact), join(path, name));
    }
  }

  private reference(node: DocumentNode, ref: string, goType: string, path: string): void {
    const fact = typeFact(ref);
    if (fact.jsonUnion) this.union(node, ref);
    else if (fact.wrap && node.kind === 'array')
      this.list(node, fact.fields[0]!.type, elementGoType(fact.fields[0]!), path);
    else if (!fact.wrap && node.kind === 'object') this.members(node.members, ref, path);
    else this.want(node, fact.wrap ? 'array' : 'object', goType);
  }

  private members(members: [string, DocumentNode][], ref: string, path: string): void {
    const byName = new Map<string, StructField>(structFields(ref).map((field) => [field.fact.json, field]));
    const seen = new Set<string>();
    const outer = { struct: this.struct, fields: this.fields };
    for (const [name, member] of members) {
      const field = byName.get(name);
      if (field === undefined) {
        this.complain('unknown field', path, name);
        continue;
      }
      if (seen.has(name)) this.complain('duplicate field', path, name);
      seen.add(name);
      this.struct = goTypeName(ref);
      this.fields = [...outer.fields, ...field.embedded, name];
      this.field(member, field.fact, join(path, name));
      this.struct = outer.struct;
      this.fields = outer.fields;
    }
  }

  private field(node: DocumentNode, fact: FieldFact, path: string): void {
    if (fact.list) this.list(node, fact.type, elementGoType(fact), path);
    else if (fact.map) this.map(node, fact, path);
    // A null makes a pointer nil before any method could see it.
    else if (!fact.pointer || node.kind !== 'null') this.value(node, fact.type, elementGoType(fact), path);
  }

  private want(node: DocumentNode, kind: DocumentNode['kind'], goType: string): void {
    if (node.kind !== kind && node.kind !== 'null') this.save(foundText(node, false), goType);
  }

  private number(node: DocumentNode, type: string, goType: string): void {
    if (node.kind === 'null') return;
    const fits =
      node.kind === 'number' &&
      (type === 'float64'
        ? Number.isFinite(Number(node.literal))
        : fitsInt(node.literal, type === 'int32' ? 32 : 64));
    if (!fits) this.save(foundText(node, true), goType);
  }

  private bytes(node: DocumentNode, goType: string): void {
    // a slice like any other, but for its usual text
    if (node.kind === 'array') {
      for (const item of node.items) this.byte(item);
      return;
    }
    this.want(node, 'string', goType);
    const problem = node.kind === 'string' ? base64Problem(node.value) : undefined;
    if (problem !== undefined) this.saved ??= problem;
  }

  private byte(node: DocumentNode): void {
    if (node.kind === 'null') return;
    const fits = node.kind === 'number' && /^[0-9]+$/.test(node.literal) && Number(node.literal) < 256;
    if (!fits) this.save(foundText(node, true), 'uint8');
  }

  /** A value without a type: its objects can only have duplicates. */
  private anything(node: DocumentNode, path: string): void {
    if (node.kind === 'array')
      for (const [i, item] of node.items.entries()) this.anything(item, `${path}[${i}]`);
    if (node.kind !== 'object') return;
    const seen = new Set<string>();
    for (const [name, member] of node.members) {
      if (seen.has(name)) this.complain('duplicate field', path, name);
      seen.add(name);
      this.anything(member, join(path, name));
    }
  }

  /** The types with an UnmarshalJSON method: their errors stop the walk. */
  private special(node: DocumentNode, type: string): void {
    switch (type) {
      case 'Quantity':
        if (node.kind !== 'null') this.attempt(() => parseQuantity(rawText(node).trim()));
        return;
      case 'Time':
        if (node.kind !== 'null') this.attempt(() => parseInstant(this.text(node)));
        return;
      case 'MicroTime':
        if (node.kind !== 'null') this.attempt(() => parseMicroInstant(this.text(node)));
        return;
      case 'Duration':
        this.attempt(() => parseDuration(node.kind === 'null' ? '' : this.text(node)));
        return;
      case 'IntOrString':
        if (node.kind === 'string' || node.kind === 'null') return;
        if (node.kind === 'number' && fitsInt(node.literal, 32)) return;
        this.abort(foundText(node, true), 'int32');
    }
  }

  /** A string as json.Unmarshal gives it to such a method. */
  private text(node: DocumentNode): string {
    return node.kind === 'string' ? node.value : this.abort(foundText(node, false), 'string');
  }

  private attempt(parse: () => unknown): void {
    try {
      parse();
    } catch (error) {
      throw error instanceof Abort ? error : new Abort((error as Error).message);
    }
  }

  /** Types that are decoded by a call of their own: no strict errors come out of them. */
  private union(node: DocumentNode, ref: string): void {
    const fields = typeFact(ref).fields;
    const schema = fields.find((field) => field.pointer)!.type;
    const list = fields.find((field) => field.list);
    if (list === undefined && node.kind !== 'object' && node.kind !== 'bool')
      throw new Abort('boolean or JSON schema expected');
    const inner = new Walk();
    if (node.kind === 'object') inner.value(node, schema, 'v1.JSONSchemaProps', '');
    if (node.kind === 'array' && list !== undefined) inner.list(node, list.type, elementGoType(list), '');
    if (inner.saved === undefined) return;
    const fault = inner.savedFault;
    if (fault === undefined) throw new Abort(inner.saved);
    this.abort(fault.found, fault.goType, fault.fields);
  }

  private fault(found: string, goType: string, inner: string[] = []): TypeFault {
    return { found, goType, struct: this.struct, fields: [...this.fields, ...inner] };
  }

  private save(found: string, goType: string): void {
    if (this.saved !== undefined) return;
    this.savedFault = this.fault(found, goType);
    this.saved = faultText(this.savedFault);
  }

  private abort(found: string, goType: string, inner: string[] = []): never {
    const fault = this.fault(found, goType, inner);
    throw new Abort(faultText(fault), fault);
  }

  private complain(what: string, path: string, name: string): void {
    const message = `${what} ${goQuote(join(path, name))}`;
    if (this.strict.length >= maxStrictErrors || this.reported.has(message)) return;
    this.reported.add(message);
    this.strict.push(message);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The strict errors of a document that fits; throws DecodeError when it does not. */
export function explain(ref: string, value: unknown, source?: DecodeSource): string[] {
  const walk = new Walk();
  try {
    const node = source === undefined ? documentOfValue(value) : documentOfText(source.text);
    walk.value(node, ref, goTypeName(ref, true), '');
  } catch (error) {
    if (error instanceof Abort) throw new DecodeError(error.text);
    if (error instanceof RangeError) throw new DecodeError('json: exceeded max depth');
    throw error;
  }
  if (walk.saved !== undefined) throw new DecodeError(walk.saved);
  return walk.strict;
}

/** Throws DecodeError where the own method of a special type, or of a union, refuses a value that stands alone. */
export function explainSpecial(value: unknown, type: string): void {
  const walk = new Walk();
  try {
    walk.value(documentOfValue(value), type, isReference(type) ? goTypeName(type, true) : type, '');
  } catch (error) {
    if (error instanceof Abort) throw new DecodeError(error.text);
    throw error;
  }
}
