// ConfigMaps, Secrets and Services that pods refer to, from informers that start with the first pod.
// Upstream: k8s.io/kubernetes/pkg/kubelet/util/manager/watch_based_manager.go.
import type { ConfigMap, Secret, Service } from '#types/core_v1';
import type { Informer } from '../client/informer.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import { configMaps, secrets, services } from '../client/resources.ts';
import { serviceEnvironment } from './service-environment.ts';

/** A variable. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What a pod's configuration lacks; the message is what users read. */
export class ConfigError extends Error {}

/** Reads what pods refer to. */
export class ConfigSource {
  private readonly configMaps: Informer<ConfigMap>;
  private readonly secrets: Informer<Secret>;
  private readonly services: Informer<Service>;
  /** By namespace; emptied when a service changes. */
  private readonly links = new Map<string, readonly Variable[]>();

  /** By namespace, then by who waits. */
  private readonly waiters = new Map<string, Map<string, () => void>>();

  constructor(informers: InformerFactory) {
    const changed = ({ metadata }: ConfigMap | Secret): void => this.tellWaiters(metadata.namespace ?? '');
    const tell = { added: changed, updated: (_: unknown, object: ConfigMap | Secret) => changed(object) };
    this.configMaps = informers.informer(configMaps);
    this.configMaps.addHandler(tell);
    this.secrets = informers.informer(secrets);
    this.secrets.addHandler(tell);
    this.services = informers.informer(services);
    const forget = (): void => this.links.clear();
    this.services.addHandler({ added: forget, updated: forget, deleted: forget });
  }

  /** Resolves when everything can be read. */
  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all([this.configMaps, this.secrets, this.services].map((i) => i.synced(signal)));
  }

  /** Throws a ConfigError when it is not there and not optional. */
  configMap(namespace: string, name: string, isOptional: boolean | undefined): ConfigMap | undefined {
    const found = this.configMaps.lister.get(`${namespace}/${name}`);
    if (!found && !isOptional) throw new ConfigError(`configmap ${JSON.stringify(name)} not found`);
    return found;
  }

  /** Throws a ConfigError when it is not there and not optional. */
  secret(namespace: string, name: string, isOptional: boolean | undefined): Secret | undefined {
    const found = this.secrets.lister.get(`${namespace}/${name}`);
    if (!found && !isOptional) throw new ConfigError(`secret ${JSON.stringify(name)} not found`);
    return found;
  }

  /** The variables that tell of services: those of the namespace, and always the one of the API server. */
  serviceVariables(namespace: string, hasLinks: boolean): readonly Variable[] {
    const key = hasLinks ? namespace : '';
    let known = this.links.get(key);
    if (!known) {
      const own = hasLinks ? this.services.lister.inNamespace(namespace) : [];
      const kubernetes = this.services.lister.get('default/kubernetes');
      const all =
        own.some((s) => s.metadata.name === 'kubernetes') || !kubernetes ? own : [...own, kubernetes];
      known = all.flatMap(serviceEnvironment);
      this.links.set(key, known);
    }
    return known;
  }

  /** Calls `retry` once, when a ConfigMap or Secret of the namespace comes or changes. Asking again replaces it. */
  onceChanged(namespace: string, who: string, retry: () => void): void {
    const waiters = this.waiters.get(namespace) ?? new Map<string, () => void>();
    this.waiters.set(namespace, waiters.set(who, retry));
  }

  private tellWaiters(namespace: string): void {
    const waiters = this.waiters.get(namespace);
    if (!waiters) return;
    this.waiters.delete(namespace);
    for (const retry of waiters.values()) retry();
  }
}
