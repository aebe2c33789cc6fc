// Kubernetes protobuf as the API server sends and reads it; the codec itself is driven by the schema tables.
import { apiVersionOf, type Json, parseApiVersion } from '../../api/object.ts';
import { decodeProtobuf } from '../../api/protobuf/decode.ts';
import { encodeProtobuf, NoProtobufError } from '../../api/protobuf/encode.ts';
import {
  decodeRawExtension,
  isProtobufEnvelope,
  listEnvelope,
  unwrapProtobuf,
  watchFrame,
  wrapProtobuf,
} from '../../api/protobuf/envelope.ts';
import { ProtobufError } from '../../api/protobuf/reader.ts';
import { DecodeError } from '../../api/schema/explain.ts';
import { refOfKind } from '../../api/schema/type-table.ts';
import { badRequest, notAcceptable } from '../../api/status.ts';

function orNotAcceptable(make: () => Buffer): Buffer {
  try {
    return make();
  } catch (error) {
    if (error instanceof NoProtobufError) throw notAcceptable(['application/json', 'application/yaml']);
    throw error;
  }
}

/** The envelope of an object. Throws 406 for types without a protobuf form. */
export function encodeObject(ref: string, apiVersion: string, kind: string, value: object): Buffer {
  return orNotAcceptable(() => wrapProtobuf(apiVersion, kind, encodeProtobuf(ref, value)));
}

/** The envelope of a list. `itemRef`: type of its items. */
export function encodeList(
  itemRef: string,
  apiVersion: string,
  listKind: string,
  metadata: object,
  items: readonly object[],
): Buffer {
  const { group, version } = parseApiVersion(apiVersion)!;
  return orNotAcceptable(() =>
    listEnvelope(
      group,
      version,
      listKind,
      metadata,
      items.map((item) => encodeProtobuf(itemRef, item)),
    ),
  );
}

/** A frame of a watch stream around an object's envelope. */
export function encodeWatchFrame(type: string, envelope: Buffer): Buffer {
  return watchFrame(type, envelope);
}

/** Reads a body in protobuf. `fallback`: the type that the path expects. Throws 400. */
export function decodeProtobufBody(
  body: Buffer,
  fallback: { group: string; version: string; kind: string },
): { apiVersion: string; kind: string; value: Json } {
  if (!isProtobufEnvelope(body))
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  try {
    const { apiVersion, kind, raw } = unwrapProtobuf(body);
    const gvk =
      apiVersion === '' || kind === '' ? fallback : { ...(parseApiVersion(apiVersion) ?? fallback), kind };
    const ref = refOfKind(gvk);
    if (ref === undefined) return { apiVersion, kind, value: {} };
    const value = decodeProtobuf(ref, raw, decodeRawExtension) as unknown as Json;
    return { apiVersion: apiVersion || apiVersionOf(gvk.group, gvk.version), kind: kind || gvk.kind, value };
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof DecodeError || error instanceof NoProtobufError)
      throw badRequest(error.message);
    throw error;
  }
}
