// Encodes canonical objects as protobuf, byte for byte as Go does. One encoder is compiled per type, from the tables.
// Upstream: the generated.pb.go files of k8s.io/api; see openapi/README.md for the rules.

import { parseDuration } from '../duration.ts';
import { writeJson } from '../long-integers.ts';
import { type FieldFact, isReference, typeFact } from '../schema/type-table.ts';
import { parseInstant, parseMicroInstant } from '../time.ts';
import { ProtobufWriter } from './writer.ts';

/** Writes the content of one value (not null) without tag and length. */
type ValueWriter = (writer: ProtobufWriter, value: unknown) => void;
/** Writes one field of an object, tag included, or nothing. */
type FieldWriter = (writer: ProtobufWriter, object: Record<string, unknown>) => void;

const empty: Record<string, unknown> = {};

/** A type that has no protobuf form, as Table; such requests are answered with 406. */
export class NoProtobufError extends Error {
  constructor(ref: string) {
    super(
      `object ${ref} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`,
    );
    this.name = 'NoProtobufError';
  }
}

function writeInstant(writer: ProtobufWriter, seconds: number, nanos: number): void {
  writer.varint(nanos);
  writer.varint(0x10);
  writer.varint(seconds);
  writer.varint(0x08);
}

/** JSON texts are compact; the bytes inside are the client's own in Go. */
function writeRaw(writer: ProtobufWriter, value: unknown): void {
  if (value !== null && value !== undefined) writer.textField(0x0a, writeJson(value));
}

const contentWriters: Readonly<Record<string, ValueWriter>> = {
  string: (writer, value) => writer.text(value as string),
  bytes: (writer, value) => writer.bytes(Buffer.from(value as string, 'base64')),
  Quantity: (writer, value) => writer.textField(0x0a, value as string),
  Time(writer, value) {
    if (value === null) return;
    writeInstant(writer, parseInstant(value as string).seconds, 0);
  },
  MicroTime(writer, value) {
    if (value === null) return;
    const { seconds, nanos } = parseMicroInstant(value as string);
    writeInstant(writer, seconds, nanos);
  },
  Duration(writer, value) {
    writer.bigVarint(parseDuration(value as string));
    writer.varint(0x08);
  },
  IntOrString(writer, value) {
    const text = typeof value === 'string';
    writer.textField(0x1a, text ? value : '');
    writer.varint(text ? 0 : (value as number));
    writer.varint(0x10);
    writer.varint(text ? 1 : 0);
    writer.varint(0x08);
  },
  RawExtension: writeRaw,
  FieldsV1: writeRaw,
  JSON: writeRaw,
};

/** What stands in for an absent value that is written all the same. */
const zeroes: Readonly<Record<string, unknown>> = {
  string: '',
  int32: 0,
  int64: 0,
  float64: 0,
  bool: false,
  Quantity: '0',
  Duration: '0s',
  IntOrString: 0,
};

const messages = new Map<string, ValueWriter>();

function contentWriter(type: string): ValueWriter {
  if (!isReference(type)) return contentWriters[type]!;
  let writer = messages.get(type);
  if (writer === undefined) {
    writer = messageWriter(type);
    messages.set(type, writer);
  }
  return writer;
}

function messageWriter(ref: string): ValueWriter {
  const fact = typeFact(ref);
  if (fact.noProto) throw new NoProtobufError(ref);
  if (fact.wrap) {
    const field = listWriter(fact.fields[0]!);
    return (writer, value) => field(writer, { items: value });
  }
  const fields = fieldWriters(ref);
  if (fact.jsonUnion) {
    const list = fact.fields.find((field) => field.list)?.json ?? '';
    const schema = fact.fields.find((field) => field.pointer)!.json;
    const toMembers = (value: unknown): Record<string, unknown> => {
      if (Array.isArray(value)) return { [list]: value };
      if (typeof value === 'boolean') return { Allows: value };
      return { Allows: true, [schema]: value };
    };
    return (writer, value) => writeFields(writer, fields, toMembers(value));
  }
  return (writer, value) => writeFields(writer, fields, (value ?? empty) as Record<string, unknown>);
}

function writeFields(
  writer: ProtobufWriter,
  fields: readonly FieldWriter[],
  object: Record<string, unknown>,
): void {
  for (const write of fields) write(writer, object);
}

/** The fields from the highest number to the lowest: the writer goes backwards. */
function fieldWriters(ref: string): FieldWriter[] {
  return typeFact(ref)
    .fields.filter((fact) => fact.proto !== undefined)
    .sort((a, b) => b.proto! - a.proto!)
    .map(fieldWriter);
}

function isScalar(type: string): boolean {
  return type === 'int32' || type === 'int64' || type === 'bool' || type === 'float64';
}

function scalarWriter(type: string): ValueWriter {
  if (type === 'float64') return (writer, value) => writer.double(value as number);
  if (type === 'bool') return (writer, value) => writer.varint(value ? 1 : 0);
  return (writer, value) => writer.varint(value as number | bigint);
}

/** Writes one value with tag and, where it has one, length. */
function taggedWriter(type: string, number: number): ValueWriter {
  const wireType = type === 'float64' ? 1 : isScalar(type) ? 0 : 2;
  const tag = number * 8 + wireType;
  if (wireType !== 2) {
    const write = scalarWriter(type);
    return (writer, value) => {
      write(writer, value);
      writer.varint(tag);
    };
  }
  if (type === 'string') return (writer, value) => writer.textField(tag, value as string);
  let write: ValueWriter | undefined;
  return (writer, value) => {
    write ??= contentWriter(type);
    const before = writer.length;
    write(writer, value);
    writer.close(before, tag);
  };
}

function listWriter(fact: FieldFact): FieldWriter {
  const write = taggedWriter(fact.type, fact.proto!);
  const name = fact.json;
  const zero = zeroes[fact.type] ?? null;
  return (writer, object) => {
    const list = object[name] as unknown[] | undefined | null;
    if (!list) return;
    for (let i = list.length - 1; i >= 0; i--) write(writer, list[i] ?? zero);
  };
}

function mapWriter(fact: FieldFact): FieldWriter {
  const writeValue = taggedWriter(fact.type, 2);
  const tag = fact.proto! * 8 + 2;
  const name = fact.json;
  const zero = zeroes[fact.type] ?? (fact.type === 'bytes' ? '' : null);
  return (writer, object) => {
    const map = object[name] as Record<string, unknown> | undefined | null;
    if (!map) return;
    const keys = sortedKeys(map);
    for (let i = keys.length - 1; i >= 0; i--) {
      const key = keys[i]!;
      const before = writer.length;
      writeValue(writer, map[key] ?? zero);
      writer.textField(0x0a, key);
      writer.close(before, tag);
    }
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for ASCII
const ascii = /^[\x00-\x7f]*$/;

/** Keys in the order of their UTF-8 bytes, as Go sorts. */
function sortedKeys(map: Record<string, unknown>): string[] {
  const keys = Object.keys(map).sort();
  if (keys.every((key) => ascii.test(key))) return keys;
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function fieldWriter(fact: FieldFact): FieldWriter {
  if (fact.list) return listWriter(fact);
  if (fact.map) return mapWriter(fact);
  const write = taggedWriter(fact.type, fact.proto!);
  const name = fact.json;
  // An inlined struct is a message of its own on the wire; its members stand in the parent's JSON object.
  if (fact.inline) return (writer, object) => write(writer, object);
  const nilable =
    fact.pointer || fact.type === 'bytes' || (isReference(fact.type) && typeFact(fact.type).wrap);
  if (nilable) {
    return (writer, object) => {
      const value = object[name];
      if (value !== undefined && value !== null) write(writer, value);
    };
  }
  const zero = zeroes[fact.type] ?? null;
  return (writer, object) => write(writer, object[name] ?? zero);
}

/** The message of an object, without envelope. Throws NoProtobufError. */
export function encodeProtobuf(ref: string, object: object): Buffer {
  const writer = new ProtobufWriter();
  contentWriter(ref)(writer, object);
  return writer.finish();
}
