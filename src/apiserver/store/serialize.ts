// Objects to the bytes that are stored, cached and sent. The head has a fixed form (kind, apiVersion, metadata in Go's
// order) and the tail is a newline, so that lists can cut both off and a resourceVersion can be exchanged without parsing.
import { readJson, writeJson } from '../../api/long-integers.ts';
import type { KubeObject, ObjectMeta } from '../../api/object.ts';

const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[];

/** metadata in Go's order, empty fields left out. */
function orderedMetadata(metadata: ObjectMeta): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of metadataOrder) {
    const value = metadata[name];
    if (value === undefined || value === null || value === '') continue;
    if (name === 'generation' && value === 0) continue;
    if (typeof value === 'object' && isEmpty(value)) continue;
    out[name] = value;
  }
  return out;
}

function isEmpty(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

/** The object in the order in which it is stored. Shares its parts with `object`. */
export function orderedObject(object: KubeObject): KubeObject {
  const { kind, apiVersion, metadata, ...rest } = object;
  return { kind, apiVersion, metadata: orderedMetadata(metadata), ...rest };
}

/** JSON with the newline that ends every body of an API server. */
export function objectBytes(object: unknown): Buffer {
  return Buffer.from(`${writeJson(object)}\n`);
}

/** Makes the encoder that storage calls with the revision of the write. `object` must not change afterwards. */
export function encoderOf(object: KubeObject): (revision: number) => Buffer {
  const { kind, apiVersion, metadata, ...rest } = object;
  return (revision) => {
    const stamped = { ...metadata, resourceVersion: String(revision) };
    return objectBytes({ kind, apiVersion, metadata: orderedMetadata(stamped), ...rest });
  };
}

const versionMark = Buffer.from('"resourceVersion":"');

/** The same stored bytes with another resourceVersion. */
export function restamp(bytes: Buffer, revision: number): Buffer {
  const at = bytes.indexOf(versionMark);
  if (at < 0) return bytes;
  const start = at + versionMark.length;
  const end = bytes.indexOf(0x22, start);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(String(revision)), bytes.subarray(end)]);
}

/** Parses stored bytes. */
export function parseObject(bytes: Buffer): KubeObject {
  return readJson(bytes.toString('utf8')) as unknown as KubeObject;
}
