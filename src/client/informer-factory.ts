// Shared informers: those who ask for the same resource and selection get the same one.
// Upstream: k8s.io/client-go/informers/factory.go.
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import type { Client } from './client.ts';
import type { Informer, InformerSelection, InformerSource } from './informer.ts';
import { type Resource, resourceKey } from './resource.ts';
import { SharedInformer } from './shared-informer.ts';

/** What a factory needs. */
export interface InformerFactoryOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Freeze cached objects, so that a part that changes one fails. For tests. */
  readonly freeze?: boolean;
}

/** Makes and runs informers. */
export class InformerFactory implements InformerSource {
  private readonly options: InformerFactoryOptions;
  private readonly informers = new Map<string, SharedInformer<KubeObject>>();
  private running: AbortSignal | undefined;

  constructor(options: InformerFactoryOptions) {
    this.options = options;
  }

  /** The informer of a resource. Runs at once when the factory does. */
  informer<T extends KubeObject>(of: Resource<T>, selection: InformerSelection = {}): Informer<T> {
    const key = selectionKey(of, selection);
    let informer = this.informers.get(key);
    if (!informer) {
      informer = new SharedInformer<KubeObject>(of, selection, this.options);
      this.informers.set(key, informer);
      if (this.running) informer.run(this.running);
    }
    return informer as unknown as Informer<T>;
  }

  metadata(of: Resource): Informer<KubeObject> {
    return this.informers.get(selectionKey(of, {})) ?? this.informer(of, { metadataOnly: true });
  }

  release(of: Resource): void {
    const key = selectionKey(of, { metadataOnly: true });
    this.informers.get(key)?.stop();
    this.informers.delete(key);
  }

  /** Runs every informer, and later ones as they are asked for, until `signal` aborts. */
  start(signal: AbortSignal): void {
    if (this.running) return;
    // every informer listens
    setMaxListeners(0, signal);
    this.running = signal;
    for (const informer of this.informers.values()) informer.run(signal);
  }

  /** Resolves when every informer so far is synced. */
  async synced(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.informers.values()].map((i) => i.synced(signal)));
  }
}

function selectionKey(of: Resource, selection: InformerSelection): string {
  const { namespace = '', labelSelector = '', fieldSelector = '', metadataOnly = false } = selection;
  return JSON.stringify([resourceKey(of), namespace, labelSelector, fieldSelector, metadataOnly]);
}
