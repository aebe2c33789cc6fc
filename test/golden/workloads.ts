// What was made before the recordings of `controllers` were taken: one Ready node without a kubelet, and a workload of each
// kind, all with the label app=x.
import type { Node, Pod } from '#types/core_v1';
import { formatTime } from '../../src/api/time.ts';
import type { Client } from '../../src/client/client.ts';
import { nodes, pods } from '../../src/client/resources.ts';
import type { TestClock } from '../../src/testing/clock.ts';

const labels = { app: 'x' };
const selector = { matchLabels: labels };

function template(image: string, restartPolicy?: string) {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image }], restartPolicy } };
}

const nginx = template('nginx:1.27');
const busybox = template('busybox:1.36', 'OnFailure');
const never = template('busybox:1.36', 'Never');
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

/** Path, kind and spec of each workload. */
const workloads: readonly (readonly [path: string, kind: string, name: string, spec: object])[] = [
  ['apis/apps/v1/%/deployments', 'Deployment', 'web', { replicas: 2, selector, template: nginx }],
  [
    'apis/apps/v1/%/statefulsets',
    'StatefulSet',
    'db',
    { replicas: 2, serviceName: 'db', selector, template: nginx, volumeClaimTemplates: [claim] },
  ],
  ['apis/apps/v1/%/daemonsets', 'DaemonSet', 'ds', { selector, template: nginx }],
  ['apis/batch/v1/%/jobs', 'Job', 'once', { completions: 2, parallelism: 2, template: never }],
  [
    'apis/batch/v1/%/jobs',
    'Job',
    'idx',
    { completions: 2, parallelism: 2, completionMode: 'Indexed', template: never },
  ],
  ['api/v1/%/replicationcontrollers', 'ReplicationController', 'rc', { replicas: 1, template: nginx }],
  [
    'apis/batch/v1/%/cronjobs',
    'CronJob',
    'cj',
    { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: busybox.spec } } } },
  ],
  ['apis/policy/v1/%/poddisruptionbudgets', 'PodDisruptionBudget', 'pdb', { minAvailable: 1, selector }],
];

/** Makes the node of the recordings, as its recorder did in three steps. */
export async function makeNode(client: Client, clock: TestClock): Promise<void> {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110' };
  const name = 'demo-n1';
  const metadata = { name, labels: { 'kubernetes.io/hostname': name } };
  const ready = (status: string, reason: string, message: string) => {
    const at = formatTime(clock.now());
    return { type: 'Ready', status, lastHeartbeatTime: at, lastTransitionTime: at, reason, message };
  };
  const strategic = { type: 'strategic', subresource: 'status' } as const;
  await client.as('kubectl-create').create(nodes, { metadata } as unknown as Node);
  const first = { capacity: amounts, allocatable: amounts, conditions: [ready('Unknown', 'New', 'new')] };
  await client.as('kubectl-patch').patch(nodes, { metadata }, { status: first }, strategic);
  clock.advance(1000);
  const conditions = [ready('True', 'KubeletReady', 'ok')];
  await client.as('golden').patch(nodes, { metadata }, { status: { conditions } }, strategic);
  // new nodes are tainted until they are ready; what takes the taint off comes with the node life cycle
  await client.patch(nodes, { metadata }, { spec: { taints: null } }, { type: 'merge' });
}

/** Makes a workload of each kind. */
export async function makeWorkloads(client: Client, namespace: string): Promise<void> {
  for (const [path, kind, name, spec] of workloads) {
    const apiVersion = path.replace(/^apis?\/|\/%.*$/g, '');
    const body = { apiVersion, kind, metadata: { name }, spec };
    await client.request('POST', `/${path.replace('%', `namespaces/${namespace}`)}`, body);
  }
}

/** Says that the pods of `web` run, as the recorder did in the place of a kubelet. */
export async function runPodsOfWeb(client: Client, namespace: string): Promise<void> {
  const { items } = await client.list(pods, { namespace });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (const pod of items.filter((p: Pod) => p.metadata.generateName?.startsWith('web-')))
    await client.patch(pods, pod, { status }, { type: 'strategic', subresource: 'status' });
}
