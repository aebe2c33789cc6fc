// One stored object to the bytes of a response, for every encoding. The common case, JSON as stored, copies nothing.
import { writeJson } from '../../api/long-integers.ts';
import type { KubeObject } from '../../api/object.ts';
import { readStored, type ServedResource } from '../resources.ts';
import { objectBytes } from '../store/serialize.ts';
import type { Encoding } from './accept.ts';
import { encodeObject } from './protobuf.ts';
import { type IncludeObject, partialObjectMetadata, tableOf } from './table.ts';
import { toYaml } from './yaml.ts';

/** How one request wants its objects. */
export interface Rendering {
  readonly encoding: Encoding;
  readonly includeObject: IncludeObject;
  /** Milliseconds since the Unix epoch; ages in tables count from it. */
  readonly now: number;
}

/** The object as the served version has it. */
export function servedObject(resource: ServedResource, bytes: Buffer): KubeObject {
  const object = readStored(resource, bytes);
  return resource.conversion ? resource.conversion.fromStorage(object) : object;
}

/** The object as a rendering needs it: tables are printed from the stored version, whichever was asked for. */
export function renderedObject(resource: ServedResource, bytes: Buffer, rendering: Rendering): KubeObject {
  return rendering.encoding.as?.kind === 'Table'
    ? readStored(resource, bytes)
    : servedObject(resource, bytes);
}

/** Whether stored bytes can be sent as they are. */
export function isVerbatim(resource: ServedResource, encoding: Encoding): boolean {
  return (
    encoding.media === 'json' &&
    encoding.as === undefined &&
    !encoding.pretty &&
    resource.conversion === undefined &&
    resource.custom?.codec === undefined
  );
}

/** The envelope of an object that names its own kind. */
export function encodeProtobufObject(ref: string, value: object): Buffer {
  const { apiVersion, kind } = value as { apiVersion?: string; kind?: string };
  return encodeObject(ref, apiVersion ?? '', kind ?? '', value);
}

/** Any JSON value in the encoding; `ref` is its schema type, for protobuf. */
export function encodeValue(encoding: Encoding, ref: string, value: object): Buffer {
  if (encoding.media === 'yaml') return Buffer.from(toYaml(value));
  if (encoding.media === 'protobuf') return encodeProtobufObject(ref, value);
  return encoding.pretty ? Buffer.from(writeJson(value, 2)) : objectBytes(value);
}

/** What the object becomes under the asked transform; `headers`: tables carry their column definitions. */
export function transformed(
  resource: ServedResource,
  object: KubeObject,
  rendering: Rendering,
  headers = true,
): { ref: string; value: Record<string, unknown> } {
  const { encoding, includeObject, now } = rendering;
  const as = encoding.as;
  if (as === undefined) return { ref: resource.definition.typeRef, value: object };
  if (as.kind === 'Table') {
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
    return {
      ref: `meta/${as.version}.Table`,
      value: tableOf(resource, [object], metadata, includeObject, as.version, now, headers),
    };
  }
  return { ref: 'meta/v1.PartialObjectMetadata', value: partialObjectMetadata(object, as.version) };
}

/** Bytes of a stored object for a response. */
export function renderObject(resource: ServedResource, bytes: Buffer, rendering: Rendering): Buffer {
  if (isVerbatim(resource, rendering.encoding)) return bytes;
  const { ref, value } = transformed(resource, renderedObject(resource, bytes, rendering), rendering);
  return encodeValue(rendering.encoding, ref, value);
}
