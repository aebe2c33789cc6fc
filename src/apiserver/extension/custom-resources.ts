// Custom resources as they come and go: each CustomResourceDefinition gets its names and conditions, its resources are served
// once it is established, and its objects go with it.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go and pkg/controller/{status,establish,
// finalizer,apiapproval}.

import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { Clock, Random } from '../../api/clock.ts';
import { copyJson } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError, notFound } from '../../api/status.ts';
import { loadRules } from '../../kinds/custom/rules/lazy-rules.ts';
import type { AnyKind } from '../../kinds/define-kind.ts';
import type { CacheEvent, CacheWatch, WatchCache } from '../../storage/watch-cache.ts';
import { hasRules } from '../admission/definition-rules.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { ServedResource } from '../resources.ts';
import { updateOwn } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import type { StoreDependencies } from '../store/write-context.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import type { GroupVersion } from './api-services.ts';
import type { WebhookConversion } from './conversion-webhook.ts';
import {
  approvalCondition,
  findCondition,
  isTerminating,
  isTrue,
  setCondition,
} from './definition-conditions.ts';
import { finalizeDefinition } from './definition-finalizer.ts';
import { acceptNames } from './definition-names.ts';

type Definition = CustomResourceDefinition & KubeObject;

const retryMs = 1000;
const settleMs = 2000;

/** What custom resources are made of. */
export interface CustomResourcesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly webhooks: WebhookClient;
  readonly log: Logger;
  readonly table: ResourceTable;
  /** The resource of the definitions themselves. */
  readonly definitions: ServedResource;
  readonly dependencies: () => StoreDependencies;
  /** The watch cache of the objects under a prefix, with the attributes of a kind from now on. */
  readonly cacheOf: (prefix: string, kind: AnyKind) => WatchCache;
  /** The served resources changed; the custom ones are of these group versions now. */
  readonly changed: (groupVersions: readonly GroupVersion[]) => void;
}

interface Known {
  definition: Definition;
  /** All its versions; those in group versions of built-in kinds nobody gets to see. */
  served: readonly ServedResource[];
}

/** Keeps the served resources in step with the definitions. */
export class CustomResources {
  private readonly options: CustomResourcesOptions;
  private readonly known = new Map<string, Known>();
  private readonly waiting = new Set<string>();
  private readonly unsettled = new Map<string, (() => void)[]>();
  /** Definitions whose objects are going: that may take as long as somebody's finalizer, and holds up nobody else. */
  private readonly ending = new Map<string, Promise<void>>();
  private watch: CacheWatch | undefined;
  private working: Promise<void> | undefined;
  private compile: typeof import('./custom-resource.ts') | undefined;
  private started: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(options: CustomResourcesOptions) {
    this.options = options;
  }

  /** Serves what is stored and follows what changes; once. Resolves when all that was established is served. */
  start(): Promise<void> {
    this.started ??= this.begin();
    return this.started;
  }

  private async begin(): Promise<void> {
    const cache = this.options.definitions.cache!;
    const { objects, revision } = cache.list({ prefix: '' });
    const definitions = objects.map(({ bytes }) => parseObject(bytes) as Definition);
    if (definitions.length > 0) await this.load(definitions);
    for (const definition of definitions) this.take(definition);
    this.watch = cache.watch(
      { prefix: '', filterKey: '' },
      revision,
      (events) => this.follow(events),
      () => {},
    );
  }

  /** Ends the work; what is under way is finished. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.watch?.close();
    this.waiting.clear();
    for (const name of this.unsettled.keys()) this.release(name);
    await this.working;
    await Promise.all(this.ending.values());
  }

  /** Loads what serving takes; the expression language only where some definition has rules. */
  private async load(definitions: readonly Definition[]): Promise<void> {
    this.compile ??= await import('./custom-resource.ts');
    if (definitions.some(hasRules)) await loadRules();
  }

  private follow(events: readonly CacheEvent[]): void {
    for (const { type, object } of events) {
      const definition = parseObject(object.bytes) as Definition;
      if (type === 'DELETED') this.forget(definition);
      else this.take(definition);
    }
  }

  private take(definition: Definition): void {
    const name = definition.metadata.name!;
    const known = this.known.get(name);
    const before = known?.definition;
    this.known.set(name, { definition, served: known?.served ?? [] });
    if (before?.metadata.uid !== definition.metadata.uid || !before || !sameServing(before, definition))
      this.serve(name);
    else if (isTerminating(definition) && !isTerminating(before)) this.close(name);
    if (findCondition(definition, 'NamesAccepted')) this.release(name);
    this.enqueue(name);
  }

  /**
   * Resolves when a definition has got its conditions, and is served if it may be; or after a while. A write that answers only
   * then lets its client go on with the new resource at once.
   */
  settled(name: string): Promise<void> {
    const known = this.known.get(name);
    if (
      this.stopping.signal.aborted ||
      known === undefined ||
      findCondition(known.definition, 'NamesAccepted')
    )
      return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.options.clock.after(settleMs, () => resolve());
      const waiting = this.unsettled.get(name) ?? [];
      waiting.push(() => {
        timer.cancel();
        resolve();
      });
      this.unsettled.set(name, waiting);
    });
  }

  private release(name: string): void {
    for (const resolve of this.unsettled.get(name) ?? []) resolve();
    this.unsettled.delete(name);
  }

  private tellChange(): void {
    const served = new Map<string, GroupVersion>();
    for (const known of this.known.values())
      for (const { definition } of this.shown(known.served)) {
        const { group, version } = definition;
        served.set(`${group}/${version}`, { group, version });
      }
    this.options.changed([...served.values()]);
  }

  /** Takes nothing new any more; whoever watches sees the objects go. */
  private close(name: string): void {
    const known = this.known.get(name)!;
    if (known.served.length === 0) return;
    const { table } = this.options;
    table.remove(known.served);
    known.served = this.compile!.terminatingResources(known.served);
    for (const resource of this.shown(known.served)) table.add(resource);
    this.tellChange();
  }

  /**
   * Built-in kinds have their group versions to themselves: no path of those comes to the custom resources. Upstream: the
   * director in k8s.io/apiserver/pkg/server/handler.go, and aggregated.BuiltinSource, which goes before CRDSource.
   */
  private shown(served: readonly ServedResource[]): ServedResource[] {
    return served.filter(
      ({ definition }) => !this.options.table.isBuiltIn(definition.group, definition.version),
    );
  }

  private forget({ metadata, spec }: Definition): void {
    const name = metadata.name!;
    const known = this.known.get(name);
    if (known === undefined) return;
    this.known.delete(name);
    this.unserve(known);
    this.release(name);
    // names that are free again
    for (const [other, { definition }] of this.known)
      if (definition.spec.group === spec.group) this.enqueue(other);
  }

  private unserve(known: Known): void {
    const { served, definition } = known;
    if (served.length === 0) return;
    known.served = [];
    this.options.table.remove(served);
    // whoever watches them must look again
    this.options.cacheOf(served[0]!.prefix, served[0]!.kind);
    this.options.log.info({ definition: definition.metadata.name }, 'custom resource withdrawn');
    this.tellChange();
  }

  /** Puts the resources of a definition in the place of those that it had. */
  private serve(name: string): void {
    const known = this.known.get(name)!;
    const { definition } = known;
    this.unserve(known);
    if (!isTrue(definition, 'Established') || this.compile === undefined) return;
    const { customResources, prefixOfDefinition } = this.compile;
    const { group, names } = definition.spec;
    const prefix = prefixOfDefinition(definition, this.options.table.hasBuiltIn(group, names.plural));
    try {
      known.served = customResources(
        definition,
        prefix,
        (kind) => this.options.cacheOf(prefix, kind),
        this.conversionOf(definition),
      );
    } catch (error) {
      this.options.log.error({ error, definition: name }, 'custom resource cannot be served');
      return;
    }
    for (const resource of this.shown(known.served)) this.options.table.add(resource);
    this.options.log.info({ definition: name }, 'custom resource served');
    this.tellChange();
  }

  private conversionOf(definition: Definition): WebhookConversion | undefined {
    if (definition.spec.conversion?.strategy !== 'Webhook') return undefined;
    return this.compile!.webhookConversion(definition, this.options.webhooks, this.options.random);
  }

  private enqueue(name: string): void {
    if (this.stopping.signal.aborted) return;
    this.waiting.add(name);
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  private async work(): Promise<void> {
    // after the commit that brought the work has been told to everybody
    await Promise.resolve();
    for (const name of this.waiting) {
      this.waiting.delete(name);
      try {
        await this.sync(name);
      } catch (error) {
        this.tryAgain(name, error);
      }
    }
  }

  private tryAgain(name: string, error: unknown): void {
    if (this.stopping.signal.aborted) return;
    if (error instanceof ApiError && error.reason === 'NotFound') return;
    this.options.log.warn({ error, definition: name }, 'custom resource definition: trying again');
    this.options.clock.after(retryMs, () => this.enqueue(name));
  }

  private end(name: string, { definition, served }: Known): void {
    if (this.ending.has(name)) return;
    const { uid } = definition.metadata;
    const work = finalizeDefinition(definition, served, {
      ...this.options,
      stopping: this.stopping.signal,
      write: (change) =>
        this.write(name, (current) => {
          if (current.metadata.uid !== uid) throw notFound(this.options.definitions.groupResource, name);
          change(current);
        }),
    });
    const ended = work
      .catch((error: unknown) => this.tryAgain(name, error))
      .finally(() => {
        this.ending.delete(name);
        // another one of the name has come meanwhile
        if ((this.known.get(name)?.definition.metadata.uid ?? uid) !== uid) this.enqueue(name);
      });
    this.ending.set(name, ended);
  }

  private async sync(name: string): Promise<void> {
    const known = this.known.get(name);
    if (known === undefined) return;
    if (known.definition.metadata.deletionTimestamp) {
      this.end(name, known);
      return;
    }
    await this.load([known.definition]);
    const next = copyJson(known.definition);
    this.settle(next);
    if (isDeepStrictEqual(next.status, known.definition.status)) return;
    const freed = !isDeepStrictEqual(next.status.acceptedNames, known.definition.status.acceptedNames);
    await this.write(name, (current) => {
      this.settle(current);
    });
    if (!freed) return;
    for (const [other, { definition }] of this.known)
      if (other !== name && definition.spec.group === next.spec.group && !isTrue(definition, 'NamesAccepted'))
        this.enqueue(other);
  }

  /** Names and conditions of a definition, in place. */
  private settle(definition: Definition): void {
    const now = this.options.clock.now();
    const group = [...this.known.values()]
      .map((known) => known.definition)
      .filter(({ spec }) => spec.group === definition.spec.group);
    if (
      !isDeepStrictEqual(definition.spec.names, definition.status.acceptedNames) ||
      !isTrue(definition, 'Established')
    ) {
      const { names, namesAccepted, established } = acceptNames(definition, group);
      definition.status.acceptedNames = names;
      setCondition(definition, namesAccepted, now);
      setCondition(definition, established, now);
    }
    const approval = approvalCondition(definition);
    if (approval) setCondition(definition, approval, now);
  }

  private async write(name: string, change: (definition: Definition) => void): Promise<void> {
    const { definitions } = this.options;
    const dependencies = this.options.dependencies();
    const made = (current: KubeObject): KubeObject => {
      const next = copyJson(current) as Definition;
      change(next);
      return next;
    };
    const target = { namespace: '', name, subresource: 'status', bypassStrategy: true };
    await updateOwn(definitions, target, made, dependencies);
  }
}

/** Whether both definitions are served the same way. */
function sameServing(before: Definition, after: Definition): boolean {
  const view = (definition: Definition): unknown => [
    definition.spec,
    definition.status.acceptedNames,
    isTrue(definition, 'Established'),
  ];
  return isDeepStrictEqual(view(before), view(after));
}
