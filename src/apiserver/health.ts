// /healthz, /livez and /readyz with their single checks.
// Upstream: k8s.io/apiserver/pkg/server/healthz/healthz.go.
import type { PathHandler } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import type { HealthResults } from './health-results.ts';

/** A named check: undefined when well, else why not. */
export interface HealthCheck {
  readonly name: string;
  check(): string | undefined;
}

const endpoints = ['healthz', 'livez', 'readyz'] as const;
type Endpoint = (typeof endpoints)[number];

function sendText(exchange: Exchange, status: number, text: string): void {
  exchange.setHeader('X-Content-Type-Options', 'nosniff');
  exchange.send(status, 'text/plain; charset=utf-8', text);
}

function report(
  endpoint: Endpoint,
  checks: readonly HealthCheck[],
  exchange: Exchange,
  results: HealthResults,
): void {
  const excluded = new Set(exchange.query.getAll('exclude'));
  let text = '';
  const failed: string[] = [];
  for (const { name, check } of checks) {
    if (excluded.delete(name)) {
      text += `[+]${name} excluded: ok\n`;
      continue;
    }
    const fault = check();
    results.observe(endpoint, name, fault === undefined);
    if (fault === undefined) text += `[+]${name} ok\n`;
    else {
      failed.push(name);
      text += `[-]${name} failed: reason withheld\n`;
    }
  }
  if (excluded.size > 0) {
    text += `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((n) => JSON.stringify(n)).join(', ')}\n`;
  }
  if (failed.length > 0) sendText(exchange, 500, `${text}${endpoint} check failed\n`);
  else if (exchange.query.has('verbose')) sendText(exchange, 200, `${text}${endpoint} check passed\n`);
  else sendText(exchange, 200, 'ok');
}

/**
 * Serves the three endpoints; `checks` gives the checks of each. What came of them is counted in `results`: not of checks that
 * are asked for singly.
 */
export function healthPaths(
  checks: Readonly<Record<Endpoint, readonly HealthCheck[]>>,
  results: HealthResults,
): {
  handle: PathHandler;
  paths: string[];
} {
  const handle: PathHandler = (exchange) => {
    const [first, ...rest] = exchange.path.slice(1).split('/');
    const endpoint = endpoints.find((e) => e === first);
    if (!endpoint) return false;
    // whatever the method is: balancers ask with HEAD
    if (rest.length === 0) {
      report(endpoint, checks[endpoint], exchange, results);
      return true;
    }
    const name = rest.join('/');
    const one = checks[endpoint].find((c) => c.name === name);
    if (!one) return false;
    const fault = one.check();
    // adaptCheckToHandler writes this one by itself, without the header against guessing
    if (fault === undefined) exchange.send(200, 'text/plain; charset=utf-8', 'ok');
    else sendText(exchange, 500, `internal server error: ${fault}\n`);
    return true;
  };
  const paths = endpoints.flatMap((e) => [`/${e}`, ...checks[e].map((c) => `/${e}/${c.name}`)]);
  return { handle, paths };
}
