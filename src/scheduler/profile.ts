// What can be configured of the scheduler. Upstream: KubeSchedulerProfile and plugin arguments in
// k8s.io/kubernetes/pkg/scheduler/apis/config/types.go, defaults in its v1/defaults.go.

/** A resource that counts in scores. */
export interface ScoredResource {
  readonly name: string;
  readonly weight: number;
}

/** A point of a score curve: utilization 0 to 100, score 0 to 10. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** How free resources of nodes are scored. */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly ScoredResource[];
  /** For RequestedToCapacityRatio: points by rising utilization. */
  readonly shape?: readonly ShapePoint[];
}

/** A scheduler's settings. */
export interface SchedulerProfile {
  /** Pods with this `spec.schedulerName` are ours. */
  readonly schedulerName: string;
  readonly scoringStrategy: ScoringStrategy;
  /** When this many percent of the nodes fit, no more are looked at. 0: fewer the more nodes there are. */
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffMs: number;
  readonly podMaxBackoffMs: number;
}

const cpuAndMemory: readonly ScoredResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** Upstream's defaults. */
export const defaultProfile: SchedulerProfile = {
  schedulerName: 'default-scheduler',
  scoringStrategy: { type: 'LeastAllocated', resources: cpuAndMemory },
  percentageOfNodesToScore: 0,
  podInitialBackoffMs: 1000,
  podMaxBackoffMs: 10_000,
};
