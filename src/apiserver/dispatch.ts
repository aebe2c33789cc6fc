// From what a request means to the handler that answers it.
// Upstream: k8s.io/apiserver/pkg/endpoints/installer.go, where each becomes a route of its own.
import { apiVersionOf } from '../api/object.ts';
import { badRequest, methodNotAllowed, methodNotSupported, notFound, pathNotFound } from '../api/status.ts';
import type { ResourceDefinition } from '../kinds/registry.ts';
import type { Exchange } from './exchange.ts';
import { createHandler } from './handlers/create.ts';
import { deleteHandler } from './handlers/delete.ts';
import { deleteCollectionHandler } from './handlers/delete-collection.ts';
import { getHandler } from './handlers/get.ts';
import type { Handler, HandlerContext } from './handlers/handler.ts';
import { listHandler } from './handlers/list.ts';
import { patchHandler } from './handlers/patch.ts';
import { updateHandler } from './handlers/update.ts';
import { watchHandler } from './handlers/watch.ts';
import type { ResourceTable } from './resource-table.ts';
import type { ServedResource } from './resources.ts';
import type { SubresourceHandlers } from './subresources/subresource.ts';

const verbHandlers: Record<string, Handler> = {
  get: getHandler,
  list: listHandler,
  watch: watchHandler,
  create: createHandler,
  update: updateHandler,
  patch: patchHandler,
  delete: deleteHandler,
  deletecollection: deleteCollectionHandler,
};

/** Verbs of one object; the others are of collections. */
const namedVerbs = new Set(['get', 'update', 'patch', 'delete']);

/** A plain path (discovery, health, metrics): answers and returns true, or returns false when the path is not its own. */
export type PathHandler = (exchange: Exchange) => boolean | Promise<boolean>;

/** Resources that are computed, not stored, by `group/plural`: reviews, bindings, component statuses. */
export type ComputedResources = ReadonlyMap<string, Partial<Record<string, Handler>>>;

/** Upstream: http.NotFound, which ends the chain of servers; built-in groups have the router's own answer. */
function textNotFound(exchange: Exchange): void {
  exchange.setHeader('X-Content-Type-Options', 'nosniff');
  exchange.send(404, 'text/plain; charset=utf-8', '404 page not found\n');
}

// Upstream: possiblyAcrossAllNamespacesVerbs in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
const verbsOfAllNamespaces = ['list', 'watch'];

/** Whether the path's form fits the resource: a namespace in it or not, a name or not. */
function fitsScope(exchange: Exchange, resource: ServedResource): boolean {
  const { info } = exchange;
  if (resource.definition.namespaced) {
    if (resource.custom && info.namespace === '') return verbsOfAllNamespaces.includes(info.verb);
    const named = info.parts.length > 1;
    return !(named && info.namespace === '');
  }
  return info.namespace === '' || info.resource === 'namespaces';
}

/** The warning of a deprecated version. Upstream: k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go. */
function deprecationText(definition: ResourceDefinition): string | undefined {
  const { group, version, kind, deprecated, removed, replacement } = definition;
  if (deprecated === undefined) return undefined;
  let text = `${apiVersionOf(group, version)} ${kind} is deprecated in v${deprecated}+`;
  if (removed !== undefined) text += `, unavailable in v${removed}+`;
  if (replacement !== undefined) {
    const at = replacement.lastIndexOf('.');
    text += `; use ${replacement.slice(0, at)} ${replacement.slice(at + 1)}`;
  }
  return text;
}

/** Makes the dispatcher. */
export function createDispatch(
  table: ResourceTable,
  computed: ComputedResources,
  subresources: SubresourceHandlers,
  paths: readonly PathHandler[],
  context: HandlerContext,
): (exchange: Exchange) => Promise<void> {
  async function dispatchResource(exchange: Exchange): Promise<void> {
    const { info } = exchange;
    const resource = table.find(info.group, info.version, info.resource);
    if (resource === undefined || !fitsScope(exchange, resource)) {
      if (table.isBuiltInGroup(info.group)) throw pathNotFound();
      return textNotFound(exchange);
    }
    const deprecation = resource.custom?.warning ?? deprecationText(resource.definition);
    if (deprecation !== undefined) exchange.warn(deprecation);
    if (resource.custom) return dispatchCustom(exchange, resource);
    if (info.subresource !== '') return dispatchSubresource(exchange, resource);
    const own = computed.get(`${info.group}/${info.resource}`);
    const { verb } = info;
    const handler = own ? own[verb] : verbHandlers[verb];
    const isNamed = info.parts.length > 1;
    const { verbs } = resource.definition;
    // a path that has no verb at all is not there
    if (!verbs.some((each) => namedVerbs.has(each) === isNamed)) throw pathNotFound();
    const fits = verb === 'watch' || isNamed === namedVerbs.has(verb);
    if (handler === undefined || !fits || exchange.method === 'HEAD' || !verbs.includes(verb))
      throw methodNotAllowed();
    await handler(exchange, resource, context);
  }

  /**
   * A request for custom resources: they have no routes, only verbs, whatever discovery tells of them.
   * Upstream: crdHandler in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
   */
  async function dispatchCustom(exchange: Exchange, resource: ServedResource): Promise<void> {
    const { verb, name, subresource } = exchange.info;
    const declared = resource.definition.subresources.some((each) => each.name === subresource);
    if (subresource !== '' && !declared) throw notFound(resource.groupResource, name);
    const handler = subresource === '' ? verbHandlers[verb] : subresources.find(resource, subresource, verb);
    if (handler === undefined) throw methodNotSupported(resource.groupResource, verb);
    if (name === '' && (verb === 'update' || verb === 'patch')) throw badRequest('name must be provided');
    await handler(exchange, resource, context);
  }

  async function dispatchSubresource(exchange: Exchange, resource: ServedResource): Promise<void> {
    const { info } = exchange;
    const definition = resource.definition.subresources.find((s) => s.name === info.subresource);
    if (definition === undefined) throw pathNotFound();
    if (info.parts.length > 3 && !definition.connect) throw pathNotFound();
    const handler = subresources.find(resource, info.subresource, info.verb);
    if (handler) return handler(exchange, resource, context);
    throw methodNotAllowed();
  }

  return async (exchange) => {
    if (exchange.info.isResource && exchange.info.resource !== '') return dispatchResource(exchange);
    for (const handle of paths) {
      const handled = handle(exchange);
      if (typeof handled === 'boolean' ? handled : await handled) return;
    }
    textNotFound(exchange);
  };
}
