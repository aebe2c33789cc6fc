// GET of a collection.
// Upstream: ListResource in k8s.io/apiserver/pkg/endpoints/handlers/get.go.
import { notAcceptable } from '../../api/status.ts';
import type { CacheList } from '../../storage/watch-cache.ts';
import { listAcceptance } from '../encoding/accept.ts';
import { jsonList, renderList } from '../encoding/list-encoder.ts';
import { isVerbatim } from '../encoding/object-encoder.ts';
import type { ListMeta } from '../encoding/table.ts';
import { listLate } from '../late-selection.ts';
import { type ListOptions, listOptionsOf } from '../request-options.ts';
import { prefixOf, prepareToRead, type ServedResource } from '../resources.ts';
import { negotiateObject, sendBytes, sendChunks } from '../respond.ts';
import { type Selection, selectionOf } from '../selection.ts';
import { type Handler, renderingOf } from './handler.ts';
import { continueToken, listError, readPosition } from './read-revision.ts';

/** metadata of a list, fields in Go's order. */
export function listMetaOf(list: CacheList, prefix: string, filtered: boolean): ListMeta {
  const metadata: ListMeta = { resourceVersion: String(list.revision) };
  if (list.more && list.lastKey !== undefined) {
    metadata.continue = continueToken(prefix, list.lastKey, list.revision);
    if (!filtered) metadata.remainingItemCount = list.remaining;
  }
  return metadata;
}

/** Reads a list by its options. `namespace` is '' for all. Throws 400, 410 and 504. */
export async function readList(
  resource: ServedResource,
  namespace: string,
  selection: Selection,
  options: ListOptions,
): Promise<{ list: CacheList; metadata: ListMeta }> {
  const cache = resource.cache!;
  const prefix = prefixOf(resource, namespace);
  const position = await readPosition(cache, prefix, options);
  // The watch cache upstream ignores a limit at resourceVersion=0; clients count on getting everything in one piece.
  const limit = options.resourceVersion === '0' ? 0 : options.limit;
  try {
    const { filter, late } = selection;
    const found = cache.list({
      prefix: selection.prefix,
      revision: position.revision,
      after: position.after,
      limit: late ? 0 : limit,
      filter,
    });
    const list = late ? await listLate(resource, late, found, limit) : found;
    return { list, metadata: listMetaOf(list, prefix, (filter ?? late) !== undefined) };
  } catch (error) {
    const after = position.after;
    const next = after === undefined ? undefined : () => continueToken(prefix, after, -1);
    throw listError(error, options, next);
  }
}

/** Sends the objects of a collection. */
export const listHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, listAcceptance, resource);
  const { namespace } = exchange.info;
  const options = listOptionsOf(exchange.query);
  const selection = selectionOf(resource, namespace, '', options);
  if (encoding.as?.kind === 'PartialObjectMetadata') {
    const { listKind, group } = resource.definition;
    const type = `*${group === '' ? 'core' : group.split('.')[0]}.${listKind}`;
    throw notAcceptableText(
      `you requested PartialObjectMetadata, but the requested object is a list (${type})`,
    );
  }
  const { list, metadata } = await readList(resource, namespace, selection, options);
  if (isVerbatim(resource, encoding)) {
    const body = jsonList(resource, list.objects, metadata);
    await sendChunks(exchange, 200, encoding, body.size, body.chunks());
    return;
  }
  const reading = prepareToRead(resource, list.objects);
  if (reading) await reading;
  sendBytes(
    exchange,
    200,
    encoding,
    renderList(resource, list.objects, metadata, renderingOf(exchange, encoding, context)),
  );
};

function notAcceptableText(message: string): Error {
  const error = notAcceptable([]);
  error.status.message = message;
  return error;
}
