// Makes what is missing of a new cluster's objects, at every start, and looks after some of them while the server runs.
import type { Logger } from 'pino';
import type { Clock, Timer } from '../../api/clock.ts';
import { type Json, type KubeObject, parseApiVersion } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { ResourceTable } from '../resource-table.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { applyOwnStatus, createOwn, deleteOwn, ownContext, updateOwn } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import { updateObject } from '../store/update.ts';
import type { StoreDependencies } from '../store/write-context.ts';
import type { BootstrapObject } from './objects.ts';

function resourceOf(table: ResourceTable, object: KubeObject): ServedResource {
  const { group, version } = parseApiVersion(object.apiVersion!)!;
  for (const resource of table.known()) {
    const { definition } = resource;
    if (
      definition.kind === object.kind &&
      definition.group === group &&
      definition.version === version &&
      resource.cache
    )
      return resource;
  }
  throw new Error(`bootstrap: ${object.apiVersion} ${object.kind} is not served`);
}

async function create(
  resource: ServedResource,
  { object, manager, statusManager }: BootstrapObject,
  dependencies: StoreDependencies,
): Promise<void> {
  await createOwn(resource, object, dependencies, manager);
  const { kind, apiVersion, metadata, status } = object;
  if (status === undefined) return;
  if (statusManager !== undefined) {
    const configuration = { kind, apiVersion, metadata: { name: metadata.name }, status } as KubeObject;
    await applyOwnStatus(resource, configuration, statusManager, dependencies);
    return;
  }
  // what a controller would write next: creation leaves every status out
  const change = (current: KubeObject | undefined): KubeObject => ({ ...current!, status });
  await updateObject(
    resource,
    object.metadata.name!,
    { change, validate: async () => {}, bypassStrategy: true },
    dependencies,
    ownContext(object.metadata.namespace),
  );
}

async function ensure(
  resource: ServedResource,
  wish: BootstrapObject,
  dependencies: StoreDependencies,
  atStart: boolean,
): Promise<void> {
  const { object, mend, manager } = wish;
  const { namespace = '', name = '' } = object.metadata;
  const found = resource.cache!.get(keyOf(resource, namespace, name));
  if (found === undefined) return create(resource, wish, dependencies);
  if (!mend) return;
  const wanted = resource.schema.decode(object as unknown as Json);
  resource.kind.setDefaults?.(wanted);
  const mended = (current: KubeObject) => mend(current, wanted, atStart);
  if (mended(parseObject(found.bytes)) === undefined) return;
  try {
    const target = { namespace, name, ...(manager && { manager }) };
    await updateOwn(resource, target, (current) => mended(current) ?? current, dependencies);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'Invalid')) throw error;
    // it cannot become what is wanted: an EndpointSlice of the other IP family
    await deleteOwn(resource, { namespace, name }, dependencies);
    await create(resource, wish, dependencies);
  }
}

/** Somebody else was faster. */
function isLate(error: unknown): boolean {
  return error instanceof ApiError && ['AlreadyExists', 'NotFound', 'Conflict'].includes(error.reason);
}

/** What looks after the objects. */
export interface BootstrapOptions {
  readonly table: ResourceTable;
  readonly dependencies: () => StoreDependencies;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The objects of a new cluster. */
export class Bootstrap {
  private readonly options: BootstrapOptions;
  private readonly timers: Timer[] = [];
  private work: Promise<unknown> = Promise.resolve();

  constructor(options: BootstrapOptions) {
    this.options = options;
  }

  /**
   * Resolves when all objects are there: they are written in as few commits as storage makes of them. From then on they are
   * looked after. `make` says what they are at the time. Rejects where one cannot be made.
   */
  async start(make: () => readonly BootstrapObject[]): Promise<void> {
    const { clock, log } = this.options;
    const objects = make();
    await this.ensure(objects, true);
    for (const everyMs of new Set(objects.map((object) => object.everyMs))) {
      if (everyMs === undefined) continue;
      const kept = () => make().filter((object) => object.everyMs === everyMs);
      const look = (): void => {
        this.work = this.work
          .then(() => this.ensure(kept(), false))
          .catch((error: unknown) => log.warn({ err: error }, 'objects of the server itself'));
      };
      this.timers.push(clock.every(everyMs, look));
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.work;
  }

  /** Ends the work; what is under way is finished. */
  async stop(): Promise<void> {
    for (const timer of this.timers) timer.cancel();
    await this.work;
  }

  private async ensure(objects: readonly BootstrapObject[], atStart: boolean): Promise<void> {
    const { table, dependencies } = this.options;
    const results = await Promise.allSettled(
      objects.map((object) => ensure(resourceOf(table, object.object), object, dependencies(), atStart)),
    );
    for (const result of results)
      if (result.status === 'rejected' && !isLate(result.reason)) throw result.reason;
  }
}
