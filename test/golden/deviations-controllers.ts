// Where the controllers and the scheduler make something else than those of 1.28.5 did in the recordings, and why.

/** Workloads of the recordings whose controllers are not here yet: what these made is taken out of the recordings. */
export const absentControllers: Readonly<Record<string, string>> = {
  db: 'the StatefulSet controller comes later',
  ds: 'the DaemonSet controller comes later',
  once: 'the Job controller comes later',
  idx: 'the Job controller comes later',
  cj: 'the CronJob controller comes later',
  'data-db': 'the StatefulSet and PersistentVolume controllers come later',
};

/** A difference that is no fault. */
interface FieldDeviation {
  readonly reason: string;
  /** Names of recordings. */
  readonly cases: readonly string[];
  /** Matches the text of the difference. */
  readonly difference: RegExp;
}

/** Single fields. */
export const fieldDeviations: readonly FieldDeviation[] = [
  {
    reason: '1.36 counts the pods that are on their way out (KEP-3973)',
    cases: ['deployment-list', 'replicaset-list', 'replicaset-table', 'rollout-replicaset-table'],
    difference:
      /\/(?:status\/terminatingReplicas: not expected, got 0|f:terminatingReplicas: not expected, got {})$/,
  },
  {
    reason: 'the DaemonSet controller comes later',
    cases: ['daemonset-list'],
    difference: /^\/body\/items\/0\/(?:status\/|metadata\/managedFields[:/])/,
  },
  {
    reason: 'the controllers of node life cycle and ttl come later',
    cases: ['node'],
    difference: /^\/body\/(?:metadata\/annotations|metadata\/managedFields|status\/conditions)[:/]/,
  },
  {
    reason: 'the controller that aggregates ClusterRoles comes later',
    cases: ['clusterrole-admin', 'clusterrole-view'],
    difference: /^\/body\/(?:rules: expected a list, got null$|metadata\/managedFields[:/])/,
  },
];

/** Texts that 1.36 words anew. */
export const rewordings: readonly {
  readonly reason: string;
  readonly recorded: RegExp;
  readonly now: string;
}[] = [
  {
    reason: '1.36 tells from how many replicas it scales',
    recorded: /(?<="Scaled up replica set \S+) to 2(?=")/,
    now: ' from 0 to 2',
  },
];
