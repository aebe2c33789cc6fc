// Which pods of a set go first when there are too many: those that are worth least.
// Upstream: ActivePodsWithRanks in k8s.io/kubernetes/pkg/controller/controller_utils.go.
import type { Pod } from '#types/core_v1';
import { parseTime } from '../../api/time.ts';
import { isPodActive, isPodReady, readyCondition } from '../pod-state.ts';

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** The pod's cost of deletion; 0 where the annotation is absent or no 32-bit number. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[costAnnotation];
  if (text === undefined || !/^(0|[1-9][0-9]*|-[0-9]+)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost || 0 : 0;
}

/** What the comparison asks of a pod, looked up once. */
interface Standing {
  readonly pod: Pod;
  readonly node: string;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** Active pods of the same owner's sets on the same node. */
  readonly rank: number;
  /** Milliseconds; undefined when nobody knows. */
  readonly readySince: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly created: number | undefined;
}

const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

function timeOf(text: string | null | undefined): number | undefined {
  return text ? parseTime(text) : undefined;
}

function mostRestarts(statuses: readonly { restartCount?: number }[]): number {
  return statuses.reduce((most, { restartCount = 0 }) => Math.max(most, restartCount), 0);
}

function standing(pod: Pod, rank: number): Standing {
  const ready = isPodReady(pod);
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
  );
  const initStatuses = pod.status?.initContainerStatuses ?? [];
  return {
    pod,
    node: pod.spec.nodeName ?? '',
    phase: phaseOrder[pod.status?.phase ?? ''] ?? 0,
    ready,
    cost: deletionCost(pod),
    rank,
    readySince: ready ? timeOf(readyCondition(pod)?.lastTransitionTime) : undefined,
    restarts: mostRestarts(pod.status?.containerStatuses ?? []),
    sidecarRestarts: mostRestarts(initStatuses.filter((s) => sidecars.has(s.name))),
    created: timeOf(pod.metadata.creationTimestamp),
  };
}

/** The logarithm of an age in nanoseconds, whole; -1 for no age. */
function magnitude(ageMs: number): number {
  return ageMs > 0 ? Math.trunc(Math.log2(ageMs * 1e6)) : -1;
}

/**
 * The younger first, by orders of magnitude: among pods of about one age the uid decides, which is as good as chance.
 * What has no time comes first.
 */
function compareAges(a: Standing, b: Standing, aTime?: number, bTime?: number, now?: number): number {
  if (aTime === undefined || bTime === undefined)
    return (aTime === undefined ? 0 : 1) - (bTime === undefined ? 0 : 1);
  const difference = magnitude(now! - aTime) - magnitude(now! - bTime);
  if (difference !== 0) return difference;
  return (a.pod.metadata.uid ?? '') < (b.pod.metadata.uid ?? '') ? -1 : 1;
}

/** Negative when `a` goes before `b`. */
function compare(a: Standing, b: Standing, now: number): number {
  if (a.node !== b.node && (a.node === '' || b.node === '')) return a.node === '' ? -1 : 1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.rank !== b.rank) return b.rank - a.rank;
  if (a.ready && a.readySince !== b.readySince) return compareAges(a, b, a.readySince, b.readySince, now);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.created !== b.created) return compareAges(a, b, a.created, b.created, now);
  return 0;
}

/**
 * The `count` pods that go first. `related`: all pods of the sets of the same owner, where doubles on a node are counted.
 * `now` in milliseconds since 1970.
 */
export function podsToDelete(
  pods: readonly Pod[],
  related: readonly Pod[],
  count: number,
  now: number,
): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const standings = pods.map((pod) => standing(pod, onNode.get(pod.spec.nodeName ?? '') ?? 0));
  standings.sort((a, b) => compare(a, b, now));
  return standings.slice(0, count).map(({ pod }) => pod);
}
