// Where the recordings (Kubernetes 1.28.5) are not what is today, and why. Each entry names the scenario and what in it.

/** Fields that 1.36 has and 1.28 had not. */
export const versionFields: readonly {
  readonly kind: string;
  readonly member: 'status' | 'spec';
  readonly fields: readonly string[];
  readonly reason: string;
}[] = [
  {
    kind: 'Deployment',
    member: 'status',
    fields: ['terminatingReplicas'],
    reason: 'deployments count pods that terminate (KEP-3973)',
  },
  {
    kind: 'ReplicaSet',
    member: 'status',
    fields: ['terminatingReplicas'],
    reason: 'replica sets count pods that terminate (KEP-3973)',
  },
];

/** A text that is another one today. */
export interface Rewording {
  readonly recorded: RegExp;
  readonly now: string;
  readonly reason: string;
  /** Where it stands, by scenario: in which steps' output, and whether in events. */
  readonly steps: Readonly<Record<string, readonly (number | 'events')[]>>;
}

const scaledSteps: Rewording['steps'] = {
  'deployment-basic': [9, 22, 23, 'events'],
  'deployment-minready': [5, 'events'],
  'deployment-recreate': [3, 8, 9, 'events'],
  'deployment-revisionhistorylimit': ['events'],
  'deployment-scale-during-rollout': [6, 10, 14, 'events'],
  'gc-foreground': ['events'],
  'gc-orphan': ['events'],
  'namespace-delete': ['events'],
  'kubectl-output': [12],
};

/** Applied to recorded outputs and events, one after another. */
export const rewordings: readonly Rewording[] = [
  {
    recorded: /Scaled (up|down) replica set (\S+) to (\d+) from (\d+)/g,
    now: 'Scaled $1 replica set $2 from $4 to $3',
    reason: 'the old size comes first',
    steps: scaledSteps,
  },
  {
    recorded: /Scaled up replica set (\S+) to (\d+)/g,
    now: 'Scaled up replica set $1 from 0 to $2',
    reason: 'that of a new set is told too',
    steps: scaledSteps,
  },
  {
    recorded: /Preemption is not helpful for scheduling\.\./g,
    now: 'Preemption is not helpful for scheduling.',
    reason: 'one dot too many',
    steps: { 'scheduler-nodeselector-none': [7, 10, 'events'], 'scheduler-taints': [8, 11, 17, 'events'] },
  },
  {
    recorded: /1 node\(s\) had untolerated taint \{k: other\}, 2 node\(s\) had untolerated taint \{k: v\}/g,
    now: '3 node(s) had untolerated taint(s)',
    reason: 'taints are no longer named, so that nodes with different ones are counted together',
    steps: { 'scheduler-taints': [8, 11, 'events'] },
  },
  {
    recorded: /^( +)Initialized( +)True/gm,
    now: '$1PodReadyToStartContainers$2True\n$1Initialized$2True',
    reason: 'a condition that kubelets set since 1.29',
    steps: { 'deployment-basic': [24], 'pod-lifecycle': [6, 7, 8, 9], 'scheduler-taints': [9] },
  },
  {
    recorded: /^( +)Initialized( +)True/gm,
    now: '$1PodReadyToStartContainers$2False\n$1Initialized$2True',
    reason: 'a condition that kubelets set since 1.29: False when the pod is over',
    steps: { 'pod-lifecycle': [4, 5] },
  },
  {
    recorded: /^Endpoints:( +)<none>/gm,
    now: 'Endpoints:$1<pod-ip>:80,<pod-ip>:80,<pod-ip>:80',
    reason: 'the controllers of endpoints did not run at the recorded cluster',
    steps: { 'deployment-basic': [13] },
  },
  {
    recorded: /^(Port: +http .*\n(?:.*\n)*?Endpoints:)( +)<none>/gm,
    now: '$1$2<pod-ip>:80,<pod-ip>:80',
    reason: 'the controllers of endpoints did not run at the recorded cluster',
    steps: { 'kubectl-output': [22] },
  },
  {
    recorded: /^(Port: +alt .*\n(?:.*\n)*?Endpoints:)( +)<none>/gm,
    now: '$1',
    reason: 'nor did they say that no pod has a port of that name',
    steps: { 'kubectl-output': [22] },
  },
];

/** What may differ in a scenario. */
export interface Deviation {
  readonly scenario: string;
  /** In which steps the output differs. */
  readonly output?: readonly number[];
  /** After which steps objects differ. */
  readonly objects?: readonly number[];
  /** How what compareLives tells begins. */
  readonly life?: string;
  /** How what compareEvents tells begins. */
  readonly event?: string;
  readonly reason: string;
  /** It depends on timing or chance: it may also be as recorded. */
  readonly sometimes?: true;
}

const faster = 'the deletion begins at once here, after five seconds there';
const merged = 'how many steps the undoing of a stuck rollout takes is timing';
const whichPod = 'which of three pods of the same age goes is chance';

export const deviations: readonly Deviation[] = [
  {
    scenario: 'deployment-revisionhistorylimit',
    event: '+ Deployment/web Normal ScalingReplicaSet deployment-controller/deployment-controller: Scaled up',
    reason:
      'which of more than ten messages are still known, and so not combined, is chance (EventAggregate)',
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    objects: [11, 12, 13, 14],
    reason: merged,
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    life: 'ReplicaSet/web-6ff8f678b7: - metadata.generation',
    reason: merged,
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    life: 'ReplicaSet/web-6ff8f678b7: + metadata.generation',
    reason: merged,
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    event: '+ Deployment/web Normal ScalingReplicaSet deployment-controller/: (combined from similar events)',
    reason: 'its text is that of the last of them, which is timing',
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    event: '- Deployment/web Normal ScalingReplicaSet deployment-controller/: (combined from similar events)',
    reason: 'its text is that of the last of them, which is timing',
    sometimes: true,
  },
  {
    scenario: 'deployment-scale-during-rollout',
    output: [14],
    reason: 'old sets of one second stand in the order of their hashes, which are others in 1.36',
    sometimes: true,
  },
  { scenario: 'namespace-delete', objects: [2, 3, 4, 5, 6, 7, 8], reason: faster, sometimes: true },
  { scenario: 'namespace-delete', output: [4, 6, 7, 8], reason: faster, sometimes: true },
  {
    scenario: 'pod-lifecycle',
    life: 'Pod/ok: - phase: Running',
    reason: 'a container that ends at once may be told only when it has ended',
    sometimes: true,
  },
  {
    scenario: 'pod-lifecycle',
    life: 'Pod/ko: - phase: Running',
    reason: 'a container that ends at once may be told only when it has ended',
    sometimes: true,
  },
  { scenario: 'replicaset', objects: [11, 12, 13, 14, 15, 16, 17, 18], reason: whichPod, sometimes: true },
  { scenario: 'replicaset', life: 'Pod/bare-', reason: whichPod, sometimes: true },
  {
    scenario: 'replicaset',
    event: '+ ReplicaSet/rs Normal SuccessfulDelete',
    reason: whichPod,
    sometimes: true,
  },
  {
    scenario: 'scheduler-taints',
    output: [10],
    reason: "the node is the recorder's own: its versions, ids, what happened to it before",
  },
  {
    scenario: 'scheduler-taints',
    objects: [16, 17],
    reason: 'there is no node lifecycle controller yet, which taints nodes that are cordoned',
  },
];

/** Steps whose output names a node that was chosen among equals, and was the same in both recordings by chance. */
export const chanceNodes: Readonly<Record<string, readonly number[]>> = {
  'deployment-basic': [8, 22],
  'pod-lifecycle': [4, 8],
  'scheduler-taints': [9],
};

/** Pods of which chance chose one, although it chose the same in both recordings: one name stands for them. */
export const chancePods: Readonly<
  Record<string, { readonly pods: RegExp; readonly steps: readonly number[] }>
> = {
  // all of one age but for the second in which they became ready
  replicaset: { pods: /\bbare-(?:\d|other)\b/g, steps: [12, 14, 16, 18] },
};
