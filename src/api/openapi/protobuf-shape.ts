// How a JSON document becomes the protobuf of gnostic's messages: which member is which field, and how it is written.
// Upstream: github.com/google/gnostic-models.
import { writeJson } from '../long-integers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/** A JSON object. */
export type Members = Record<string, unknown>;
/** Writes a value with its tag. */
export type Write = (writer: ProtobufWriter, value: unknown) => void;
/** A message: member name, field number and how its value is written (tag included), in rising order of numbers. */
export interface MessageShape {
  readonly fields: readonly (readonly [name: string, number: number, kind: FieldKind])[];
  /** The number of the list that takes members beginning with `x-`. */
  readonly extensions?: number;
}
/** How a value is written. */
export type FieldKind =
  | 'string'
  | 'bool'
  | 'number'
  | 'integer'
  | 'strings'
  | 'any'
  | 'anys'
  | { message: () => MessageShape; list?: boolean }
  | { write: (number: number) => Write };

const bytesTag = (number: number): number => number * 8 + 2;

/** A field that is a message: what `write` writes. */
export function nested(writer: ProtobufWriter, number: number, write: () => void): void {
  const before = writer.length;
  write();
  writer.close(before, bytesTag(number));
}

/** Any holds YAML; JSON is YAML. */
function writeAny(writer: ProtobufWriter, number: number, value: unknown): void {
  nested(writer, number, () => writer.textField(bytesTag(2), `${writeJson(value)}\n`));
}

/** Fields are written from the last to the first. */
export function reversed<T>(list: readonly T[]): T[] {
  return [...list].reverse();
}

/** Members of a message with a list of {1 name, 2 value} that were written before: see encodeNamed. */
export class EncodedMembers {
  readonly entries: readonly Buffer[];

  constructor(entries: readonly Buffer[]) {
    this.entries = entries;
  }
}

/** A list of {1 name, 2 value} messages, one for each member. */
export function writeNamed(
  writer: ProtobufWriter,
  number: number,
  members: Members | EncodedMembers,
  writeValue: (value: unknown) => void,
): void {
  if (members instanceof EncodedMembers) {
    for (const bytes of reversed(members.entries)) writer.bytes(bytes);
    return;
  }
  for (const [name, value] of reversed(Object.entries(members)))
    nested(writer, number, () => {
      writeValue(value);
      writer.textField(bytesTag(1), name);
    });
}

/** One field of a message. */
export function writeField(writer: ProtobufWriter, number: number, kind: FieldKind, value: unknown): void {
  if (kind === 'string') writer.textField(bytesTag(number), value as string);
  else if (kind === 'strings')
    for (const text of reversed(value as string[])) writer.textField(bytesTag(number), text);
  else if (kind === 'bool' || kind === 'integer') {
    writer.varint(typeof value === 'bigint' ? value : Number(value));
    writer.varint(number * 8);
  } else if (kind === 'number') {
    writer.double(Number(value));
    writer.varint(number * 8 + 1);
  } else if (kind === 'any') writeAny(writer, number, value);
  else if (kind === 'anys') for (const item of reversed(value as unknown[])) writeAny(writer, number, item);
  else if ('write' in kind) kind.write(number)(writer, value);
  else
    for (const item of kind.list ? reversed(value as unknown[]) : [value])
      nested(writer, number, () => writeMessage(writer, kind.message(), item as Members));
}

/** The fields of a message. */
export function writeMessage(writer: ProtobufWriter, shape: MessageShape, value: Members): void {
  if (shape.extensions !== undefined) {
    const found = Object.entries(value).filter(([name]) => name.startsWith('x-'));
    const number = shape.extensions;
    writeNamed(writer, number, Object.fromEntries(found), (extension) => writeAny(writer, 2, extension));
  }
  for (const [name, number, kind] of reversed(shape.fields)) {
    // A field called '' is a message around the same JSON.
    const member = name === '' ? value : value[name];
    if (member !== undefined) writeField(writer, number, kind, member);
  }
}

/** Members of any name, each with the same kind of message; the list has `inner` as its number. */
export function named(inner: number, shape: () => MessageShape): FieldKind {
  return {
    write: (number) => (writer, value) =>
      nested(writer, number, () =>
        writeNamed(writer, inner, value as Members | EncodedMembers, (member) =>
          nested(writer, 2, () => writeMessage(writer, shape(), member as Members)),
        ),
      ),
  };
}

/** The protobuf of a whole document. */
export function encodeShape(shape: MessageShape, document: object): Buffer {
  const writer = new ProtobufWriter();
  writeMessage(writer, shape, document as Members);
  return writer.finish();
}
