// Cases of core, apps and batch that differ because 1.36 does. Every body that is created here was put to the strategies of
// 1.36.3 too, and they answer as this server does: src/kinds/strategies.test.ts.

const reasons: Readonly<Record<string, readonly string[]>> = {
  '1.36 words the rule of label keys otherwise': [
    'validation/pod-bad-metadata',
    'validation/replicationcontroller-bad-metadata',
    'validation/serviceaccount-bad-metadata',
    'validation/limitrange-bad-metadata',
    'validation/podtemplate-bad-metadata',
    'validation/deployment-bad-metadata',
    'validation/replicaset-bad-metadata',
    'validation/controllerrevision-bad-metadata',
    'validation/rolebinding-bad-metadata',
    'validation/clusterrole-bad-metadata',
    'validation/clusterrolebinding-bad-metadata',
    'validation/lease-bad-metadata',
    'validation/priorityclass-bad-metadata',
  ],
  '1.36 prints bad values as JSON': [
    'validation/deployment-empty-spec',
    'validation/replicaset-empty',
    'validation/replicaset-empty-spec',
    'validation/daemonset-empty',
    'validation/deployment-empty-selector',
    'validation/deployment-percent',
    'validation/statefulset-selector-mismatch',
    'validation/daemonset-selector-mismatch',
    'validation/job-selector-auto',
    'validation/service-dup-port',
    'validation/service-clusterip-range',
    'validation/node-duptaint',
    'validation/limitrange-default-gt-max',
    'validation/resourcequota-frac',
    'validation/resourcequota-scope',
    'validation/resourcequota-conflict',
    'validation/deployment-put-selector',
    'validation/job-put-template',
    'validation/job-put-completions',
    'validation/controllerrevision-put-data',
    'validation/lease-put-ok',
  ],
  '1.36 validates the template of a StatefulSet even where the selector is missing': [
    'validation/statefulset-empty-spec',
  ],
  '1.36 takes almost any environment variable name and says so otherwise': ['validation/pod-env-name'],
  '1.36 knows fileKeyRef too': ['validation/pod-env-empty-valuefrom'],
  '1.36 takes almost any prefix': ['validation/pod-envfrom'],
  '1.36 blames the value alone': ['validation/pod-toleration'],
  '1.36 counts label values in bytes': ['validation/pod-long-label', 'validation/namespace-long'],
  '1.36 reports an empty driver name once': ['validation/pod-csi-driver'],
  '1.36 refuses TZ in a new schedule whatever timeZone says': ['validation/cronjob-tz-both'],
  '1.36 words it so': ['validation/service-etp-clusterip'],
  '1.36 blames each range by its index': ['validation/service-lb-src'],
  '1.36 blames the CIDR itself': ['validation/node-podcidr'],
  'the refusal lists more fields that may change, and its diff prints fields and the form of 1.36': [
    'validation/pod-patch-command',
    'validation/pod-patch-nodename',
    'validation/pod-patch-resources',
    'validation/pod-patch-serviceaccount',
    'validation/pod-patch-priority',
    'validation/pod-patch-nodeselector-ungated',
  ],
  '1.36 says when the condition of scheduling gates came': ['validation/pod-patch-nodeselector-gated'],
  'sidecar containers are on by default since 1.29': ['defaulting/pod-init-sidecar'],
  'pods have a generation of their own since 1.33: what the client sends does not count': [
    'defaulting/pod-metadata',
  ],
  'backoffLimitPerIndex, podReplacementPolicy and the printed manualSelector are newer than 1.28': [
    'defaulting/job-backoffperindex',
  ],
  '1.36 warns of externalIPs and sets externalTrafficPolicy for them': ['defaulting/service-externalips'],
  '1.36 has no Secrets column for service accounts': [
    'tables/serviceaccount-get',
    'tables/serviceaccount-list',
  ],
  '1.36 has the Age column of quotas last': [
    'tables/resourcequota-get',
    'tables/resourcequota-list',
    'tables/resourcequota-state-used',
  ],
  'the deprecated annotation belongs to the stored object here; upstream adds it on the way out, but not to PartialObjectMetadata':
    ['tables/daemonset-list'],
  '1.36 prints a Status column for jobs': [
    'tables/job-get',
    'tables/job-state-parallel',
    'tables/job-state-workqueue',
  ],
  '1.36 prints a Timezone column for cron jobs': ['tables/cronjob-list'],
  '1.36 prints a PreemptionPolicy column': ['tables/priorityclass-get', 'tables/priorityclass-list'],
  '1.36 refuses a Complete job without SuccessCriteriaMet, and prints a Status column': [
    'tables/job-state-complete',
  ],
  '1.36 adds the architecture to the kernel version': ['tables/node-state-ready'],
  '1.36 checks that the status of a job agrees with itself': ['subresources/job-status-bad'],
};

/** `group/case` to the reason. */
export const kindDeviations: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(reasons).flatMap(([reason, cases]) => cases.map((name) => [name, reason])),
);
