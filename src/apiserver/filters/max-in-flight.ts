// Keeps the number of requests at work below a limit: more are told to come back.
// Upstream: k8s.io/apiserver/pkg/server/filters/maxinflight.go.
import type { Filter } from './filter.ts';

/** How many requests may be at work, reading and changing ones apart. */
export interface InFlightLimits {
  readonly readOnly: number;
  readonly mutating: number;
}

const readVerbs = new Set(['get', 'list', 'watch']);

/** Counts requests that are at work; long-running ones (watches) are not counted. */
export class InFlight {
  readonly limits: InFlightLimits;
  readOnly = 0;
  mutating = 0;

  constructor(limits: InFlightLimits) {
    this.limits = limits;
  }

  /** The filter. Members of system:masters are never turned away. */
  filter(): Filter {
    return (exchange) => {
      if (isLongRunning(exchange.info)) return true;
      const kind = readVerbs.has(exchange.info.verb) ? 'readOnly' : 'mutating';
      if (this[kind] >= this.limits[kind] && !exchange.user.groups.includes('system:masters')) {
        exchange.setHeader('Retry-After', '1');
        exchange.setHeader('X-Content-Type-Options', 'nosniff');
        exchange.send(429, 'text/plain; charset=utf-8', 'Too many requests, please try again later.\n');
        return false;
      }
      this[kind]++;
      exchange.onDone(() => {
        this[kind]--;
      });
      return true;
    };
  }
}

const longRunningSubresources = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** Upstream: longRunningRequestCheck of kube-apiserver. */
export function isLongRunning({ verb, subresource }: { verb: string; subresource: string }): boolean {
  return verb === 'watch' || longRunningSubresources.has(subresource);
}
