// The third part of the bench, where asked: Kubernetes' own control plane (etcd, kube-apiserver, kube-controller-manager,
// kube-scheduler) with this project's node agent, and `kubeskiff up`, by turns, measured by one rule. Times in milliseconds.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf } from './api-client.mjs';
import { deployment, deployments, percentile, pods, single, startUp } from './cluster.mjs';
import { freePort, residentMegabytes, startEtcd } from './subjects.mjs';

const token = 'bench-token';
const rounds = 3;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves with what `ask` gives once it neither throws nor is false. */
async function until(ask, everyMs = 50) {
  const deadline = performance.now() + 600_000;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`not within ten minutes: ${ask}`);
    await pause(everyMs);
  }
}

/** Programs that end together. */
function group(folder) {
  const children = [];
  return {
    pids: () => children.map(({ pid }) => pid),
    start(program, args) {
      children.push(spawn(program, args, { stdio: 'ignore' }));
    },
    async stop() {
      for (const child of children.reverse()) child.kill('SIGKILL');
      await Promise.all(
        children.map(({ exitCode, signalCode }, i) =>
          exitCode === null && signalCode === null
            ? new Promise((resolve) => children[i].once('exit', resolve))
            : undefined,
        ),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ready = ({ status }) => status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');

/** Whether every node is ready and pods can be made. */
const isReady = (client, nodes) => async () => {
  const { items } = await client.call('GET', '/api/v1/nodes');
  await client.call('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  return items.length === nodes && items.every(ready);
};

/**
 * Starts Kubernetes' programs of a folder. `limited`: with the request rates that they have by default; else without limits, and
 * with as many workers as ours have.
 */
async function startUpstream(programs, node, program, nodes, limited) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-upstream-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'sa.key');
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${token},bench,bench,"system:masters"\n`);
  const [port, managerPort, schedulerPort] = [await freePort(), await freePort(), await freePort()];
  const server = `https://127.0.0.1:${port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server, 'insecure-skip-tls-verify': true };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'bench',
      clusters: [{ name: 'bench', cluster }],
      users: [{ name: 'bench', user: { token } }],
      contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    }),
  );
  const started = performance.now();
  const etcd = await startEtcd();
  if (!etcd) throw new Error('etcd is not installed');
  const parts = group(folder);
  const certificates = join(folder, 'certificates');
  parts.start(join(programs, 'kube-apiserver'), [
    `--etcd-servers=http://127.0.0.1:${etcd.port}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${certificates}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokens}`,
  ]);
  const client = clientOf(server, { rejectUnauthorized: false }, token);
  await until(() => client.call('GET', '/api/v1/namespaces/default'));
  const access = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  const common = [
    ...access.map((flag) => `--${flag}=${kubeconfig}`),
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
  ];
  if (!limited) common.push('--kube-api-qps=100000', '--kube-api-burst=100000');
  parts.start(join(programs, 'kube-controller-manager'), [
    ...common,
    `--secure-port=${managerPort}`,
    `--root-ca-file=${join(certificates, 'apiserver.crt')}`,
    `--service-account-private-key-file=${key}`,
  ]);
  parts.start(join(programs, 'kube-scheduler'), [...common, `--secure-port=${schedulerPort}`]);
  parts.start(node, [program, 'node', '--kubeconfig', kubeconfig, '--nodes', String(nodes)]);
  await until(isReady(client, nodes));
  return {
    pids: () => [etcd.pid, ...parts.pids()],
    readyMs: performance.now() - started,
    client,
    async stop() {
      await parts.stop();
      await etcd.stop();
    },
  };
}

async function startOurs(node, program, nodes) {
  const up = await startUp(node, program, nodes);
  await until(isReady(up.client, nodes));
  return { ...up, pids: () => [up.pid] };
}

/** Start, one pod, and a deployment as it says of itself that it is ready: watches of a busy kube-apiserver are cut off. */
async function measure(cluster, count) {
  const { client } = cluster;
  const out = { 'cluster to ready, ms': cluster.readyMs };
  // what was started has done what it does first
  await pause(3000);
  const memory = () => cluster.pids().reduce((sum, pid) => sum + residentMegabytes(pid), 0);
  out['RSS after the start, MB'] = memory();
  const times = [];
  for (let i = 0; i < 10; i++) {
    const made = performance.now();
    await client.call('POST', pods, single(`single-${i}`));
    await until(async () => (await client.call('GET', `${pods}/single-${i}`)).status.phase === 'Running', 2);
    times.push(performance.now() - made);
  }
  out['one pod, create to Running, p50 ms'] = percentile(times, 0.5);
  const name = `${count.toLocaleString('en')} pods`;
  const started = performance.now();
  await client.call('POST', deployments, deployment('big', count));
  const path = `${deployments}/big`;
  await until(async () => (await client.call('GET', path)).status.readyReplicas >= count);
  out[`${name}: create to ready, ms`] = performance.now() - started;
  out[`${name}: RSS, MB`] = memory();
  return out;
}

/**
 * Medians of three rounds, by turns: `{ name of the subject: { figure: value } }`. `programs`: the folder of upstream's;
 * `nodes`: Nodes by their versions, of which the last runs the node agent beside upstream's programs.
 */
export async function benchUpstream(programs, nodes, program, { count, ofNodes, progress }) {
  const agent = Object.values(nodes).at(-1);
  const upstream = (limited) => () => startUpstream(programs, agent, program, ofNodes, limited);
  const subjects = {
    'kubernetes, as it is': upstream(true),
    'kubernetes, no rate limits': upstream(false),
  };
  for (const [version, node] of Object.entries(nodes))
    subjects[`kubeskiff, ${version}`] = () => startOurs(node, program, ofNodes);
  const all = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, start] of Object.entries(subjects)) {
      const cluster = await start();
      try {
        const figures = await measure(cluster, count);
        all[name].push(figures);
        progress(`${name}: ${Object.values(figures).map(Math.round).join(', ')}`);
      } finally {
        await cluster.stop();
      }
    }
  const median = (values) => percentile(values, 0.5);
  return Object.fromEntries(
    Object.entries(all).map(([name, runs]) => [
      name,
      Object.fromEntries(
        Object.keys(runs[0]).map((figure) => [figure, median(runs.map((run) => run[figure]))]),
      ),
    ]),
  );
}
