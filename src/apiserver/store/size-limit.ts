// How large an object may be: etcd takes requests of 1.5 MiB. Built-in kinds are stored as protobuf there, custom resources,
// definitions and API services as JSON.
// Upstream: --max-request-bytes of etcd; isTooLargeError in k8s.io/apiserver/pkg/endpoints/handlers/rest.go.
import type { KubeObject } from '../../api/object.ts';
import { ApiError, failure } from '../../api/status.ts';
import { encodeObject } from '../encoding/protobuf.ts';
import type { ServedResource } from '../resources.ts';
import { etcdKey } from './etcd-key.ts';
import { objectBytes, orderedObject } from './serialize.ts';

/** Bytes of one request. */
const longestRequest = 1.5 * 1024 * 1024;
/** How often the key is in a request, and the bytes beside its keys and its value. An update that fails reads what is there. */
const requests = { create: { keys: 2, rest: 40 }, update: { keys: 3, rest: 47 } } as const;
/** JSON of so many bytes is not looked at: its protobuf is within the limit, whatever it holds. */
const surelyFits = longestRequest / 3;

const storedAsJson = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** An object is too large to be stored. Upstream answers 500 with the same words. */
export class TooLargeError extends ApiError {
  constructor() {
    super(failure(413, 'RequestEntityTooLarge', 'etcdserver: request is too large'));
  }
}

function valueBytes(resource: ServedResource, object: KubeObject): number {
  // etcd itself knows the revision
  const { resourceVersion: _, ...metadata } = object.metadata;
  const value: KubeObject = { ...object, metadata };
  const { typeRef } = resource.storedSchema;
  if (typeRef === undefined || storedAsJson.has(resource.groupResource.group))
    return objectBytes(orderedObject(value)).length;
  return encodeObject(typeRef, object.apiVersion ?? '', object.kind ?? '', value).length;
}

/** Throws TooLargeError when etcd would not take an object, whose JSON has so many bytes. */
export function ensureFits(
  resource: ServedResource,
  object: KubeObject,
  jsonBytes: number,
  operation: keyof typeof requests,
): void {
  if (jsonBytes <= surelyFits) return;
  const { namespace = '', name = '' } = object.metadata;
  const key = etcdKey(resource, namespace, name);
  const keyBytes = Buffer.byteLength(resource.custom ? key : `/registry${key}`);
  const { keys, rest } = requests[operation];
  if (valueBytes(resource, object) + keys * keyBytes + rest > longestRequest) throw new TooLargeError();
}

/**
 * What `write` returns. Where the object is too large it is asked once more, to leave managedFields out, which may be a large part.
 * Upstream: create.go, update.go and patch.go in k8s.io/apiserver/pkg/endpoints/handlers.
 */
export async function withoutManagersIfTooLarge<T>(write: (withManagers: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(true);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    return await write(false);
  }
}
