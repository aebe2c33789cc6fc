// The envelope of every protobuf body: the bytes "k8s" and zero, then runtime.Unknown with kind and message; lists made of
// ready messages; and the frames of a watch stream.
// Upstream: k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go.
import { readJson } from '../long-integers.ts';
import { apiVersionOf, type Json, type KubeObject, parseApiVersion } from '../object.ts';
import { refOfKind } from '../schema/type-table.ts';
import { decodeProtobuf } from './decode.ts';
import { encodeProtobuf } from './encode.ts';
import { ProtobufError, ProtobufReader } from './reader.ts';
import { ProtobufWriter } from './writer.ts';

const magic = Buffer.from('k8s\0');

/** What an envelope holds. */
export interface ProtobufEnvelope {
  apiVersion: string;
  kind: string;
  /** The object's own message. */
  raw: Buffer;
  contentEncoding: string;
  contentType: string;
}

/** Whether bytes begin like an envelope. */
export function isProtobufEnvelope(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && magic.every((byte, i) => bytes[i] === byte);
}

/** Puts a message into its envelope. */
export function wrapProtobuf(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const writer = new ProtobufWriter();
  writer.textField(0x22, '');
  writer.textField(0x1a, '');
  let before = writer.length;
  writer.bytes(raw);
  writer.close(before, 0x12);
  before = writer.length;
  writer.textField(0x12, kind);
  writer.textField(0x0a, apiVersion);
  writer.close(before, 0x0a);
  writer.bytes(magic);
  return writer.finish();
}

/** Takes an envelope apart; throws ProtobufError. */
export function unwrapProtobuf(bytes: Uint8Array): ProtobufEnvelope {
  if (!isProtobufEnvelope(bytes))
    throw new ProtobufError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  const envelope: ProtobufEnvelope = {
    apiVersion: '',
    kind: '',
    raw: Buffer.alloc(0),
    contentEncoding: '',
    contentType: '',
  };
  const reader = new ProtobufReader(bytes, 4);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 0x0a) reader.message((inner) => readTypeMeta(inner, envelope));
    else if (tag === 0x12) envelope.raw = reader.bytes();
    else if (tag === 0x1a) envelope.contentEncoding = reader.text();
    else if (tag === 0x22) envelope.contentType = reader.text();
    else reader.skip(tag % 8);
  }
  return envelope;
}

function readTypeMeta(reader: ProtobufReader, envelope: ProtobufEnvelope): void {
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 0x0a) envelope.apiVersion = reader.text();
    else if (tag === 0x12) envelope.kind = reader.text();
    else reader.skip(tag % 8);
  }
}

/** The object of an envelope with apiVersion and kind, as JSON has it; throws like decodeProtobuf. */
export function decodeEnvelope(bytes: Uint8Array): KubeObject {
  const { apiVersion, kind, raw } = unwrapProtobuf(bytes);
  const group = parseApiVersion(apiVersion);
  const ref = group && refOfKind({ ...group, kind });
  if (ref === undefined)
    throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...decodeProtobuf(ref, raw, decodeRawExtension) };
}

/** RawExtensions hold JSON, or an envelope where the sender speaks protobuf throughout. */
export function decodeRawExtension(raw: Buffer): Json {
  if (raw.length === 0) return null;
  if (isProtobufEnvelope(raw)) return decodeEnvelope(raw) as unknown as Json;
  try {
    return readJson(raw.toString('utf8'));
  } catch (cause) {
    throw new ProtobufError(`raw object is not JSON: ${(cause as Error).message}`);
  }
}

/** The envelope of an object that has apiVersion and kind. */
export function encodeEnvelope(object: KubeObject): Buffer {
  const { apiVersion = '', kind = '' } = object;
  const group = parseApiVersion(apiVersion);
  const ref = group && refOfKind({ ...group, kind });
  if (ref === undefined) throw new Error(`no type for ${apiVersion} ${kind}`);
  return wrapProtobuf(apiVersion, kind, encodeProtobuf(ref, object));
}

/** The message of any list kind, made of the items' messages. */
export function listMessage(metadata: object, items: readonly Uint8Array[]): Buffer {
  const writer = new ProtobufWriter();
  for (let i = items.length - 1; i >= 0; i--) {
    const before = writer.length;
    writer.bytes(items[i]!);
    writer.close(before, 0x12);
  }
  const before = writer.length;
  writer.bytes(encodeProtobuf('meta/v1.ListMeta', metadata));
  writer.close(before, 0x0a);
  return writer.finish();
}

/** The message of an object that stands in an envelope for a list, by group: convenience for writers of lists. */
export function listEnvelope(
  group: string,
  version: string,
  listKind: string,
  metadata: object,
  items: readonly Uint8Array[],
): Buffer {
  return wrapProtobuf(apiVersionOf(group, version), listKind, listMessage(metadata, items));
}

/** One frame of a watch stream: length, then a bare WatchEvent around an envelope. */
export function watchFrame(type: string, envelope: Uint8Array): Buffer {
  const writer = new ProtobufWriter();
  writer.bytes(envelope);
  writer.close(0, 0x0a);
  writer.close(0, 0x12);
  writer.textField(0x0a, type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(writer.length);
  writer.bytes(length);
  return writer.finish();
}
