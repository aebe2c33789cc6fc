// Where kubectl prints otherwise here than it did at the recorded cluster (1.28.5 with controllers), and why.

const version = 'the recorded server is another version';

/** By the number of the recorded step: the whole output differs. */
export const deviations: Readonly<Record<number, string>> = {
  150: version,
  151: version,
  251: version,
  252: version,
  267: version,
  269: version,
};

/** A part of recorded outputs that is another one in 1.36 or without controllers. */
export interface Rewording {
  readonly recorded: RegExp;
  readonly now: string;
  readonly reason: string;
  /** Only in this step. */
  readonly step?: number;
}

/** Applied to the recorded output, one after another. */
export const rewordings: readonly Rewording[] = [
  {
    recorded: /STORAGECLASS (REASON )?AGE/g,
    now: 'STORAGECLASS VOLUMEATTRIBUTESCLASS $1AGE',
    reason: 'volumes and claims have a column for their attributes class',
  },
  {
    recorded: /kubectl-output-manual <age>/g,
    now: 'kubectl-output-manual <unset> <age>',
    reason: 'volumes and claims have a column for their attributes class',
  },
  {
    recorded: /<unknown>\/50%, <unknown>/g,
    now: 'cpu: <unknown>/50%, memory: <unknown>',
    reason: 'targets of autoscalers are named',
  },
  {
    recorded: / 2 5 2 <age>/g,
    now: ' 2 5 0 <age>',
    step: 250,
    reason: 'by then the autoscaler had counted the pods; it does not run here',
  },
  { recorded: /NAME COMPLETIONS/g, now: 'NAME STATUS COMPLETIONS', reason: 'jobs have a status column' },
  { recorded: /once 2\/2/g, now: 'once Complete 2/2', reason: 'jobs have a status column' },
  { recorded: /SCHEDULE SUSPEND/g, now: 'SCHEDULE TIMEZONE SUSPEND', reason: 'cron jobs show the time zone' },
  { recorded: /1 1 \* False/g, now: '1 1 * Etc/UTC False', reason: 'cron jobs show the time zone' },
  {
    recorded: /NAME SECRETS AGE/g,
    now: 'NAME AGE',
    reason: 'secrets of service accounts are no longer counted',
  },
  {
    recorded: /(default|robot) 0 <age>/g,
    now: '$1 <age>',
    reason: 'secrets of service accounts are no longer counted',
  },
  { recorded: /NAME AGE REQUEST LIMIT/g, now: 'NAME REQUEST LIMIT AGE', reason: 'the age of quotas is last' },
  {
    recorded: /rq <age> (configmaps: .*\/50)/g,
    now: 'rq $1 <age>',
    reason: 'the age of quotas is last',
  },
  {
    recorded: /GLOBAL-DEFAULT AGE/g,
    now: 'GLOBAL-DEFAULT AGE PREEMPTIONPOLICY',
    reason: 'priority classes show their preemption policy',
  },
  {
    recorded: /1000 false <age>/g,
    now: '1000 false <age> PreemptLowerPriority',
    reason: 'priority classes show their preemption policy',
  },
  {
    recorded: /6\.1\.0 containerd/g,
    now: '6.1.0 (amd64) containerd',
    reason: 'nodes show their architecture behind the kernel',
  },
  {
    recorded: /Events:\n[\s\S]*$/g,
    now: 'Events: <none>',
    reason: 'no node controller here',
    step: 124,
  },
];

/** A part of one recorded output that older versions of kubectl word otherwise. */
export interface OlderWording {
  /** In the output of this step. */
  readonly step: number;
  /** Of every kubectl below this minor version. */
  readonly before: number;
  readonly reason: string;
  readonly recorded?: RegExp;
  readonly older?: string;
  /** The lines come in any order. */
  readonly anyOrder?: true;
}

/** Applied to the recorded output after the rewordings, with kubectls that are older than the recorded one. */
export const olderWordings: readonly OlderWording[] = [
  ...[32, 37, 172].map((step) => ({
    step,
    before: 36,
    anyOrder: true as const,
    reason: 'data were described in the order of a Go map',
  })),
  {
    step: 67,
    before: 36,
    recorded: /Time Zone: Etc\/UTC\n/,
    older: '',
    reason: 'the time zone of a cron job was not described',
  },
  {
    step: 77,
    before: 36,
    recorded: /Namespace: kubectl-output\n/,
    older: '',
    reason: 'the namespace of a daemon set was not described',
  },
  {
    step: 92,
    before: 36,
    recorded: /Image pull secrets: <none>\n/,
    older: 'Image pull secrets: <none>\nMountable secrets: <none>\nTokens: <none>\n',
    reason: 'secrets and tokens of service accounts were described',
  },
  {
    step: 124,
    before: 36,
    recorded: /Kubelet Version: (.*)\n/,
    older: 'Kubelet Version: $1\n Kube-Proxy Version:\n',
    reason: 'the version of kube-proxy was described',
  },
  ...[163, 166].map((step) => ({
    step,
    before: 30,
    recorded: /^$/,
    older: 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    reason: 'older versions ask for Endpoints, of which 1.36 warns',
  })),
];
