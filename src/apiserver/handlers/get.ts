// GET of one object.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/get.go.
import { badRequest, notFound } from '../../api/status.ts';
import { objectAcceptance } from '../encoding/accept.ts';
import { isVerbatim, renderObject } from '../encoding/object-encoder.ts';
import { revisionOf } from '../request-options.ts';
import { keyOf, prepareToRead } from '../resources.ts';
import { negotiateObject, sendBytes } from '../respond.ts';
import { type Handler, renderingOf } from './handler.ts';
import { tooLargeVersion, waitMs } from './read-revision.ts';

/** Throws 400 where the state without what the cluster added is asked for, which was possible once. */
function refuseExport(asked: string | null): void {
  if (asked !== null && !['false', '0'].includes(asked.toLowerCase()))
    throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
}

/** Sends one object. A resourceVersion asks for a state at least as new. */
export const getHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, objectAcceptance, resource);
  const { namespace, name } = exchange.info;
  refuseExport(exchange.query.get('export'));
  const cache = resource.cache!;
  const asked = exchange.query.get('resourceVersion');
  if (asked) {
    const revision = revisionOf(asked)!;
    if (revision > cache.revision() && !(await cache.waitFor(revision, waitMs)))
      throw tooLargeVersion(revision, cache.revision());
  }
  const object = cache.get(keyOf(resource, namespace, name));
  if (object === undefined) throw notFound(resource.groupResource, name);
  const reading = prepareToRead(resource, [object]);
  if (reading) await reading;
  if (isVerbatim(resource, encoding)) exchange.send(200, encoding.contentType, object.bytes);
  else
    sendBytes(
      exchange,
      200,
      encoding,
      renderObject(resource, object.bytes, renderingOf(exchange, encoding, context)),
    );
};
