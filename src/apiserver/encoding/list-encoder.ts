// A list to the chunks of a response. JSON lists are a header and slices of the stored bytes; nothing is parsed.
import { apiVersionOf } from '../../api/object.ts';
import type { CachedObject } from '../../storage/watch-cache.ts';
import type { ServedResource } from '../resources.ts';
import { encodeValue, type Rendering, renderedObject } from './object-encoder.ts';
import { encodeList } from './protobuf.ts';
import { type ListMeta, partialObjectMetadata, tableOf } from './table.ts';

// Big enough that few writes are needed, small enough that other requests get their turn between two.
const chunkBytes = 256 * 1024;
const comma = 0x2c;

/** Bytes of a list without the objects' own head and newline. */
function jsonSize(objects: readonly CachedObject[], offset: number): number {
  let size = 0;
  for (const object of objects) size += object.bytes.length - offset + 1;
  return size;
}

/** A JSON list in chunks; the sum of their sizes is `size`. */
export interface ListBody {
  readonly size: number;
  chunks(): Iterable<Buffer>;
}

function* jsonChunks(
  head: Buffer,
  objects: readonly CachedObject[],
  offset: number,
  tail: Buffer,
): Iterable<Buffer> {
  let chunk = Buffer.allocUnsafe(Math.max(chunkBytes, head.length));
  let at = head.copy(chunk, 0);
  for (let i = 0; i < objects.length; i++) {
    const bytes = objects[i]!.bytes;
    // comma, brace and the object from its metadata to its closing brace, without the newline
    const need = bytes.length - offset + 1;
    if (at + need > chunk.length) {
      yield chunk.subarray(0, at);
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, need));
      at = 0;
    }
    if (i > 0) chunk[at++] = comma;
    chunk[at++] = 0x7b;
    at += bytes.copy(chunk, at, offset, bytes.length - 1);
  }
  yield chunk.subarray(0, at);
  yield tail;
}

/** Lists of custom resources always say where they go on, be it nowhere: upstream's unstructured lists do. */
function listMetadata({ custom }: ServedResource, metadata: ListMeta): ListMeta {
  return custom ? { continue: '', ...metadata } : metadata;
}

/** The list as stored JSON. */
export function jsonList(
  resource: ServedResource,
  objects: readonly CachedObject[],
  metadata: ListMeta,
): ListBody {
  const { definition } = resource;
  const apiVersion = apiVersionOf(definition.group, definition.version);
  const meta = JSON.stringify(listMetadata(resource, metadata));
  const head = Buffer.from(
    `{"kind":"${definition.listKind}","apiVersion":"${apiVersion}","metadata":${meta},"items":[`,
  );
  const tail = Buffer.from(']}\n');
  const separators = objects.length > 0 ? -1 : 0;
  const size = head.length + jsonSize(objects, resource.itemOffset) + separators + tail.length;
  return { size, chunks: () => jsonChunks(head, objects, resource.itemOffset, tail) };
}

/** An item without kind and apiVersion, as items of typed lists are. */
function bare(object: Record<string, unknown>): Record<string, unknown> {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

/** The list in any other encoding, as one buffer. */
export function renderList(
  resource: ServedResource,
  objects: readonly CachedObject[],
  metadata: ListMeta,
  rendering: Rendering,
): Buffer {
  const { definition } = resource;
  const { encoding, includeObject, now } = rendering;
  const as = encoding.as;
  const items = objects.map((o) => renderedObject(resource, o.bytes, rendering));
  if (as?.kind === 'Table') {
    const table = tableOf(resource, items, metadata, includeObject, as.version, now);
    return encodeValue(encoding, `meta/${as.version}.Table`, table);
  }
  if (as) {
    const list = {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${as.version}`,
      metadata,
      items: items.map((o) => partialObjectMetadata(o, as.version)),
    };
    return encodeValue(encoding, 'meta/v1.PartialObjectMetadataList', list);
  }
  const apiVersion = apiVersionOf(definition.group, definition.version);
  if (encoding.media === 'protobuf')
    return encodeList(definition.typeRef, apiVersion, definition.listKind ?? '', metadata, items);
  // items of custom resources name their kind, as upstream's unstructured lists do
  const shown = resource.custom ? items : items.map(bare);
  const meta = listMetadata(resource, metadata);
  const list = { kind: definition.listKind, apiVersion, metadata: meta, items: shown };
  return encodeValue(encoding, `${definition.typeRef}List`, list);
}
