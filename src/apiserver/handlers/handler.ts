// What a handler is, and what it works with.
import type { Clock, Random } from '../../api/clock.ts';
import { apiVersionOf } from '../../api/object.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Encoding } from '../encoding/accept.ts';
import type { Rendering } from '../encoding/object-encoder.ts';
import type { IncludeObject } from '../encoding/table.ts';
import type { Exchange } from '../exchange.ts';
import { includeObjectOf } from '../request-options.ts';
import type { ServedResource } from '../resources.ts';
import type { StoreDependencies, WriteContext } from '../store/write-context.ts';

/** What all handlers share. */
export interface HandlerContext {
  readonly store: StoreDependencies;
  /** For what a request does beyond what its own verb says. */
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly random: Random;
  /** Fires when the server shuts down: watches end. */
  readonly shutdown: AbortSignal;
  /** Whether a watcher has this many bytes waiting it is cut off. */
  readonly maxWatcherBacklog: number;
  /** Watches that name no timeout end between this and twice of it. Upstream: --min-request-timeout. */
  readonly minRequestTimeoutMs: number;
}

/** Answers one request for a resource. Throws ApiError. */
export type Handler = (
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
) => Promise<void>;

/** How this request wants its objects rendered. */
export function renderingOf(exchange: Exchange, encoding: Encoding, context: HandlerContext): Rendering {
  const includeObject: IncludeObject =
    encoding.as?.kind === 'Table' ? includeObjectOf(exchange.query) : 'Metadata';
  return { encoding, includeObject, now: context.clock.now() };
}

/** The circumstances of this request's write. */
export function writeContextOf(
  exchange: Exchange,
  namespace: string,
  dryRun: boolean,
  subresource = '',
): WriteContext {
  const { user, info } = exchange;
  const apiVersion = apiVersionOf(info.group, info.version);
  return { user, namespace, subresource, apiVersion, dryRun, warn: (text) => exchange.warn(text) };
}
