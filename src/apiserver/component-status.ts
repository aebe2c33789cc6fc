// componentstatuses, deprecated and still asked for by `kubectl get cs`: the storage is all there is to report on.
// Upstream: pkg/registry/core/componentstatus/rest.go in kubernetes/kubernetes.
import type { KubeObject } from '../api/object.ts';
import { notFound } from '../api/status.ts';
import type { CachedObject } from '../storage/watch-cache.ts';
import { listAcceptance, objectAcceptance } from './encoding/accept.ts';
import { renderList } from './encoding/list-encoder.ts';
import { renderObject } from './encoding/object-encoder.ts';
import { type Handler, renderingOf } from './handlers/handler.ts';
import { negotiate, sendBytes } from './respond.ts';
import { objectBytes } from './store/serialize.ts';

function statusOf(name: string): KubeObject {
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  };
}

function cached(name: string): CachedObject {
  return { bytes: objectBytes(statusOf(name)) } as CachedObject;
}

const get: Handler = async (exchange, resource, context) => {
  const encoding = negotiate(exchange, objectAcceptance);
  if (exchange.info.name !== 'etcd-0') throw notFound(resource.groupResource, exchange.info.name);
  sendBytes(
    exchange,
    200,
    encoding,
    renderObject(resource, cached('etcd-0').bytes, renderingOf(exchange, encoding, context)),
  );
};

const list: Handler = async (exchange, resource, context) => {
  const encoding = negotiate(exchange, listAcceptance);
  sendBytes(
    exchange,
    200,
    encoding,
    renderList(resource, [cached('etcd-0')], {}, renderingOf(exchange, encoding, context)),
  );
};

/** Handlers of the resource. */
export const componentStatusHandlers = { get, list };
