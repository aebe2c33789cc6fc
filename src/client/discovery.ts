// What a server serves, from aggregated discovery. Upstream: k8s.io/client-go/discovery.
import type { KubeObject } from '../api/object.ts';
import type { Client, RequestOptions } from './client.ts';
import type { Resource } from './resource.ts';

/** A resource that is served, in the version that the server prefers. */
export interface DiscoveredResource extends Resource<KubeObject> {
  readonly verbs: readonly string[];
}

/** The resources of a server, and the group versions that could not be asked. */
export interface Discovered {
  /** Each resource once, in the first version of its group that has it. */
  readonly resources: readonly DiscoveredResource[];
  /** Every resource in every version. */
  readonly versions: readonly DiscoveredResource[];
  /** `group/version` of those whose server does not answer. */
  readonly failed: readonly string[];
}

interface GroupList {
  readonly items: readonly {
    readonly metadata: { name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { kind?: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly verbs?: readonly string[];
      }[];
    }[];
  }[];
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Asks what is served. */
export async function discover(client: Client, options: RequestOptions = {}): Promise<Discovered> {
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => client.raw<GroupList>(path, { ...options, accept })),
  );
  const resources = new Map<string, DiscoveredResource>();
  const all: DiscoveredResource[] = [];
  const failed: string[] = [];
  for (const { metadata, versions = [] } of lists.flatMap((l) => l.items)) {
    const group = metadata.name ?? '';
    for (const { version, freshness, resources: served = [] } of versions) {
      if (freshness === 'Stale') failed.push(`${group}/${version}`);
      for (const { resource: plural, responseKind, scope, verbs = [] } of served) {
        const namespaced = scope === 'Namespaced';
        const found = { group, version, plural, kind: responseKind?.kind ?? '', namespaced, verbs };
        all.push(found);
        const key = `${plural}.${group}`;
        if (!resources.has(key)) resources.set(key, found);
      }
    }
  }
  return { resources: [...resources.values()], versions: all, failed };
}
