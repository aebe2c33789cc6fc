// The way of a request: the filters in order, then its handler.
// Upstream: DefaultBuildHandlerChain in k8s.io/apiserver/pkg/server/config.go.
import type { Logger } from 'pino';
import { ApiError } from '../api/status.ts';
import { Exchange, type HttpRequest, type HttpResponse } from './exchange.ts';
import type { Filter } from './filters/filter.ts';
import { LateRequest, sendLate } from './late-request.ts';
import { requestInfoOf } from './request-info.ts';
import { sendError } from './respond.ts';

/** Answers requests that passed every filter. */
export type Dispatch = (exchange: Exchange) => Promise<void> | void;

/** What sees every finished request: metrics. */
export type Observer = (exchange: Exchange, seconds: number) => void;

/** Answers one request whose body has been read. Never rejects. */
export type Pipeline = (request: HttpRequest, response: HttpResponse, body: Buffer) => Promise<void>;

/** Answers with what was thrown. Never throws itself: what cannot be said breaks the connection, and no more than that. */
function answerFault(exchange: Exchange, error: unknown, log: Logger): void {
  const { response, method, path } = exchange;
  const isLate = error instanceof LateRequest;
  if (!(error instanceof ApiError || isLate)) log.error({ err: error, method, path }, 'request failed');
  try {
    if (response.headersSent) response.destroy();
    else if (isLate) sendLate(exchange);
    else sendError(exchange, error);
  } catch (worse) {
    log.error({ err: worse, method, path }, 'request not answered');
    response.destroy();
  }
}

/** Makes the pipeline of `filters`, run in this order, and a dispatcher. */
export function createPipeline(
  filters: readonly Filter[],
  dispatch: Dispatch,
  observe: Observer,
  log: Logger,
): Pipeline {
  return async (request, response, body) => {
    const exchange = new Exchange(request, response, body);
    const started = performance.now();
    try {
      exchange.info = requestInfoOf(exchange.method, exchange.path, exchange.query);
      for (const filter of filters) {
        const goOn = filter(exchange);
        if (!(typeof goOn === 'boolean' ? goOn : await goOn)) return;
      }
      await dispatch(exchange);
    } catch (error) {
      answerFault(exchange, error, log);
    } finally {
      exchange.done();
      observe(exchange, (performance.now() - started) / 1000);
    }
  };
}
