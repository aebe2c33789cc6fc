// Ends requests that take too long; watches and other streams have timeouts of their own.
// Upstream: k8s.io/apiserver/pkg/server/filters/timeout.go.
import type { Clock, Timer } from '../../api/clock.ts';
import { badRequest } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import { sendLate } from '../late-request.ts';
import type { Filter } from './filter.ts';

/** `?timeout=30s` in milliseconds; 0: not given. */
function askedTimeout(exchange: Exchange): number {
  const text = exchange.query.get('timeout');
  if (!text) return 0;
  let total = 0;
  const units: Record<string, number> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
  };
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|\u00b5s|ms|s|m|h))+$/.test(text))
    throw badRequest(
      `invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`,
    );
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|\u00b5s|ms|s|m|h)/g))
    total += Number(number) * units[unit!]!;
  return total;
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
      const asked = exchange.query.size > 0 ? askedTimeout(exchange) : 0;
      const limit = asked > 0 ? Math.min(asked, this.limit) : this.limit;
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
