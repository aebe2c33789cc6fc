// The difference of two pod statuses as a strategic merge patch. Upstream: PatchPodStatus in pkg/util/pod/pod.go.
import type { PodCondition, PodStatus } from '#types/core_v1';
import type { JsonObject } from '../api/object.ts';
import { semanticEqual } from '../kinds/semantic-equal.ts';
import { kubeletConditions } from './pod-status/conditions.ts';

// Replaced as a whole.
const plain = [
  'observedGeneration',
  'phase',
  'message',
  'reason',
  'hostIP',
  'podIP',
  'startTime',
  'qosClass',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];
// Merged by the server: keys that are gone must be named.
const maps = ['allocatedResources', 'resources'] as const;
const lists = ['hostIPs', 'podIPs'] as const;

type Plain = Record<string, unknown>;

function mapPatch(old: Plain, now: Plain): Plain {
  const patch: Plain = {};
  for (const key in now) {
    const [a, b] = [old[key], now[key]];
    if (semanticEqual(a, b, 'limits')) continue;
    const isMap = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null;
    patch[key] = isMap ? mapPatch(a as Plain, b as Plain) : b;
  }
  for (const key in old) if (!(key in now)) patch[key] = null;
  return patch;
}

function isSameCondition(old: PodCondition | undefined, now: PodCondition): boolean {
  return (
    old !== undefined &&
    old.status === now.status &&
    (old.reason ?? '') === (now.reason ?? '') &&
    (old.message ?? '') === (now.message ?? '') &&
    (old.observedGeneration ?? 0) === (now.observedGeneration ?? 0) &&
    old.lastTransitionTime === now.lastTransitionTime
  );
}

/** The kubelet's conditions that differ, and the order of all. */
function conditionsPatch(old: readonly PodCondition[], now: readonly PodCondition[]): Plain {
  const changed = now
    .filter((c) => kubeletConditions.has(c.type))
    .map((condition) => ({ condition, before: old.find((c) => c.type === condition.type) }))
    .filter(({ condition, before }) => !isSameCondition(before, condition))
    .map(({ condition, before }) => ({
      ...condition,
      ...(before?.reason && !condition.reason && { reason: null }),
      ...(before?.message && !condition.message && { message: null }),
    }));
  if (changed.length === 0) return {};
  return { '$setElementOrder/conditions': now.map(({ type }) => ({ type })), conditions: changed };
}

/**
 * What turns the API's status into the agent's; undefined when nothing differs. What the kubelet does not own is left
 * alone: conditions of others, resource claims, the nominated node.
 */
export function statusPatch(uid: string, old: PodStatus, now: PodStatus): JsonObject | undefined {
  const patch: Plain = {};
  for (const field of plain) {
    if (semanticEqual(old[field], now[field], field)) continue;
    patch[field] = now[field] ?? null;
  }
  for (const field of maps) {
    if (semanticEqual(old[field], now[field], field)) continue;
    const value = now[field];
    patch[field] = value === undefined ? null : mapPatch((old[field] ?? {}) as Plain, value as Plain);
  }
  for (const field of lists) {
    if (semanticEqual(old[field], now[field], field)) continue;
    patch[field] = old[field]?.length ? [{ $patch: 'replace' }, ...(now[field] ?? [])] : now[field];
  }
  Object.assign(patch, conditionsPatch(old.conditions ?? [], now.conditions ?? []));
  if (Object.keys(patch).length === 0) return undefined;
  return { metadata: { uid }, status: patch } as JsonObject;
}
