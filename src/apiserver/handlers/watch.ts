// Watches: a stream of events that starts at a revision and lasts until its timeout.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/watch.go, pkg/storage/cacher/{cacher,cache_watcher}.go.
import { type ApiError, resourceExpired, tooManyRequests } from '../../api/status.ts';
import { CompactedError } from '../../storage/storage.ts';
import type { CachedObject, CacheEvent, CacheWatch, WatchCache } from '../../storage/watch-cache.ts';
import { watchAcceptance } from '../encoding/accept.ts';
import { initialEventsEnd, WatchFrames } from '../encoding/watch-frames.ts';
import type { EventSink, Exchange } from '../exchange.ts';
import { type LateFilter, selectLate, watchLate } from '../late-selection.ts';
import { type ListOptions, listOptionsOf, revisionOf } from '../request-options.ts';
import { prepareToRead, type ServedResource } from '../resources.ts';
import { negotiateObject, statusOf } from '../respond.ts';
import { type Selection, selectionOf } from '../selection.ts';
import { type Handler, type HandlerContext, renderingOf } from './handler.ts';
import { writePromptly } from './prompt-writes.ts';
import { tooLargeVersion, waitMs } from './read-revision.ts';

// Upstream's bookmarkFrequency: about once a minute.
const bookmarkMs = 60_000;
// Upstream sends a last bookmark shortly before the timeout.
const lastBookmarkMs = 2000;

/** Where a watch begins: at the current state first, or with the events after a revision. */
interface Start {
  state: boolean;
  /** The revision asked for, which may still be to come. */
  after: number;
  /** A bookmark tells the end of the state. */
  announceEnd: boolean;
}

/** Waits where a state is asked for that is still to come. */
async function startOf(cache: WatchCache, options: ListOptions): Promise<Start> {
  const asked = revisionOf(options.resourceVersion) ?? 0;
  const { sendInitialEvents } = options;
  const state = sendInitialEvents ?? asked === 0;
  if (sendInitialEvents && asked > cache.revision()) await cache.waitFor(asked, waitMs);
  return {
    state,
    // without its events any revision will do: the newest
    after: asked === 0 && !state ? cache.revision() : asked,
    announceEnd: state && options.allowWatchBookmarks,
  };
}

/** One open watch: its socket, its timers, its place in the stream of events. */
class WatchStream {
  private readonly exchange: Exchange;
  private readonly context: HandlerContext;
  private readonly frames: WatchFrames;
  private readonly resource: ServedResource;
  private sink: EventSink;
  private watch: CacheWatch | undefined;
  private late: LateFilter | undefined;
  private readonly cancels: (() => void)[] = [];
  private pending: Promise<void> = Promise.resolve();
  private finished = false;
  private resolve: () => void = () => {};
  /** Resolves when the stream has ended, whoever ended it. */
  readonly done: Promise<void>;

  constructor(exchange: Exchange, context: HandlerContext, frames: WatchFrames, resource: ServedResource) {
    this.resource = resource;
    this.exchange = exchange;
    this.context = context;
    this.frames = frames;
    this.sink = exchange.response;
    this.done = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Sends the headers; from here on failures are ERROR events. False: the client has been refused. */
  open(): boolean {
    const { exchange } = this;
    exchange.longRunning = true;
    const sink = this.openSink();
    if (sink === undefined) return false;
    this.sink = sink;
    sink.once('close', () => this.finish());
    const onShutdown = (): void => this.end();
    this.context.shutdown.addEventListener('abort', onShutdown, { once: true });
    this.cancels.push(() => this.context.shutdown.removeEventListener('abort', onShutdown));
    return true;
  }

  private openSink(): EventSink | undefined {
    const { response } = this.exchange;
    if (response.openWebSocket) return response.openWebSocket(this.frames.form);
    response.writeHead(200, this.exchange.headers(this.frames.contentType));
    response.flushHeaders();
    return response;
  }

  /** Ends after `ms`. */
  endAfter(ms: number, bookmarks: boolean): void {
    const { clock } = this.context;
    const timeout = clock.after(ms, () => this.end());
    this.cancels.push(() => timeout.cancel());
    if (!bookmarks) return;
    const every = clock.every(bookmarkMs, () => this.bookmark());
    this.cancels.push(() => every.cancel());
    if (ms > lastBookmarkMs) {
      const last = clock.after(ms - lastBookmarkMs, () => this.bookmark());
      this.cancels.push(() => last.cancel());
    }
  }

  /** Follows the cache from a revision on; of one that is still to come the events up to it are left out. */
  follow(cache: WatchCache, selection: Selection, after: number): void {
    const isFuture = after > cache.revision();
    const scope = {
      prefix: selection.prefix,
      key: selection.key,
      filterKey: selection.filterKey,
      filter: selection.filter,
      indexed: selection.indexed,
    };
    this.late = selection.late;
    this.watch = cache.watch(
      scope,
      isFuture ? cache.revision() : after,
      (events) => this.deliver(isFuture ? events.filter(({ revision }) => revision > after) : events),
      () => this.end(),
    );
    if (this.finished) this.watch.close();
  }

  write(bytes: Buffer): void {
    if (this.finished) return;
    const { sink } = this;
    writePromptly(sink, bytes);
    // A client that does not read would make the server hold everything for it: it is cut off and relists.
    if (sink.writableLength > this.context.maxWatcherBacklog) sink.destroy();
  }

  private deliver(events: readonly CacheEvent[]): void {
    if (this.finished || events.length === 0) return;
    const { resource, late } = this;
    if (late) {
      const selecting = watchLate(resource, late, events);
      this.later(selecting, (selected) => this.write(this.frames.batch(selected)));
      return;
    }
    const preparing = prepareToRead(
      resource,
      events.map(({ object }) => object),
    );
    if (preparing === undefined) this.write(this.frames.batch(events));
    else this.later(preparing, () => this.write(this.frames.batch(events)));
  }

  /** Sends the state at the beginning. */
  async state(objects: readonly CachedObject[]): Promise<void> {
    const preparing = prepareToRead(this.resource, objects);
    if (preparing) await preparing;
    for (const chunk of this.frames.state(objects)) this.write(chunk);
  }

  private later<T>(preparing: Promise<T>, send: (prepared: T) => void): void {
    preparing.catch(() => {});
    // one after another: events keep their order
    this.pending = this.pending.then(async () => {
      try {
        send(await preparing);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  bookmark(annotations?: Record<string, string>, revision = this.watch?.progress()): void {
    if (revision === undefined) return;
    const send = (): void => this.write(this.frames.bookmark(revision, annotations));
    // it tells that everything up to its revision was sent
    if (this.resource.custom?.codec?.prepareRead) this.later(Promise.resolve(), send);
    else send();
  }

  /** Sends an ERROR event and ends. */
  fail(error: unknown): void {
    this.write(this.frames.error(statusOf(error)));
    this.end();
  }

  end(): void {
    if (this.finished) return;
    this.sink.end();
    this.finish();
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.watch?.close();
    for (const cancel of this.cancels) cancel();
    this.resolve();
  }
}

function expired(after: number, oldest: number): ApiError {
  return resourceExpired(`too old resource version: ${after} (${oldest})`);
}

async function begin(
  stream: WatchStream,
  resource: ServedResource,
  selection: Selection,
  start: Start,
): Promise<void> {
  const cache = resource.cache!;
  try {
    if (!start.state) {
      stream.follow(cache, selection, start.after);
      return;
    }
    if (start.after > cache.revision()) throw tooLargeVersion(start.after, cache.revision());
    const filter =
      selection.key === undefined
        ? selection.filter
        : (attributes: Parameters<NonNullable<Selection['filter']>>[0], key: string) =>
            key === selection.key && (selection.filter?.(attributes) ?? true);
    const list = cache.list({ prefix: selection.prefix, filter });
    const { late } = selection;
    await stream.state(late ? await selectLate(resource, late, list.objects) : list.objects);
    if (start.announceEnd) stream.bookmark({ [initialEventsEnd]: 'true' }, list.revision);
    stream.follow(cache, selection, list.revision);
  } catch (error) {
    if (error instanceof CompactedError) stream.fail(expired(start.after, error.compacted));
    else stream.fail(error);
  }
}

function timeoutOf(options: ListOptions, context: HandlerContext): number {
  if (options.timeoutSeconds !== undefined && options.timeoutSeconds > 0)
    return options.timeoutSeconds * 1000;
  return context.minRequestTimeoutMs * (1 + context.random.float());
}

/** Streams the events of a collection, or of one object where the path names it. */
export const watchHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, watchAcceptance, resource);
  const { namespace } = exchange.info;
  const options = listOptionsOf(exchange.query, true);
  const name = exchange.info.parts[1] ?? '';
  const selection = selectionOf(resource, namespace, name, options);
  const start = await startOf(resource.cache!, options);
  const frames = new WatchFrames(resource, renderingOf(exchange, encoding, context));
  // The end of all watches has been told: one that begins now would keep the server from closing.
  if (context.shutdown.aborted)
    throw tooManyRequests('The apiserver is shutting down, please try again later.', 5);
  const stream = new WatchStream(exchange, context, frames, resource);
  if (!stream.open()) return;
  stream.endAfter(timeoutOf(options, context), options.allowWatchBookmarks);
  await begin(stream, resource, selection, start);
  await stream.done;
};
