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
  /** Bytes of the answers, and counts per bucket of `sizeBuckets`; of reads alone. */
  bytes: number;
  sizes: number[];
}

const buckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

const sizeBuckets = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const measuredVerbs = new Set(['GET', 'LIST']);

/** A bound as Go writes it: 100000, 1e+06. */
function boundText(bound: number): string {
  return bound < 1e6 ? String(bound) : bound.toExponential().replace(/\+(\d)$/, '+0$1');
}

/** The cumulative counts of a histogram. */
function bucketLines(
  name: string,
  labels: Record<string, string>,
  bounds: readonly number[],
  counts: readonly number[],
  { sum, count }: { sum: number; count: number },
): string[] {
  const lines: string[] = [];
  let below = 0;
  for (const [i, le] of bounds.entries()) {
    below += counts[i]!;
    lines.push(`${name}_bucket${labelText({ ...labels, le: boundText(le) })} ${below}`);
  }
  lines.push(`${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`);
  lines.push(`${name}_sum${labelText(labels)} ${sum}`, `${name}_count${labelText(labels)} ${count}`);
  return lines;
}

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
          bytes: 0,
          sizes: new Array<number>(sizeBuckets.length).fill(0),
        };
        this.series.set(named, series);
      }
    }
    series.count++;
    series.seconds += seconds;
    const at = buckets.findIndex((le) => seconds <= le);
    if (at >= 0) series.buckets[at]!++;
    if (!measuredVerbs.has(series.verb)) return;
    const size = exchange.sentBytes;
    series.bytes += size;
    const sizeAt = sizeBuckets.findIndex((le) => size <= le);
    if (sizeAt >= 0) series.sizes[sizeAt]!++;
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
    const sizes = [
      '# HELP apiserver_response_sizes [STABLE] Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.',
      '# TYPE apiserver_response_sizes histogram',
    ];
    const measured = new Map<string, { labels: Record<string, string>; all: Series }>();
    for (const s of this.series.values()) {
      const { group, resource, scope, subresource, verb, version } = s;
      const place = { component: 'apiserver', group, resource, scope, subresource, verb, version };
      const labels = { ...place, dry_run: '' };
      total.push(`apiserver_request_total${labelText({ code: s.code, ...labels })} ${s.count}`);
      const sum = { sum: s.seconds, count: s.count };
      durations.push(...bucketLines('apiserver_request_duration_seconds', labels, buckets, s.buckets, sum));
      if (!measuredVerbs.has(verb)) continue;
      // whatever their code is
      const key = labelText(place);
      const all = measured.get(key)?.all;
      const sizesOf = (i: number): number => s.sizes[i]! + (all?.sizes[i] ?? 0);
      const joined = {
        ...s,
        count: s.count + (all?.count ?? 0),
        bytes: s.bytes + (all?.bytes ?? 0),
        sizes: sizeBuckets.map((_, i) => sizesOf(i)),
      };
      measured.set(key, { labels: place, all: joined });
    }
    for (const { labels, all } of measured.values()) {
      const sum = { sum: all.bytes, count: all.count };
      sizes.push(...bucketLines('apiserver_response_sizes', labels, sizeBuckets, all.sizes, sum));
    }
    return [...total, ...durations, ...sizes].join('\n');
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
