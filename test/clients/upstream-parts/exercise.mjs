// Runs Kubernetes' own controller manager and scheduler against the API server that KUBECONFIG names, with nodes of ours.
// Arguments: the folder of the two programs, and kubectl. Prints a line `ok NAME` for each check; ends with 1 at the first
// fault.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const kubeskiff = join(here, '..', '..', '..', 'dist', 'main.js');
const [programs, kubectlPath] = process.argv.slice(2);
const kubeconfig = process.env.KUBECONFIG;
const home = mkdtempSync(join(tmpdir(), 'kubeskiff-parts-'));
const patienceMs = 60_000;

function kubectl(...args) {
  const { status, stdout, stderr } = spawnSync(kubectlPath, ['--cache-dir', home, ...args], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const json = (...args) => JSON.parse(kubectl('get', ...args, '-o', 'json'));

/** Waits until a check no longer throws. */
async function eventually(name, check) {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      check();
      console.log(`ok ${name}`);
      return;
    } catch (error) {
      if (performance.now() > until) throw new Error(`${name}: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const children = [];

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      child.text = (child.text + chunk).slice(-200_000);
    });
  children.push(child);
  return child;
}

/** A part of Kubernetes, which asks the same server who may ask it. */
async function startPart(name, ...args) {
  const access = ['--kubeconfig', '--authentication-kubeconfig', '--authorization-kubeconfig'];
  const common = access.flatMap((flag) => [flag, kubeconfig]);
  const port = ['--bind-address', '127.0.0.1', '--secure-port', `${await freePort()}`];
  return start(join(programs, name), [...common, ...port, ...args]);
}

async function stopAll() {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))),
  );
}

function available(kind, name, count, field) {
  return () => assert.equal(json(kind, name).status[field], count);
}

async function works() {
  await eventually('leaders are elected', () => {
    const leases = json('leases', '-n', 'kube-system').items;
    for (const name of ['kube-controller-manager', 'kube-scheduler'])
      assert.ok(leases.find(({ metadata }) => metadata.name === name)?.spec.holderIdentity, name);
  });
  await eventually('namespaces get their account and their authority', () => {
    json('serviceaccount', 'default');
    json('configmap', 'kube-root-ca.crt');
  });
  kubectl('apply', '-f', join(here, 'workloads.yaml'));
  await eventually('a deployment runs', available('deployment', 'web', 3, 'availableReplicas'));
  await eventually('a service has endpoints', () => {
    const [{ endpoints }] = json('endpointslices', '-l', 'kubernetes.io/service-name=web').items;
    assert.equal(endpoints.filter(({ conditions }) => conditions.ready).length, 3);
  });
  await eventually('a budget allows one disruption', available('pdb', 'web', 1, 'disruptionsAllowed'));
  await eventually('a stateful set runs', available('statefulset', 'db', 3, 'readyReplicas'));
  await eventually('a daemon runs on each node', available('daemonset', 'agent', 2, 'numberReady'));
  await eventually('a job completes', available('job', 'once', 2, 'succeeded'));
  kubectl('create', 'job', 'now', '--from=cronjob/daily');
  await eventually('a job made of a cron job completes', available('job', 'now', 1, 'succeeded'));
  await eventually('a claim is bound', () => assert.equal(json('pvc', 'disk').status.phase, 'Bound'));
  await eventually('a quota counts', () => assert.equal(json('quota', 'few').status.used.configmaps, '1'));
}

async function changes() {
  kubectl('set', 'image', 'deployment/web', 'main=nginx:2');
  kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  console.log('ok a deployment is rolled out');
  kubectl('rollout', 'undo', 'deployment/web');
  kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  assert.equal(json('deployment', 'web').spec.template.spec.containers[0].image, 'nginx');
  console.log('ok a deployment is rolled back');
  kubectl('scale', 'statefulset/db', '--replicas=1');
  await eventually('a stateful set shrinks', available('statefulset', 'db', 1, 'replicas'));
  kubectl('drain', 'node-1', '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=60s');
  const left = json('pods', '--field-selector=spec.nodeName=node-1').items;
  assert.deepEqual([...new Set(left.map(({ metadata }) => metadata.labels.app ?? 'job'))].sort(), ['agent']);
  console.log('ok a node is drained');
  kubectl('uncordon', 'node-1');
  kubectl('delete', '-f', join(here, 'workloads.yaml'), '--timeout=60s');
  await eventually('what was owned goes', () => {
    assert.equal(
      kubectl('get', 'pods,replicasets,controllerrevisions,endpointslices', '-o', 'name')
        .trim()
        .split('\n')
        .filter((name) => !name.endsWith('/kubernetes'))
        .join(),
      '',
    );
  });
  kubectl('create', 'namespace', 'short');
  kubectl('create', 'configmap', 'inside', '-n', 'short');
  kubectl('delete', 'namespace', 'short', '--timeout=60s');
  console.log('ok a namespace goes');
}

try {
  const authority = join(home, 'ca.crt');
  const { clusters } = JSON.parse(kubectl('config', 'view', '--raw', '-o', 'json'));
  writeFileSync(authority, Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'));
  await startPart(
    'kube-controller-manager',
    '--root-ca-file',
    authority,
    '--use-service-account-credentials',
  );
  await startPart('kube-scheduler');
  start(process.execPath, [kubeskiff, 'node', '--kubeconfig', kubeconfig, '--nodes', '2']);
  await works();
  await changes();
} catch (error) {
  for (const child of children) console.log(`${child.spawnargs[0]}:\n${child.text.slice(-3_000)}`);
  console.log(error.stack);
  process.exitCode = 1;
} finally {
  await stopAll();
  rmSync(home, { recursive: true, force: true });
}
