// Follows every kind of object that can be garbage: one metadata informer for each resource that discovery names.
import type { Logger } from 'pino';
import type { KubeObject } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import { type DiscoveredResource, discover } from '../../client/discovery.ts';
import type { Informer, InformerSource } from '../../client/informer.ts';
import { keyOf } from '../../client/object-store.ts';
import { apiVersionOfResource, resourceKey } from '../../client/resource.ts';
import type { Graph, Identity } from './graph.ts';
import { UnknownKind } from './live-objects.ts';

/** The resources that are followed. */
export class Monitors {
  private readonly client: Client;
  private readonly informers: InformerSource;
  private readonly graph: Graph;
  private readonly log: Logger;
  private readonly followed = new Map<string, Informer<KubeObject>>();
  private kinds = new Map<string, DiscoveredResource>();

  constructor(client: Client, informers: InformerSource, graph: Graph, log: Logger) {
    this.client = client;
    this.informers = informers;
    this.graph = graph;
    this.log = log;
  }

  /** Asks the server what it serves, and follows what is new. Resolves when everything is synced. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { resources, versions } = await discover(this.client, { signal });
    this.kinds = new Map(versions.map((r) => [`${apiVersionOfResource(r)} ${r.kind}`, r]));
    const added: Informer<KubeObject>[] = [];
    for (const of of resources) {
      if (!isCollectable(of) || this.followed.has(resourceKey(of))) continue;
      added.push(this.follow(of));
    }
    await Promise.all(added.map((i) => i.synced(signal)));
    if (added.length > 0) this.log.debug({ resources: this.followed.size }, 'following resources');
  }

  /** The resource of a kind. Throws UnknownKind. */
  lookup(apiVersion: string, kind: string): DiscoveredResource {
    const found = this.kinds.get(`${apiVersion} ${kind}`);
    if (!found) throw new UnknownKind(`no resource of ${apiVersion} ${kind} is served`);
    return found;
  }

  /** The object as an informer knows it. */
  known({ apiVersion, kind, namespace, name, uid }: Identity): KubeObject | undefined {
    const of = this.kinds.get(`${apiVersion} ${kind}`);
    const informer = of && this.followed.get(resourceKey(of));
    const object = informer?.lister.get(keyOf({ metadata: { namespace, name } }));
    return object?.metadata.uid === uid ? object : undefined;
  }

  private follow(of: DiscoveredResource): Informer<KubeObject> {
    const informer = this.informers.metadata(of);
    const apiVersion = apiVersionOfResource(of);
    const identity = ({ metadata }: KubeObject): Identity => ({
      apiVersion,
      kind: of.kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      uid: metadata.uid ?? '',
    });
    informer.addHandler({
      added: (object) => this.graph.observe(identity(object), object, undefined),
      updated: (old, object) => this.graph.observe(identity(object), object, old),
      deleted: (object) => this.graph.remove(identity(object)),
    });
    this.followed.set(resourceKey(of), informer);
    return informer;
  }
}

/** Events own nothing and are owned by nothing, and there are many. */
function isCollectable({ group, plural, verbs }: DiscoveredResource): boolean {
  const isEvents = plural === 'events' && (group === '' || group === 'events.k8s.io');
  return !isEvents && ['list', 'watch', 'delete'].every((v) => verbs.includes(v));
}
