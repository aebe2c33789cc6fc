// DELETE of a collection: every object that the selectors name.
// Upstream: DeleteCollection in k8s.io/apiserver/pkg/endpoints/handlers/delete.go and pkg/registry/generic/registry/store.go.
import { ApiError } from '../../api/status.ts';
import { listAcceptance } from '../encoding/accept.ts';
import { decodeDeleteOptions } from '../encoding/body.ts';
import { renderList } from '../encoding/list-encoder.ts';
import { listOptionsOf } from '../request-options.ts';
import { prepareToRead } from '../resources.ts';
import { negotiateObject, sendBytes } from '../respond.ts';
import { selectionOf } from '../selection.ts';
import { admitDeletion, deleteOne } from './delete.ts';
import { type Handler, renderingOf } from './handler.ts';
import { readList } from './list.ts';

// Enough to fill commit groups without crowding out other writers.
const workers = 32;

/** Deletes what a list with the same options shows, and answers with that list. */
export const deleteCollectionHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, listAcceptance, resource);
  const { namespace } = exchange.info;
  const listOptions = listOptionsOf(exchange.query);
  const options = decodeDeleteOptions(exchange);
  const selection = selectionOf(resource, namespace, '', listOptions);
  const { list, metadata } = await readList(resource, namespace, selection, listOptions);
  const reading = prepareToRead(resource, list.objects);
  if (reading) await reading;
  const waiting = [...list.objects];
  const work = async (): Promise<void> => {
    for (let object = waiting.shift(); object; object = waiting.shift()) {
      const { fields } = object.attributes();
      try {
        const { 'metadata.namespace': of = '', 'metadata.name': name = '' } = fields;
        await deleteOne(exchange, resource, context, { namespace: of, name }, options, (deleted) =>
          admitDeletion(exchange, resource, context, { namespace: of, name: '', object: deleted }, options),
        );
      } catch (error) {
        // Somebody else was faster: it is gone, which is what was asked for.
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, waiting.length) }, work));
  sendBytes(
    exchange,
    200,
    encoding,
    renderList(resource, list.objects, metadata, renderingOf(exchange, encoding, context)),
  );
};
