// The parameters of a policy as a binding chooses them.
// Upstream: CollectParams of k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go.
import type { ParamKind, ParamRef } from '#types/admissionregistration.k8s.io_v1';
import { selectorOfObject } from '../../api/label-selector.ts';
import { type KubeObject, parseApiVersion } from '../../api/object.ts';
import type { CachedObject } from '../../storage/watch-cache.ts';
import { keyOf, prefixOf, prepareToRead, readStored, type ServedResource } from '../resources.ts';

/** Finds the served resource of a kind. */
export type ResourceOfKind = (group: string, version: string, kind: string) => ServedResource | undefined;

/** The resource of a policy's parameters; undefined where it has none. Throws Error where nothing of this kind is served. */
export function paramResource(
  paramKind: ParamKind | null | undefined,
  resourceOfKind: ResourceOfKind,
): ServedResource | undefined {
  if (!paramKind) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  const { group = '', version = '' } = parseApiVersion(apiVersion) ?? {};
  const found = resourceOfKind(group, version, kind);
  if (found === undefined)
    throw new Error(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`);
  return found;
}

async function inServedVersion(
  resource: ServedResource,
  objects: readonly CachedObject[],
): Promise<KubeObject[]> {
  await prepareToRead(resource, objects);
  return objects.map(({ bytes }) => {
    const object = readStored(resource, bytes);
    return resource.conversion ? resource.conversion.fromStorage(object) : object;
  });
}

/** The namespace to look in; '' for parameters of cluster scope. Throws Error. */
function paramNamespace(params: ServedResource, ref: ParamRef, namespace: string): string {
  if (!params.definition.namespaced) {
    if (ref.namespace)
      throw new Error('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  const where = ref.namespace || namespace;
  if (where === '')
    throw new Error('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return where;
}

function find(params: ServedResource, ref: ParamRef, namespace: string): readonly CachedObject[] {
  const cache = params.cache!;
  if (ref.name) {
    if (ref.selector) throw new Error('paramRef.name and paramRef.selector are mutually exclusive');
    const found = cache.get(keyOf(params, namespace, ref.name));
    return found ? [found] : [];
  }
  if (!ref.selector) throw new Error('one of name or selector must be provided');
  const selector = selectorOfObject(ref.selector);
  return cache.list({
    prefix: prefixOf(params, namespace),
    filter: ({ labels }) => selector.matches(labels),
  }).objects;
}

/**
 * The parameters that a policy is evaluated with, one after another; undefined stands for none. `params`: the resource of the
 * policy's paramKind. Rejects with Error for bindings that do not fit.
 */
export async function collectParams(
  params: ServedResource | undefined,
  ref: ParamRef | null | undefined,
  namespace: string,
): Promise<readonly (KubeObject | undefined)[]> {
  if (params === undefined || !ref) return [undefined];
  const found = find(params, ref, paramNamespace(params, ref, namespace));
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new Error('no params found for policy binding with `Deny` parameterNotFoundAction');
  return inServedVersion(params, found);
}
