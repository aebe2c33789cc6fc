// Cells that several kinds show.
import type { Container } from '#types/core_v1';
import type { LabelSelector } from '#types/meta_v1';
import { formatLabelSelector } from '../../api/label-selector.ts';

/** `a=b,c=d`, or `<none>`. */
export function labelsCell(labels: Readonly<Record<string, string>> | null | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** A selector in its text form; `<none>` when there is none. */
export function selectorCell(selector: LabelSelector | null | undefined): string {
  return formatLabelSelector(selector);
}

/** Names and images of containers. */
export function containerCells(containers: readonly Container[] | null | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(({ name }) => name).join(','), list.map(({ image }) => image ?? '').join(',')];
}

/** The first few, and how many more. */
export function fewOf(items: readonly string[], max: number, none: string): string {
  const shown = items.slice(0, max).join(',');
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown || none;
}

/** `True`, `False`, or `<unset>`. */
export function boolCell(value: boolean | undefined): string {
  if (value === undefined) return '<unset>';
  return value ? 'True' : 'False';
}

const accessModeNames: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX`. */
export function accessModesCell(modes: readonly string[] | undefined): string {
  return accessModeNames
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

/** Addresses of a load balancer, sorted. */
export function loadBalancerCell(ingress: readonly { ip?: string; hostname?: string }[] | undefined): string {
  const addresses = (ingress ?? [])
    .map(({ ip, hostname }) => ip || hostname || '')
    .filter((text) => text !== '');
  return [...new Set(addresses)].sort().join(',');
}
