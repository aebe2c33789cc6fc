// Runs controllers: sets them up, waits for their informers, and works their queues off.
// Upstream: cmd/kube-controller-manager/app/controllermanager.go and the worker loops of every controller.
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import { ApiError } from '../api/status.ts';
import { isConflict } from '../client/api-errors.ts';
import type { Client } from '../client/client.ts';
import { createCoreEventRecorder } from '../client/core-events.ts';
import type { Informer, InformerSource } from '../client/informer.ts';
import { WorkQueue } from '../client/work-queue.ts';
import type { ControllerContext, ControllerDefinition, ControllerInstance } from './define-controller.ts';

/** What controllers work with. */
export interface ControllerManagerOptions {
  readonly client: Client;
  /** Must be running or be started by the caller. */
  readonly informers: InformerSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** PEM of the authority that signed the API server's certificate. */
  readonly rootCertificateAuthority?: string;
}

const defaultWorkers = 5;

/** Runs controllers until `signal` aborts; resolves when all their work has ended. Throws when two have one name. */
export async function runControllers(
  definitions: readonly ControllerDefinition[],
  options: ControllerManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(definitions.map((d) => d.name));
  if (names.size !== definitions.length) throw new Error('two controllers have the same name');
  // every controller listens
  setMaxListeners(0, signal);
  // set up together before any waits: informers that several ask for are shared
  await Promise.all(definitions.map((definition) => runController(definition, options, signal)));
}

function runController(
  definition: ControllerDefinition,
  options: ControllerManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { client, clock, random } = options;
  const log = options.log.child({ controller: definition.name });
  const queue = new WorkQueue(clock, definition.rateLimit);
  const asked: Informer<never>[] = [];
  const informers: InformerSource = {
    informer: (of, selection) => {
      const informer = options.informers.informer(of, selection);
      asked.push(informer as unknown as Informer<never>);
      return informer;
    },
    metadata: (of) => options.informers.metadata(of),
    release: (of) => options.informers.release(of),
  };
  const component = definition.eventSource ?? definition.name;
  const context: ControllerContext = {
    client,
    informers,
    clock,
    random,
    log,
    events: createCoreEventRecorder({ client, component, clock, random, log, signal }),
    queue,
    rootCertificateAuthority: options.rootCertificateAuthority ?? '',
    signal,
  };
  const instance = definition.setup(context);
  signal.addEventListener('abort', () => queue.shutDown(), { once: true });
  return work(definition, instance, context, asked);
}

async function work(
  definition: ControllerDefinition,
  instance: ControllerInstance,
  { queue, log, signal }: ControllerContext,
  informers: readonly Informer<never>[],
): Promise<void> {
  try {
    await Promise.all(informers.map((i) => i.synced(signal)));
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  instance.started?.();
  const workers = Array.from({ length: definition.workers ?? defaultWorkers }, async () => {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
      if (signal.aborted) return;
      await attempt(key, instance, queue, log, signal);
    }
  });
  await Promise.all(workers);
}

async function attempt(
  key: string,
  instance: ControllerInstance,
  queue: WorkQueue,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    if ((await instance.reconcile(key)) === 'again') queue.addRateLimited(key);
    else queue.forget(key);
  } catch (error) {
    if (!signal.aborted) {
      // a conflict is another writer's win, no fault: the next look sees his object
      if (!isConflict(error))
        log[error instanceof ApiError ? 'info' : 'warn']({ err: error, key }, 'reconcile failed');
      queue.addRateLimited(key);
    }
  } finally {
    queue.done(key);
  }
}
