// Pods' exec, attach, portforward and proxy, services/proxy and nodes/proxy: what can be said before a node is asked.
// Upstream: LogLocation and streamLocation in pkg/registry/core/pod/strategy.go in kubernetes/kubernetes.
import type { Pod } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, notFound, serviceUnavailable } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import { admitBody } from '../handlers/body-admission.ts';
import { requireConnect } from '../handlers/create-permission.ts';
import type { Handler } from '../handlers/handler.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import { connectOptions } from './connect-options.ts';
import type { SubresourceModule } from './subresource.ts';

/** The object whose subresource is asked for. Throws 404. */
export function readParent(
  exchange: Exchange,
  resource: ServedResource,
  name = exchange.info.name,
): KubeObject {
  const { namespace } = exchange.info;
  const found = resource.cache!.get(keyOf(resource, namespace, name));
  if (!found) throw notFound(resource.groupResource, name);
  return parseObject(found.bytes);
}

/** The container that a request means. Throws 400 where the pod has several and none is named, or none of that name. */
export function containerOf(pod: Pod, asked: string): string {
  const name = pod.metadata.name ?? '';
  const names = (list: { name: string }[] | null | undefined): string[] => (list ?? []).map((c) => c.name);
  const own = names(pod.spec.containers);
  const init = names(pod.spec.initContainers);
  const ephemeral = names(pod.spec.ephemeralContainers);
  if (asked !== '') {
    if (![...own, ...init, ...ephemeral].includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  if (own.length === 1 && init.length === 0) return own[0]!;
  if (own.length === 1) return own[0]!;
  if (own.length === 0) throw badRequest(`a container name must be specified for pod ${name}`);
  let text = `a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]`;
  if (init.length > 0) text += ` or one of the init containers: [${init.join(' ')}]`;
  if (ephemeral.length > 0) text += ` or one of the ephemeral containers: [${ephemeral.join(' ')}]`;
  throw badRequest(text);
}

function nodeOf(pod: Pod): string {
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name ?? ''} does not have a host assigned`);
  return pod.spec.nodeName;
}

function refusedStream(node: string): Error {
  return serviceUnavailable(
    `no stream to node ${JSON.stringify(node)}: containers are simulated, so exec, attach and port-forward are refused`,
  );
}

const stream: Handler = async (exchange, resource, context) => {
  // a WebSocket begins with a GET, and a GET alone shall not run anything
  requireConnect(exchange, context);
  const pod = readParent(exchange, resource) as unknown as Pod;
  containerOf(pod, exchange.query.get('container') ?? '');
  throw refusedStream(nodeOf(pod));
};

const portForward: Handler = async (exchange, resource, context) => {
  requireConnect(exchange, context);
  return podStream(exchange, resource, context);
};

const podStream: Handler = async (exchange, resource) => {
  throw refusedStream(nodeOf(readParent(exchange, resource) as unknown as Pod));
};

/**
 * The name in what a proxy is asked for: `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`. Throws 400. Upstream: SplitSchemeNamePort in
 * k8s.io/apimachinery/pkg/util/net/port_split.go.
 */
function proxiedName(kind: 'pod' | 'service' | 'node', asked: string): string {
  const parts = asked.split(':');
  const [scheme, name] = parts.length === 3 ? parts : ['', parts[0]];
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme!))
    throw badRequest(`invalid ${kind} request ${goQuote(asked)}`);
  return name;
}

/** Upstream: ResourceLocation in pkg/registry/core/pod/strategy.go. */
const podProxy: Handler = async (exchange, resource) => {
  const pod = readParent(exchange, resource, proxiedName('pod', exchange.info.name)) as unknown as Pod;
  if (!pod.status?.podIP) throw badRequest('address not allowed');
  throw refusedStream(nodeOf(pod));
};

/** Nothing is proxied to: an answer as of a service without endpoints. Upstream: ResourceLocation in core/service/storage. */
const serviceProxy =
  (endpoints: () => ServedResource): Handler =>
  async (exchange) => {
    const { namespace, name } = exchange.info;
    const service = proxiedName('service', name);
    const found = endpoints().cache!.get(keyOf(endpoints(), namespace, service));
    // upstream looks for the service's Endpoints and says it as if the service were missing
    if (!found) throw notFound({ group: '', resource: 'services' }, service);
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  };

const nodeProxy: Handler = async (exchange, resource) => {
  const name = proxiedName('node', exchange.info.name);
  throw refusedStream(readParent(exchange, resource, name).metadata.name ?? '');
};

const streamVerbs = ['get', 'create'];
// OPTIONS is no verb
const proxyVerbs = ['get', 'create', 'update', 'patch', 'delete', 'proxy', ''];

function module(resource: string, subresource: string, connect: Handler): SubresourceModule {
  const handler: Handler = async (exchange, served, context) => {
    const path = exchange.info.parts.slice(3).join('/');
    const object = connectOptions(`${resource}/${subresource}`, exchange.query, path);
    const kind = { group: '', version: 'v1', kind: object.kind! };
    await admitBody(exchange, served, context, { operation: 'CONNECT', kind, object, dryRun: false });
    await connect(exchange, served, context);
  };
  const verbs = subresource === 'proxy' ? proxyVerbs : streamVerbs;
  const handlers = Object.fromEntries(verbs.map((verb) => [verb, handler]));
  return { group: '', resource, subresource, verbs: handlers };
}

/** Connections to pods, services and nodes; `endpoints`: where services lead to. */
export function connectSubresources(endpoints: () => ServedResource): readonly SubresourceModule[] {
  return [
    module('pods', 'exec', stream),
    module('pods', 'attach', stream),
    module('pods', 'portforward', portForward),
    module('pods', 'proxy', podProxy),
    module('services', 'proxy', serviceProxy(endpoints)),
    module('nodes', 'proxy', nodeProxy),
  ];
}
