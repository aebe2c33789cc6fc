// Request metrics under upstream's names. Requests only count in plain maps; the metrics library is loaded and fed when
// somebody scrapes.
// Upstream: k8s.io/apiserver/pkg/endpoints/metrics/metrics.go.
import { type FeatureGates, parseFeatureGates } from '../kinds/served/feature-gates.ts';
import type { PathHandler } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import type { InFlight } from './filters/max-in-flight.ts';
import type { ResourceTable } from './resource-table.ts';
import { sendBytes } from './respond.ts';

interface Series {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  scope: string;
  code: string;
  count: number;
  seconds: number;
  /** Counts per bucket of `buckets`, not cumulative. */
  buckets: number[];
}

const buckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

function scopeOf({ isResource, name, namespace }: Exchange['info']): string {
  if (!isResource) return '';
  if (name !== '') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}

function labelText(labels: Record<string, string>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** Counts requests and serves /metrics. */
export class RequestMetrics {
  private readonly table: ResourceTable;
  private readonly featureGates: FeatureGates | undefined;
  private readonly inFlight: InFlight;
  private readonly series = new Map<string, Series>();

  constructor(table: ResourceTable, inFlight: InFlight, featureGates?: FeatureGates) {
    this.table = table;
    this.inFlight = inFlight;
    this.featureGates = featureGates;
  }

  /** One request is done. */
  readonly observe = (exchange: Exchange, seconds: number): void => {
    const { info, response } = exchange;
    if (info === undefined) return;
    const code = String(response.statusCode);
    const verb = info.isResource ? info.verb.toUpperCase() : exchange.method;
    const scope = scopeOf(info);
    const key = `${verb} ${info.group} ${info.version} ${info.resource} ${info.subresource} ${scope} ${code}`;
    let series = this.series.get(key);
    if (!series) {
      // Unknown resources are counted as none, so that clients can't make series without end.
      const known = info.isResource && this.table.find(info.group, info.version, info.resource) !== undefined;
      const named = known ? key : `${verb}      ${code}`;
      series = this.series.get(named);
      if (!series) {
        const { group, version, resource, subresource } = known
          ? info
          : { group: '', version: '', resource: '', subresource: '' };
        series = {
          verb,
          group,
          version,
          resource,
          subresource,
          scope: known ? scope : '',
          code,
          count: 0,
          seconds: 0,
          buckets: new Array<number>(buckets.length).fill(0),
        };
        this.series.set(named, series);
      }
    }
    series.count++;
    series.seconds += seconds;
    const at = buckets.findIndex((le) => seconds <= le);
    if (at >= 0) series.buckets[at]!++;
  };

  private requestText(): string {
    const total = [
      '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      '# TYPE apiserver_request_total counter',
    ];
    const durations = [
      '# HELP apiserver_request_duration_seconds [STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      '# TYPE apiserver_request_duration_seconds histogram',
    ];
    for (const s of this.series.values()) {
      const labels = {
        component: 'apiserver',
        dry_run: '',
        group: s.group,
        resource: s.resource,
        scope: s.scope,
        subresource: s.subresource,
        verb: s.verb,
        version: s.version,
      };
      total.push(`apiserver_request_total${labelText({ code: s.code, ...labels })} ${s.count}`);
      let sum = 0;
      for (const [i, le] of buckets.entries()) {
        sum += s.buckets[i]!;
        durations.push(
          `apiserver_request_duration_seconds_bucket${labelText({ ...labels, le: String(le) })} ${sum}`,
        );
      }
      durations.push(
        `apiserver_request_duration_seconds_bucket${labelText({ ...labels, le: '+Inf' })} ${s.count}`,
      );
      durations.push(
        `apiserver_request_duration_seconds_sum${labelText(labels)} ${s.seconds}`,
        `apiserver_request_duration_seconds_count${labelText(labels)} ${s.count}`,
      );
    }
    return [...total, ...durations].join('\n');
  }

  private objectText(): string {
    const lines = [
      '# HELP apiserver_storage_objects [STABLE] Number of stored objects at the time of last check split by kind.',
      '# TYPE apiserver_storage_objects gauge',
    ];
    const watchers = [
      '# HELP apiserver_longrunning_requests [STABLE] Gauge of all active long-running apiserver requests.',
      '# TYPE apiserver_longrunning_requests gauge',
    ];
    for (const { definition, cache, groupResource } of this.table.all()) {
      if (!cache) continue;
      const { group, resource } = groupResource;
      lines.push(
        `apiserver_storage_objects${labelText({ resource: group === '' ? resource : `${resource}.${group}` })} ${cache.size()}`,
      );
      if (cache.watchers() > 0)
        watchers.push(
          `apiserver_longrunning_requests${labelText({ component: 'apiserver', group, resource, scope: 'cluster', subresource: '', verb: 'WATCH', version: definition.version })} ${cache.watchers()}`,
        );
    }
    return [...lines, ...watchers].join('\n');
  }

  private inFlightText(): string {
    const { mutating, readOnly } = this.inFlight;
    const line = (kind: string, count: number): string =>
      `apiserver_current_inflight_requests${labelText({ request_kind: kind })} ${count}`;
    return [
      '# HELP apiserver_current_inflight_requests [STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      '# TYPE apiserver_current_inflight_requests gauge',
      line('mutating', mutating),
      line('readOnly', readOnly),
    ].join('\n');
  }

  /** Which deprecated resources have been asked for. */
  private deprecatedText(): string {
    const lines = new Set([
      '# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
      '# TYPE apiserver_requested_deprecated_apis gauge',
    ]);
    for (const { group, version, resource, subresource } of this.series.values()) {
      const definition = this.table.find(group, version, resource)?.definition;
      if (definition?.deprecated === undefined) continue;
      const labels = { group, removed_release: definition.removed ?? '', resource, subresource, version };
      lines.add(`apiserver_requested_deprecated_apis${labelText(labels)} 1`);
    }
    return [...lines].join('\n');
  }

  private gateText(): string {
    const lines = [
      '# HELP kubernetes_feature_enabled [BETA] This metric records the data about the stage and enablement of a k8s feature.',
      '# TYPE kubernetes_feature_enabled gauge',
    ];
    for (const { name, stage, enabled } of (this.featureGates ?? parseFeatureGates('')).all)
      lines.push(`kubernetes_feature_enabled${labelText({ name, stage })} ${enabled ? 1 : 0}`);
    return lines.join('\n');
  }

  /** Serves /metrics. */
  readonly handle: PathHandler = async (exchange) => {
    if (exchange.path !== '/metrics' || exchange.method !== 'GET') return false;
    // by its default export: in the bundle a CommonJS module has no other
    const { collectDefaultMetrics, Registry } = (await import('prom-client')).default;
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const own = [
      this.requestText(),
      this.inFlightText(),
      this.deprecatedText(),
      this.objectText(),
      this.gateText(),
    ];
    const bytes = Buffer.from([...own, await registry.metrics()].join('\n'));
    const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=values';
    sendBytes(exchange, 200, { media: 'json', contentType, as: undefined, pretty: false }, bytes);
    return true;
  };
}
