// The discovery documents, made of the served resources: which groups, versions and resources there are.
// Upstream: k8s.io/apiserver/pkg/endpoints/discovery, pkg/endpoints/installer.go (APIResource).
import { apiVersionOf } from '../../api/object.ts';
import { compareVersions } from '../../kinds/custom/version-order.ts';
import type { ResourceDefinition } from '../../kinds/registry.ts';

/** A group in discovery order with its versions, the preferred one first. */
export interface DiscoveryGroup {
  readonly name: string;
  readonly versions: readonly DiscoveryVersion[];
}

/** A version with its resources, sorted by name. */
export interface DiscoveryVersion {
  readonly version: string;
  /** Its resources are custom ones. */
  readonly custom: boolean;
  readonly resources: readonly ResourceDefinition[];
}

/** Versions of custom resources rank before those of built-in kinds (their APIServices say 100, these less), the newest first. */
function rankedVersions(versions: readonly DiscoveryVersion[]): DiscoveryVersion[] {
  const custom = versions.filter((version) => version.custom);
  return [
    ...custom.sort((a, b) => compareVersions(b.version, a.version)),
    ...versions.filter((version) => !version.custom),
  ];
}

/**
 * Sorts definitions into groups. Built-in ones come in discovery order of groups and versions; groups that have only custom
 * resources come last, by name.
 */
export function discoveryGroups(
  served: Iterable<{ readonly definition: ResourceDefinition; readonly custom?: unknown }>,
): DiscoveryGroup[] {
  const groups = new Map<string, Map<string, { custom: boolean; resources: ResourceDefinition[] }>>();
  for (const { definition, custom } of served) {
    let versions = groups.get(definition.group);
    if (!versions) {
      versions = new Map();
      groups.set(definition.group, versions);
    }
    const known = versions.get(definition.version);
    if (known) known.resources.push(definition);
    else versions.set(definition.version, { custom: custom !== undefined, resources: [definition] });
  }
  const sorted = [...groups].map(([name, versions]) => ({
    name,
    versions: rankedVersions(
      [...versions].map(([version, { custom, resources }]) => ({
        version,
        custom,
        resources: resources.sort((a, b) => (a.plural < b.plural ? -1 : 1)),
      })),
    ),
  }));
  const defined = sorted.filter(({ versions }) => versions.every(({ custom }) => custom));
  const builtIn = sorted.filter((group) => !defined.includes(group));
  return [...builtIn, ...defined.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

interface ApiResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string;
  version?: string;
  kind: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  storageVersionHash?: string;
}

function apiResources(definition: ResourceDefinition): ApiResource[] {
  const own: ApiResource = {
    name: definition.plural,
    singularName: definition.singular,
    namespaced: definition.namespaced,
    kind: definition.kind,
    verbs: definition.verbs,
    ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    ...(definition.categories.length > 0 && { categories: definition.categories }),
    ...(definition.storage?.hash && { storageVersionHash: definition.storage.hash }),
  };
  const subresources = definition.subresources.map((s): ApiResource => {
    const foreign = s.group !== definition.group || s.version !== definition.version;
    return {
      name: `${definition.plural}/${s.name}`,
      singularName: '',
      namespaced: definition.namespaced,
      ...(foreign && { group: s.group, version: s.version }),
      kind: s.kind,
      verbs: s.verbs,
    };
  });
  return [own, ...subresources];
}

/** APIResourceList of a group version. */
export function apiResourceList(group: string, version: DiscoveryVersion): object {
  const resources = version.resources.flatMap(apiResources);
  const head = group === '' ? { kind: 'APIResourceList' } : { kind: 'APIResourceList', apiVersion: 'v1' };
  return { ...head, groupVersion: apiVersionOf(group, version.version), resources };
}

function groupVersions(group: DiscoveryGroup): { groupVersion: string; version: string }[] {
  return group.versions.map(({ version }) => ({ groupVersion: apiVersionOf(group.name, version), version }));
}

/** The entry of a group in APIGroupList. */
export function apiGroup(group: DiscoveryGroup): object {
  const versions = groupVersions(group);
  return { name: group.name, versions, preferredVersion: versions[0] };
}

/** APIVersions of /api. `address` is host:port of the server. */
export function apiVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** Only custom resources and kinds of other groups say all of their kind. */
function aggregatedResource(definition: ResourceDefinition, custom: boolean): object {
  const kindOf = ({ group, version, kind }: { group: string; version: string; kind: string }): object => {
    const full = custom || group !== definition.group || version !== definition.version;
    return { group: full ? group : '', version: full ? version : '', kind };
  };
  const subresources = definition.subresources.map((s) => ({
    subresource: s.name,
    responseKind: kindOf(s),
    verbs: s.verbs,
  }));
  return {
    resource: definition.plural,
    responseKind: kindOf(definition),
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: definition.verbs,
    ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    ...(definition.categories.length > 0 && { categories: definition.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}

/** APIGroupDiscoveryList: everything in one document (KEP-3352). */
export function aggregatedDiscovery(groups: readonly DiscoveryGroup[], version: 'v2' | 'v2beta1'): object {
  const items = groups.map((group) => ({
    metadata: group.name === '' ? {} : { name: group.name },
    versions: group.versions.map((v) => ({
      version: v.version,
      resources: v.resources.map((definition) => aggregatedResource(definition, v.custom)),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}
