// What a client must know of a resource to build its paths. The engine's kinds know much more; this is the wire's part.
import { apiVersionOf, type KubeObject } from '../api/object.ts';

/** A resource of the API; `T` is the type of its objects. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  /** Plural name in paths: `pods`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries the type. */
  readonly object?: T;
}

/** Declares a resource. */
export function resource<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  scope: 'Namespaced' | 'Cluster',
): Resource<T> {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    kind,
    namespaced: scope === 'Namespaced',
  };
}

/** `v1`, `apps/v1`. */
export function apiVersionOfResource({ group, version }: Resource): string {
  return apiVersionOf(group, version);
}

/** `pods`, `deployments.apps/v1`: names a resource in maps and logs. */
export function resourceKey({ group, version, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}/${version}`;
}

/** The path of a collection, an object or a subresource; `namespace` '' is all namespaces. */
export function resourcePath(of: Resource, namespace: string, name = '', subresource = ''): string {
  let path = of.group === '' ? `/api/${of.version}` : `/apis/${of.group}/${of.version}`;
  if (of.namespaced && namespace !== '') path += `/namespaces/${encodeURIComponent(namespace)}`;
  path += `/${of.plural}`;
  if (name !== '') path += `/${encodeURIComponent(name)}`;
  if (subresource !== '') path += `/${subresource}`;
  return path;
}
