// Follows a resource: fills a sink with what is there, then tells it of every change, over broken connections, expired
// revisions and restarts of the server. Upstream: k8s.io/client-go/tools/cache/reflector.go.
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { ApiError, resourceExpired } from '../api/status.ts';
import { isExpired, retryAfterSeconds } from './api-errors.ts';
import { Backoff, wait } from './backoff.ts';
import type { Client, WatchOptions } from './client.ts';
import type { InformerSelection } from './informer.ts';
import { type Resource, resourceKey } from './resource.ts';
import { TransportError } from './transport.ts';
import type { WatchEvent } from './watch-events.ts';

/** Where a reflector puts what it learns. */
export interface ReflectorSink<T> {
  /** Everything that is there now; what is not among it is gone. */
  replace(objects: readonly T[]): void;
  /** One change, in order. */
  apply(event: WatchEvent<T>): void;
}

/** What a reflector needs. */
export interface ReflectorOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const initialEventsEnd = 'k8s.io/initial-events-end';
// The server ends a watch after this long; upstream's minWatchTimeout, doubled at random.
const minWatchSeconds = 300;
const shortWatchMs = 1000;
const backoffOptions = { initialMs: 800, maxMs: 30_000, factor: 2, jitter: 1 };

/** Follows `of` until `signal` aborts. Never rejects: every failure is tried again after a wait. */
export async function reflect<T extends KubeObject>(
  of: Resource<T>,
  selection: InformerSelection,
  sink: ReflectorSink<T>,
  options: ReflectorOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, log } = options;
  const backoff = new Backoff(backoffOptions, random);
  const reflection = new Reflection(of, selection, sink, options, signal);
  while (!signal.aborted) {
    try {
      await reflection.run();
      backoff.reset();
    } catch (error) {
      if (signal.aborted) return;
      if (isExpired(error)) {
        reflection.forget();
        continue;
      }
      const asked = (retryAfterSeconds(error) ?? 0) * 1000;
      log.info({ err: error, resource: resourceKey(of) }, 'following a resource failed, trying again');
      await wait(clock, Math.max(asked, backoff.next()), signal);
    }
  }
}

/** One resource's state between connections. */
class Reflection<T extends KubeObject> {
  private readonly of: Resource<T>;
  private readonly selection: InformerSelection;
  private readonly sink: ReflectorSink<T>;
  private readonly options: ReflectorOptions;
  private readonly signal: AbortSignal;
  /** Where the next watch starts; undefined: everything must be listed. */
  private revision: string | undefined;
  /** A list from the cache may be older than what was seen already; after an expiry it must be read anew. */
  private wasExpired = false;
  private canStreamLists = true;

  constructor(
    of: Resource<T>,
    selection: InformerSelection,
    sink: ReflectorSink<T>,
    options: ReflectorOptions,
    signal: AbortSignal,
  ) {
    this.of = of;
    this.selection = selection;
    this.sink = sink;
    this.options = options;
    this.signal = signal;
  }

  /** The known revision is too old. */
  forget(): void {
    this.revision = undefined;
    this.wasExpired = true;
  }

  /** Lists when needed, then watches until the server ends the watch. */
  async run(): Promise<void> {
    if (this.revision === undefined && this.canStreamLists && (await this.streamList())) return;
    if (this.revision === undefined) await this.list();
    await this.follow({ resourceVersion: this.revision });
  }

  /** Opens a watch that starts with what is there. False when the server does not know such watches. */
  private async streamList(): Promise<boolean> {
    let initial: T[] | undefined = [];
    const options = {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan' as const,
      resourceVersion: this.wasExpired ? undefined : '0',
    };
    try {
      await this.watch(options, (event) => {
        if (initial === undefined) this.apply(event);
        else if (event.type !== 'BOOKMARK') initial.push(event.object);
        else if (event.object.metadata.annotations?.[initialEventsEnd] === 'true') {
          this.replace(initial, event.object.metadata.resourceVersion);
          initial = undefined;
        }
      });
      return true;
    } catch (error) {
      // older servers refuse the option, or ignore it and never send the bookmark
      if (initial === undefined || !(error instanceof ApiError) || ![400, 422].includes(error.code))
        throw error;
      this.canStreamLists = false;
      return false;
    }
  }

  private async list(): Promise<void> {
    const resourceVersion = this.wasExpired ? undefined : '0';
    const list = await this.options.client.list(this.of, {
      ...this.selection,
      resourceVersion,
      signal: this.signal,
    });
    this.replace(list.items, list.metadata.resourceVersion);
  }

  private async follow(options: WatchOptions): Promise<void> {
    await this.watch(options, (event) => this.apply(event));
  }

  private async watch(options: WatchOptions, each: (event: WatchEvent<T>) => void): Promise<void> {
    const { clock, random } = this.options;
    const timeoutSeconds = Math.floor(minWatchSeconds * (1 + random.float()));
    const begun = clock.now();
    let isEmpty = true;
    const groups = this.options.client.watch(this.of, {
      ...this.selection,
      ...options,
      allowWatchBookmarks: true,
      dropManagedFields: true,
      timeoutSeconds,
      signal: this.signal,
    });
    for await (const events of groups) {
      isEmpty = false;
      for (const event of events) each(event);
    }
    // asked again at once, a server that ends every watch would do nothing else (upstream: VeryShortWatchError)
    if (isEmpty && clock.now() - begun < shortWatchMs)
      throw new TransportError('the watch ended at once, without an event');
  }

  private replace(objects: readonly T[], revision: string | undefined): void {
    this.revision = revision;
    this.wasExpired = false;
    this.sink.replace(objects);
  }

  private apply(event: WatchEvent<T>): void {
    const { resourceVersion } = event.object.metadata;
    // a server that lost its memory begins its history anew: what is known may be of another world
    if (isBefore(resourceVersion, this.revision))
      throw resourceExpired('the server went back in its history');
    this.revision = resourceVersion;
    if (event.type !== 'BOOKMARK') this.sink.apply(event);
  }
}

/** Whether a resourceVersion is before another: they are whole numbers of any length. What is unknown is before nothing. */
function isBefore(a: string | undefined, b: string | undefined): boolean {
  if (!a || !b) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
