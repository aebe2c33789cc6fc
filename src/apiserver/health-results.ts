// What came of the health checks so far, as /metrics/slis tells it.
// Upstream: k8s.io/component-base/metrics/prometheus/slis/metrics.go.
import type { Clock } from '../api/clock.ts';
import type { PathHandler } from './dispatch.ts';

interface Result {
  readonly name: string;
  /** The endpoint that was asked. */
  readonly type: string;
  ok: boolean;
  successes: number;
  errors: number;
}

/** Counts what health checks say. */
export class HealthResults {
  private readonly startedAt: number;
  private readonly results = new Map<string, Result>();

  constructor(clock: Clock) {
    this.startedAt = clock.now() / 1000;
  }

  /** A check of an endpoint (`readyz`) was made. */
  observe(endpoint: string, name: string, ok: boolean): void {
    const key = `${name} ${endpoint}`;
    let result = this.results.get(key);
    if (result === undefined) {
      result = { name, type: endpoint, ok, successes: 0, errors: 0 };
      this.results.set(key, result);
    }
    result.ok = ok;
    if (ok) result.successes++;
    else result.errors++;
  }

  private text(): string {
    const last = [
      '# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.',
      '# TYPE kubernetes_healthcheck gauge',
    ];
    const total = [
      '# HELP kubernetes_healthchecks_total [STABLE] This metric records the results of all healthcheck.',
      '# TYPE kubernetes_healthchecks_total counter',
    ];
    for (const { name, type, ok, successes, errors } of this.results.values()) {
      const labels = `name="${name}"`;
      last.push(`kubernetes_healthcheck{${labels},type="${type}"} ${ok ? 1 : 0}`);
      const counted = (status: string, count: number): string =>
        `kubernetes_healthchecks_total{${labels},status="${status}",type="${type}"} ${count}`;
      if (errors > 0) total.push(counted('error', errors));
      if (successes > 0) total.push(counted('success', successes));
    }
    const start = [
      '# HELP process_start_time_seconds [ALPHA] Start time of the process since unix epoch in seconds.',
      '# TYPE process_start_time_seconds gauge',
      `process_start_time_seconds ${this.startedAt}`,
    ];
    const families = this.results.size > 0 ? [last, total, start] : [start];
    return `${families.flat().join('\n')}\n`;
  }

  /** Serves /metrics/slis. */
  readonly handle: PathHandler = (exchange) => {
    if (exchange.path !== '/metrics/slis' || exchange.method !== 'GET') return false;
    exchange.send(200, 'text/plain; version=0.0.4; charset=utf-8; escaping=values', this.text());
    return true;
  };
}
