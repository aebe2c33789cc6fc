// componentstatuses, deprecated and still asked for by `kubectl get cs`. Upstream asks the parts on their usual ports of this
// machine; here they are well when they run beside the server, or when the lease of their leader is fresh.
// Upstream: pkg/registry/core/componentstatus/rest.go and legacyProvider in pkg/registry/core/rest/storage_core.go.
import type { Lease } from '#types/coordination.k8s.io_v1';
import type { Clock } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { notFound } from '../api/status.ts';
import { parseTime } from '../api/time.ts';
import type { CachedObject } from '../storage/watch-cache.ts';
import { listAcceptance, objectAcceptance } from './encoding/accept.ts';
import { renderList } from './encoding/list-encoder.ts';
import { renderObject } from './encoding/object-encoder.ts';
import { type Handler, renderingOf } from './handlers/handler.ts';
import { listOptionsOf } from './request-options.ts';
import { keyOf, type ServedResource } from './resources.ts';
import { negotiate, sendBytes } from './respond.ts';
import { selectionOf } from './selection.ts';
import { objectBytes, parseObject } from './store/serialize.ts';

/** What tells how the parts are. */
export interface ComponentSources {
  readonly leases: () => ServedResource;
  readonly clock: Clock;
  /** Whether controllers and scheduler run beside the server. */
  readonly hasParts: boolean;
}

interface Component {
  readonly name: string;
  /** In kube-system; undefined: the storage, which is always well. */
  readonly lease: string | undefined;
  /** Where upstream asks. */
  readonly port: number;
}

const components: readonly Component[] = [
  { name: 'controller-manager', lease: 'kube-controller-manager', port: 10257 },
  { name: 'scheduler', lease: 'kube-scheduler', port: 10259 },
  { name: 'etcd-0', lease: undefined, port: 2379 },
];

function isHeld(name: string, { leases, clock }: ComponentSources): boolean {
  const resource = leases();
  const found = resource.cache!.get(keyOf(resource, 'kube-system', name));
  if (found === undefined) return false;
  const {
    holderIdentity,
    renewTime,
    leaseDurationSeconds = 0,
  } = (parseObject(found.bytes) as Lease).spec ?? {};
  if (!holderIdentity || !renewTime) return false;
  return parseTime(renewTime) + leaseDurationSeconds * 1000 > clock.now();
}

function statusOf({ name, lease, port }: Component, sources: ComponentSources): KubeObject {
  const isWell = lease === undefined || sources.hasParts || isHeld(lease, sources);
  const address = `127.0.0.1:${port}`;
  const message = isWell
    ? 'ok'
    : `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`;
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: isWell ? 'True' : 'False', message }],
  };
}

/** Handlers of the resource. */
export function componentStatusHandlers(sources: ComponentSources): Record<'get' | 'list', Handler> {
  const cached = (component: Component): CachedObject =>
    ({ bytes: objectBytes(statusOf(component, sources)) }) as CachedObject;
  return {
    async get(exchange, resource, context) {
      const encoding = negotiate(exchange, objectAcceptance);
      const component = components.find(({ name }) => name === exchange.info.name);
      if (component === undefined) throw notFound(resource.groupResource, exchange.info.name);
      const { bytes } = cached(component);
      const rendering = renderingOf(exchange, encoding, context);
      sendBytes(exchange, 200, encoding, renderObject(resource, bytes, rendering));
    },
    async list(exchange, resource, context) {
      const encoding = negotiate(exchange, listAcceptance);
      const rendering = renderingOf(exchange, encoding, context);
      const { filter } = selectionOf(resource, '', '', listOptionsOf(exchange.query));
      const isChosen = (name: string): boolean =>
        filter?.({ labels: undefined, fields: { 'metadata.name': name } }) ?? true;
      const chosen = components.filter(({ name }) => isChosen(name));
      sendBytes(exchange, 200, encoding, renderList(resource, chosen.map(cached), {}, rendering));
    },
  };
}
