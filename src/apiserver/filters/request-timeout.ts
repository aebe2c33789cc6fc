// Ends requests that take too long; watches and other streams have timeouts of their own.
// Upstream: k8s.io/apiserver/pkg/server/filters/timeout.go.
import type { Clock, Timer } from '../../api/clock.ts';
import { parseDuration } from '../../api/duration.ts';
import { badRequest } from '../../api/status.ts';
import { TimeError } from '../../api/time.ts';
import type { Exchange } from '../exchange.ts';
import { sendLate } from '../late-request.ts';
import type { Filter } from './filter.ts';

/** `?timeout=30s` in milliseconds; undefined: none of use was given. */
function askedTimeout(exchange: Exchange): number | undefined {
  const text = exchange.query.get('timeout');
  if (!text) return undefined;
  try {
    const nanoseconds = parseDuration(text);
    return nanoseconds > 0n ? Number(nanoseconds) / 1e6 : undefined;
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw badRequest(`invalid timeout specified in the request URL - ${error.message}`);
  }
}

/** One timer wheel for all requests: at most `limit` ms each, looked at once a second. */
export class RequestTimeout {
  private readonly limit: number;
  private readonly clock: Clock;
  private readonly timer: Timer;
  private readonly open = new Set<{ exchange: Exchange; deadline: number }>();

  constructor(clock: Clock, limitMs: number) {
    this.clock = clock;
    this.limit = limitMs;
    this.timer = clock.every(1000, () => this.sweep());
  }

  /** Looks at nothing any more. */
  stop(): void {
    this.timer.cancel();
  }

  /** The filter. */
  filter(): Filter {
    return (exchange) => {
      if (exchange.info.verb === 'watch' || exchange.info.verb === 'proxy') return true;
      const asked = exchange.query.size > 0 ? askedTimeout(exchange) : undefined;
      const limit = asked === undefined ? this.limit : Math.min(asked, this.limit);
      const item = { exchange, deadline: this.clock.now() + limit };
      exchange.deadline = item.deadline;
      this.open.add(item);
      exchange.onDone(() => this.open.delete(item));
      return true;
    };
  }

  private sweep(): void {
    const now = this.clock.now();
    for (const item of this.open) {
      if (item.deadline > now) continue;
      this.open.delete(item);
      const { exchange } = item;
      if (exchange.longRunning) continue;
      if (exchange.response.headersSent) exchange.response.destroy();
      else sendLate(exchange);
    }
  }
}
