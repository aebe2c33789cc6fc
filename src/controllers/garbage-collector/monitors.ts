// Follows every kind of object that can be garbage: one metadata informer for each resource that discovery names.
import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { wait } from '../../client/backoff.ts';
import type { Client } from '../../client/client.ts';
import { type DiscoveredResource, discover } from '../../client/discovery.ts';
import type { Informer, InformerSource } from '../../client/informer.ts';
import { keyOf } from '../../client/object-store.ts';
import { apiVersionOfResource, resourceKey } from '../../client/resource.ts';
import type { Graph, Identity } from './graph.ts';
import { UnknownKind } from './live-objects.ts';

// A resource that takes longer to be read the first time may be gone.
const syncMs = 5000;

interface Followed {
  readonly of: DiscoveredResource;
  readonly informer: Informer<KubeObject>;
}

/** The resources that are followed. */
export class Monitors {
  private readonly client: Client;
  private readonly informers: InformerSource;
  private readonly graph: Graph;
  private readonly log: Logger;
  private readonly clock: Clock;
  private readonly followed = new Map<string, Followed>();
  private kinds = new Map<string, DiscoveredResource>();

  constructor(client: Client, informers: InformerSource, graph: Graph, clock: Clock, log: Logger) {
    this.clock = clock;
    this.client = client;
    this.informers = informers;
    this.graph = graph;
    this.log = log;
  }

  /**
   * Asks the server what it serves, follows what is new and lets go what is served no longer. Resolves when everything is
   * synced; what is not after a while may have gone meanwhile, so that the server is asked again.
   */
  async refresh(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { resources, versions, failed } = await discover(this.client, { signal });
      this.kinds = new Map(versions.map((r) => [`${apiVersionOfResource(r)} ${r.kind}`, r]));
      const wanted = new Map(resources.filter(isCollectable).map((of) => [resourceKey(of), of]));
      // of a group whose server does not answer nothing is known
      if (failed.length === 0)
        for (const [key, { of }] of this.followed) if (!wanted.has(key)) this.letGo(key, of);
      for (const [key, of] of wanted) if (!this.followed.has(key)) this.follow(of);
      const lagging = [...this.followed.values()].filter(({ informer }) => !informer.hasSynced);
      if (lagging.length === 0) return;
      this.log.debug({ resources: this.followed.size }, 'following resources');
      const patience = new AbortController();
      const late = wait(this.clock, syncMs, AbortSignal.any([signal, patience.signal]));
      const synced = Promise.all(lagging.map(({ informer }) => informer.synced(signal))).then(
        () => true,
        () => false,
      );
      const isSynced = await Promise.race([synced, late.then(() => false)]);
      patience.abort();
      if (isSynced) return;
    }
  }

  private letGo(key: string, of: DiscoveredResource): void {
    this.followed.delete(key);
    this.informers.release(of);
    this.log.debug({ resource: key }, 'following no longer');
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
    const informer = of && this.followed.get(resourceKey(of))?.informer;
    const object = informer?.lister.get(keyOf({ metadata: { namespace, name } }));
    return object?.metadata.uid === uid ? object : undefined;
  }

  private follow(of: DiscoveredResource): void {
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
    this.followed.set(resourceKey(of), { of, informer });
  }
}

/** Events own nothing and are owned by nothing, and there are many. */
function isCollectable({ group, plural, verbs }: DiscoveredResource): boolean {
  const isEvents = plural === 'events' && (group === '' || group === 'events.k8s.io');
  return !isEvents && ['list', 'watch', 'delete'].every((v) => verbs.includes(v));
}
