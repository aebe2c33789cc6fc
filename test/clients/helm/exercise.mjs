// Runs helm against the whole cluster that KUBECONFIG names: one line a check, exit code 1 when one fails.
// The arguments are the paths of helm and of kubectl. Server-side apply is helm's default.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [helmPath, kubectlPath] = process.argv.slice(2);
const chart = join(dirname(fileURLToPath(import.meta.url)), 'chart');
const home = mkdtempSync(join(tmpdir(), 'kubeskiff-helm-'));
const namespace = 'greetings';
const selector = ['-l', 'app.kubernetes.io/instance=greeter'];
const changing = ['--wait', '--timeout', '30s'];

function run(program, args) {
  const env = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, HOME: home, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? 'killed') : 0, stdout, stderr }),
    );
  });
}

async function ok(program, args) {
  const { code, stdout, stderr } = await run(program, args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const helm = (...args) => ok(helmPath, ['-n', namespace, ...args]);
const helmJson = async (...args) => JSON.parse(await helm(...args, '-o', 'json'));
const kubectl = (...args) => ok(kubectlPath, ['-n', namespace, ...args]);

async function helmFails(...args) {
  const { code, stdout, stderr } = await run(helmPath, ['-n', namespace, ...args]);
  assert.equal(code, 1, stdout);
  return stderr;
}

/** The pods of the deployment: name, phase and image. */
async function pods() {
  const { items } = JSON.parse(await kubectl('get', 'pods', ...selector, '-o', 'json'));
  return items
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata, spec, status }) => ({
      name: metadata.name,
      phase: status.phase,
      image: spec.containers[0].image,
    }));
}

async function runningPods(count, image) {
  const found = await pods();
  assert.equal(found.length, count);
  for (const pod of found) assert.deepEqual([pod.phase, pod.image], ['Running', image]);
  return found.map(({ name }) => name);
}

async function history() {
  const revisions = await helmJson('history', 'greeter');
  return revisions.map(({ revision, status }) => `${revision} ${status}`);
}

async function templates() {
  assert.match(await helm('lint', chart), /1 chart\(s\) linted, 0 chart\(s\) failed/);
  const shown = await helm('template', 'greeter', chart, '--set', 'greeting=hi');
  assert.match(shown, /^ {2}greeting: "hi"$/m);
  assert.equal(shown.match(/^kind: /gm).length, 6);
}

async function triesOnTheServer() {
  await kubectl('create', 'namespace', namespace);
  const dry = ['--dry-run=server'];
  assert.match(await helm('install', 'greeter', chart, ...dry), /^STATUS: pending-install$/m);
  assert.deepEqual(await helmJson('list'), []);
  assert.equal(await kubectl('get', 'deployments,services,pods', '-o', 'name'), '');
}

async function appliesOnTheClient() {
  const onClient = ['--server-side=false', '--wait', '--timeout', '30s'];
  await helm('install', 'classic', chart, ...onClient);
  assert.deepEqual(await managersOf('classic'), ['Update']);
  await helm('upgrade', 'classic', chart, ...onClient, '--set', 'image=nginx:1.28');
  await helm('uninstall', 'classic', '--wait');
}

/** By what kinds of writes helm owns fields of a deployment. */
async function managersOf(deployment) {
  const text = await kubectl('get', 'deployment', deployment, '-o', 'json', '--show-managed-fields');
  const entries = JSON.parse(text).metadata.managedFields;
  return [...new Set(entries.filter(({ manager }) => manager === 'helm').map(({ operation }) => operation))];
}

async function installs() {
  const shown = await helm('install', 'greeter', chart, ...changing);
  assert.match(shown, /^STATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete$/m);
  assert.match(shown, /^greeter says hello with 2 replicas\.$/m);
  assert.deepEqual(await managersOf('greeter'), ['Apply']);
  await runningPods(2, 'nginx:1.27');
  assert.equal(await kubectl('logs', 'greeter-prepare'), 'preparing\n');
  assert.equal(await kubectl('get', 'configmap', 'greeter', '-o', 'jsonpath={.data.greeting}'), 'hello');
  const slices = JSON.parse(await kubectl('get', 'endpointslices', '-o', 'json'));
  assert.deepEqual(
    slices.items[0].endpoints.map(({ conditions }) => conditions.ready),
    [true, true],
  );
}

async function shows() {
  const status = await helm('status', 'greeter');
  assert.match(status, /^==> v1\/Deployment\nNAME +READY .*\ngreeter +2\/2 +2 +2 /m);
  assert.match(status, /^==> v1\/Pod\(related\)\nNAME .*\ngreeter-\S+ +1\/1 +Running /m);
  assert.match(status, /^==> v1\/Service\nNAME .*\ngreeter +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP /m);
  assert.deepEqual(await helmJson('get', 'values', 'greeter', '--all'), {
    greeting: 'hello',
    image: 'nginx:1.27',
    replicas: 2,
    testExitCode: 0,
  });
  assert.match(await helm('get', 'manifest', 'greeter'), /^# Source: greeter\/templates\/service\.yaml$/m);
  const [release, ...others] = await helmJson('list');
  assert.deepEqual(others, []);
  assert.deepEqual(
    [release.name, release.revision, release.status, release.chart],
    ['greeter', '1', 'deployed', 'greeter-1.0.0'],
  );
}

async function upgrades() {
  const old = await runningPods(2, 'nginx:1.27');
  const address = await kubectl('get', 'service', 'greeter', '-o', 'jsonpath={.spec.clusterIP}');
  const values = 'greeting=goodbye,replicas=3,image=nginx:1.28';
  const shown = await helm('upgrade', 'greeter', chart, ...changing, '--set', values);
  assert.match(shown, /^Release "greeter" has been upgraded\. Happy Helming!\n/);
  const now = await runningPods(3, 'nginx:1.28');
  assert.deepEqual(
    now.filter((name) => old.includes(name)),
    [],
  );
  assert.equal(await kubectl('logs', 'greeter-announce'), 'goodbye\n');
  assert.equal(await kubectl('get', 'service', 'greeter', '-o', 'jsonpath={.spec.clusterIP}'), address);
  assert.deepEqual(await history(), ['1 superseded', '2 deployed']);
}

async function failsToUpgrade() {
  const before = await runningPods(3, 'nginx:1.28');
  const failing = ['--wait', '--timeout', '5s', '--reuse-values'];
  const message = await helmFails('upgrade', 'greeter', chart, ...failing, '--set', 'image=nginx:bad');
  assert.match(
    message,
    /^Error: UPGRADE FAILED: resource Deployment\/greetings\/greeter not ready\. status: InProgress, message: /m,
  );
  assert.match(message, /context deadline exceeded\n$/);
  assert.deepEqual(await history(), ['1 superseded', '2 deployed', '3 failed']);
  const old = (await pods()).filter(({ name }) => before.includes(name));
  assert.ok(old.length >= 2, 'a rollout that fails leaves what was there');
}

async function rollsBack() {
  assert.equal(
    await helm('rollback', 'greeter', '2', ...changing),
    'Rollback was a success! Happy Helming!\n',
  );
  await runningPods(3, 'nginx:1.28');
  assert.deepEqual(await history(), ['1 superseded', '2 superseded', '3 failed', '4 deployed']);
}

async function runsTests() {
  const shown = await helm('test', 'greeter', '--logs', '--timeout', '30s');
  assert.match(shown, /^TEST SUITE: +greeter-check$/m);
  assert.match(shown, /^Phase: +Succeeded$/m);
  assert.match(shown, /^POD LOGS: greeter-check\nasked$/m);
}

async function failsTests() {
  await helm('upgrade', 'greeter', chart, ...changing, '--reuse-values', '--set', 'testExitCode=3');
  assert.match(await helmFails('test', 'greeter', '--timeout', '30s'), /^Error: .*greeter-check.* failed$/m);
}

async function uninstalls() {
  const shown = await helm('uninstall', 'greeter', '--wait', '--cascade', 'foreground', '--timeout', '30s');
  assert.equal(shown, 'release "greeter" uninstalled\n');
  assert.deepEqual(await helmJson('list'), []);
  const kinds = 'deployments,replicasets,pods,services,configmaps,endpointslices';
  assert.equal(await kubectl('get', kinds, ...selector, '-o', 'name'), '');
  assert.equal(await kubectl('get', 'secrets', '-o', 'name', '-l', 'name=greeter'), '');
  // What hooks made belongs to no release.
  assert.equal(
    await kubectl('get', 'pods', '-o', 'name'),
    ['classic-announce', 'classic-prepare', 'greeter-announce', 'greeter-check', 'greeter-prepare']
      .map((name) => `pod/${name}\n`)
      .join(''),
  );
}

const checks = [
  ['renders templates', templates],
  ['tries an install on the server', triesOnTheServer],
  ['applies on the client where that is asked for', appliesOnTheClient],
  ['installs and waits', installs],
  ['shows status, values, manifest and list', shows],
  ['upgrades and waits', upgrades],
  ['fails to upgrade to a bad image', failsToUpgrade],
  ['rolls back', rollsBack],
  ['runs tests', runsTests],
  ['fails a test', failsTests],
  ['uninstalls and waits', uninstalls],
];

try {
  for (const [name, check] of checks) {
    await check();
    console.log(`ok ${name}`);
  }
} catch (error) {
  // Each check goes on from where the one before ended.
  console.log(error.stack);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
