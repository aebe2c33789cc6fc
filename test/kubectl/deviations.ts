// Where kubectl prints otherwise here than it did at the recorded cluster (1.28.5 with controllers), and why.

const noCustomResources = 'custom resources are not served yet';
const version = 'the recorded server is another version';

/** By the number of the recorded step: the whole output differs. */
export const deviations: Readonly<Record<number, string>> = {
  2: noCustomResources,
  108: noCustomResources,
  109: noCustomResources,
  110: noCustomResources,
  111: noCustomResources,
  112: noCustomResources,
  148: noCustomResources,
  149: noCustomResources,
  150: version,
  151: version,
  215: noCustomResources,
  216: noCustomResources,
  217: noCustomResources,
  249: noCustomResources,
  250: noCustomResources,
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
