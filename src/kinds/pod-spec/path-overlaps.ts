// Warnings for files of a volume that hide one another.
// Upstream: warningsForOverlappingVirtualPaths in k8s.io/kubernetes/pkg/api/pod/warnings.go.
import type { Volume, VolumeProjection } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';

interface SourcedPath {
  readonly path: string;
  readonly source: string;
}

function printed({ path, source }: SourcedPath): string {
  return source === '' ? goQuote(path) : `${goQuote(path)} (${source})`;
}

function overlaps(a: SourcedPath, b: SourcedPath): boolean {
  if (a.path === '' || b.path === '') return false;
  return `${a.path}/`.startsWith(`${b.path}/`) || `${b.path}/`.startsWith(`${a.path}/`);
}

function collisions(paths: readonly SourcedPath[]): string[] {
  const found: string[] = [];
  const earlier: SourcedPath[] = [];
  for (const { path, source } of paths) {
    const own = { path: path.replace(/\/+$/, ''), source };
    for (const other of earlier)
      if (overlaps(own, other)) found.push(`${printed(own)} with ${printed(other)}`);
    earlier.push(own);
  }
  return found;
}

type Items = readonly { path: string }[] | undefined;

function sourced(items: Items, source: string): SourcedPath[] {
  return (items ?? []).map(({ path }) => ({ path, source }));
}

function pathsOf(source: VolumeProjection): SourcedPath[] {
  if (source.configMap?.items)
    return sourced(source.configMap.items, `ConfigMap ${goQuote(source.configMap.name ?? '')}`);
  if (source.secret?.items)
    return sourced(source.secret.items, `Secret ${goQuote(source.secret.name ?? '')}`);
  if (source.downwardAPI?.items) return sourced(source.downwardAPI.items, 'DownwardAPI');
  if (source.serviceAccountToken) return sourced([source.serviceAccountToken], 'ServiceAccountToken');
  return [];
}

/** Warnings for all volumes of a pod. */
export function pathOverlapWarnings(volumes: readonly Volume[]): string[] {
  const warnings: string[] = [];
  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    const warn = (items: Items, what: string): void => {
      for (const collision of collisions(sourced(items, '')))
        warnings.push(`volume ${goQuote(name)} (${what}): overlapping paths: ${collision}`);
    };
    if (configMap?.items) warn(configMap.items, `ConfigMap ${goQuote(configMap.name ?? '')}`);
    if (secret?.items) warn(secret.items, `Secret ${goQuote(secret.secretName ?? '')}`);
    if (downwardAPI?.items) warn(downwardAPI.items, 'DownwardAPI');
    if (!projected) continue;
    const sources = projected.sources ?? [];
    for (const source of sources)
      if (Object.keys(source).length === 0)
        warnings.push(`volume ${goQuote(name)} (Projected) has no sources provided`);
    for (const collision of collisions(sources.flatMap(pathsOf)))
      warnings.push(`volume ${goQuote(name)} (Projected): overlapping paths: ${collision}`);
  }
  return warnings;
}
