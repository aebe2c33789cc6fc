// Decodes protobuf into canonical objects, the same that decodeTyped makes of JSON. Unknown fields are dropped, packed lists
// are taken. One decoder is compiled per type, from the tables.
import { formatDuration } from '../duration.ts';
import { setJsonMember } from '../json-object.ts';
import { readJson } from '../long-integers.ts';
import type { Json, KubeObject } from '../object.ts';
import { decodeTyped } from '../schema/decode.ts';
import { type FieldFact, isReference, typeFact } from '../schema/type-table.ts';
import { formatInstant, formatMicroInstant } from '../time.ts';
import { NoProtobufError } from './encode.ts';
import { ProtobufError, ProtobufReader } from './reader.ts';

type Members = Record<string, unknown>;
/** Reads one value; `previous` is what an earlier record of the same field gave, to be merged with. */
type ValueReader = (reader: ProtobufReader, previous: unknown) => unknown;
/** Reads one record of a field into the object. */
type FieldReader = (reader: ProtobufReader, object: Members, wireType: number) => void;
type MessageReader = (reader: ProtobufReader, object: Members) => void;

/** Turns the raw bytes of a RawExtension into JSON; the envelope module puts in what it knows of nested envelopes. */
export type RawDecoder = (raw: Buffer) => Json;

function parseRaw(raw: Buffer): Json {
  if (raw.length === 0) return null;
  try {
    return readJson(raw.toString('utf8'));
  } catch (cause) {
    throw new ProtobufError(`raw object is not JSON: ${(cause as Error).message}`);
  }
}

let decodeRaw: RawDecoder = parseRaw;

/** Reads the numbered fields of a small message of known shape. */
function readMessage(reader: ProtobufReader, field: (number: number, wireType: number) => boolean): void {
  reader.message(() => {
    while (!reader.done) {
      const tag = reader.tag();
      const wireType = tag % 8;
      if (!field(Math.floor(tag / 8), wireType)) reader.skip(wireType);
    }
  });
}

function readInstant(reader: ProtobufReader): { seconds: number; nanos: number } | undefined {
  let seconds = 0;
  let nanos = 0;
  let some = false;
  readMessage(reader, (number, wireType) => {
    some = true;
    if (wireType !== 0 || number > 2) return false;
    if (number === 1) seconds = reader.int64();
    else nanos = reader.int32();
    return true;
  });
  return some ? { seconds, nanos } : undefined;
}

function instantText(
  format: typeof formatInstant,
  instant: { seconds: number; nanos: number },
): string | null {
  try {
    return format(instant);
  } catch (cause) {
    throw new ProtobufError(`time out of range: ${(cause as Error).message}`);
  }
}

function readTime(reader: ProtobufReader): string | null {
  const instant = readInstant(reader);
  return instant === undefined ? null : instantText(formatInstant, { seconds: instant.seconds, nanos: 0 });
}

function readMicroTime(reader: ProtobufReader): string | null {
  const instant = readInstant(reader);
  if (instant === undefined) return null;
  if (instant.nanos < 0 || instant.nanos > 999_999_999)
    throw new ProtobufError('time out of range: bad nanoseconds');
  return instantText(formatMicroInstant, instant);
}

function readDuration(reader: ProtobufReader): string {
  let nanoseconds = 0n;
  readMessage(reader, (number, wireType) => {
    if (number !== 1 || wireType !== 0) return false;
    nanoseconds = reader.bigInt64();
    return true;
  });
  return formatDuration(nanoseconds);
}

function readQuantity(reader: ProtobufReader): string {
  let text = '0';
  readMessage(reader, (number, wireType) => {
    if (number !== 1 || wireType !== 2) return false;
    text = reader.text();
    return true;
  });
  return text;
}

function readIntOrString(reader: ProtobufReader): number | string {
  let isText = false;
  let number = 0;
  let text = '';
  readMessage(reader, (field, wireType) => {
    if (field === 1 && wireType === 0) isText = reader.int64() === 1;
    else if (field === 2 && wireType === 0) number = reader.int32();
    else if (field === 3 && wireType === 2) text = reader.text();
    else return false;
    return true;
  });
  return isText ? text : number;
}

function readRaw(reader: ProtobufReader): Json {
  let value: Json = null;
  readMessage(reader, (number, wireType) => {
    if (number !== 1 || wireType !== 2) return false;
    value = decodeRaw(reader.bytes());
    return true;
  });
  return value;
}

const valueReaders: Readonly<Record<string, ValueReader>> = {
  string: (reader) => reader.text(),
  bytes: (reader) => reader.bytes().toString('base64'),
  int32: (reader) => reader.int32(),
  int64: (reader) => reader.integer(),
  bool: (reader) => reader.int64() !== 0,
  float64: (reader) => reader.double(),
  Quantity: readQuantity,
  Time: readTime,
  MicroTime: readMicroTime,
  Duration: readDuration,
  IntOrString: readIntOrString,
  RawExtension: readRaw,
  FieldsV1: readRaw,
  JSON: readRaw,
};

const messageReaders = new Map<string, MessageReader>();

function messageReader(ref: string): MessageReader {
  let read = messageReaders.get(ref);
  if (read === undefined) {
    read = compileMessage(ref);
    messageReaders.set(ref, read);
  }
  return read;
}

function compileMessage(ref: string): MessageReader {
  const fact = typeFact(ref);
  if (fact.noProto) throw new NoProtobufError(ref);
  const fields: (FieldReader | undefined)[] = [];
  for (const field of fact.fields) {
    if (field.proto === undefined) continue;
    fields[field.proto] = fieldReader(field);
  }
  return (reader, object) => {
    while (!reader.done) {
      const tag = reader.tag();
      const wireType = tag & 7;
      const number = (tag - wireType) / 8;
      const read = fields[number];
      if (read === undefined) reader.skip(wireType);
      else read(reader, object, wireType);
    }
  };
}

function wrongWireType(fact: FieldFact, wireType: number): never {
  throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${fact.json || fact.protoName}`);
}

function valueReader(type: string): ValueReader {
  if (!isReference(type)) return valueReaders[type]!;
  const fact = typeFact(type);
  let read: MessageReader | undefined;
  return (reader, previous) => {
    read ??= messageReader(type);
    const merged = fact.wrap || fact.jsonUnion ? undefined : (previous as Members | undefined);
    const object: Members = merged ?? {};
    reader.message((inner) => read!(inner, object));
    if (fact.wrap) return object['items'] ?? [];
    return fact.jsonUnion ? unionValue(object) : object;
  };
}

/** The JSON of one of the JSONSchemaPropsOr... messages. */
function unionValue(members: Members): unknown {
  const list = members['JSONSchemas'] ?? members['Property'];
  if (Array.isArray(list) && list.length > 0) return list;
  return members['Schema'] ?? members['Allows'] ?? null;
}

function wireTypeOf(type: string): number {
  if (type === 'float64') return 1;
  return type === 'int32' || type === 'int64' || type === 'bool' ? 0 : 2;
}

function fieldReader(fact: FieldFact): FieldReader {
  if (fact.list) return listReader(fact);
  if (fact.map) return mapReader(fact);
  const wanted = wireTypeOf(fact.type);
  if (fact.inline) {
    let inline: MessageReader | undefined;
    return (reader, object, wireType) => {
      if (wireType !== wanted) wrongWireType(fact, wireType);
      inline ??= messageReader(fact.type);
      reader.message((inner) => inline!(inner, object));
    };
  }
  const read = valueReader(fact.type);
  const name = fact.json;
  return (reader, object, wireType) => {
    if (wireType !== wanted) wrongWireType(fact, wireType);
    object[name] = read(reader, object[name]);
  };
}

function listReader(fact: FieldFact): FieldReader {
  const wanted = wireTypeOf(fact.type);
  const read = valueReader(fact.type);
  const name = fact.json;
  return (reader, object, wireType) => {
    object[name] ??= [];
    const list = object[name] as unknown[];
    if (wireType === wanted) list.push(read(reader, undefined));
    else if (wireType === 2)
      reader.message((packed) => {
        while (!packed.done) list.push(read(packed, undefined));
      });
    else wrongWireType(fact, wireType);
  };
}

function mapReader(fact: FieldFact): FieldReader {
  const wanted = wireTypeOf(fact.type);
  const read = valueReader(fact.type);
  const name = fact.json;
  return (reader, object, wireType) => {
    if (wireType !== 2) wrongWireType(fact, wireType);
    object[name] ??= {};
    let key = '';
    let value: unknown = null;
    readMessage(reader, (number, inner) => {
      if (number === 1 && inner === 2) key = reader.text();
      else if (number === 2 && inner === wanted) value = read(reader, undefined);
      else return false;
      return true;
    });
    setJsonMember(object[name] as Members, key, value);
  };
}

/**
 * The canonical object of a message. `raw` reads the bytes of RawExtensions where they are not plain JSON. Throws
 * ProtobufError for bytes that are no such message, DecodeError for values that the type does not take, NoProtobufError.
 */
export function decodeProtobuf(ref: string, bytes: Uint8Array, raw: RawDecoder = parseRaw): KubeObject {
  const outer = decodeRaw;
  decodeRaw = raw;
  try {
    const object: Members = {};
    messageReader(ref)(new ProtobufReader(bytes), object);
    return decodeTyped(ref, object as Json);
  } finally {
    decodeRaw = outer;
  }
}
