// Runs kubectl's own shell tests (test/cmd of kubernetes) against servers and controllers that it starts as their script
// would. Arguments: a copy of the folders of kubernetes that they use, the kubectl, and which tests where not all. Prints a line
// `ok NAME` for each test, and `listed NAME` for one that can't pass; ends with 1 when any other fails. KEEP_LOGS keeps what the
// tests printed.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listed } from './listed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const program = join(process.env.KUBESKIFF_ROOT ?? join(here, '..', '..', '..'), 'dist', 'main.js');
const [copy, kubectl, ...chosen] = process.argv.slice(2);
// They wait more than they compute.
const parts = 4;
const readyWithinMs = 30_000;
const drivenWithinMs = 840_000;
const shownOfLog = 6_000;

const version = spawnSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }).stdout;
const reportedVersion = `${JSON.parse(version).clientVersion.gitVersion}-custom`;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A process of ours; `end` resolves when it is gone. */
function start(args, { cwd, log }) {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  let text = '';
  const take = (chunk) => {
    text += chunk;
    writeFileSync(log, text);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return {
    output: () => text,
    isGone: () => child.exitCode !== null || child.signalCode !== null,
    async end() {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

/** The flags of upstream's script. */
function serverFlags(port, folder) {
  const key = join(folder, 'service-account.key');
  spawnSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' });
  return [
    'kube-apiserver',
    `--version=${reportedVersion}`,
    '--bind-address=127.0.0.1',
    '--authorization-mode=RBAC,AlwaysAllow',
    `--secure-port=${port}`,
    '--feature-gates=',
    '--enable-admission-plugins=LimitRanger,ResourceQuota',
    '--disable-admission-plugins=ServiceAccount,DefaultStorageClass,DefaultTolerationSeconds,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,StorageObjectInUseProtection',
    '--etcd-servers=http://127.0.0.1:2379',
    '--runtime-config=api/v1',
    `--service-account-key-file=${key}`,
    '--service-account-lookup=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${key}`,
    '--storage-media-type=',
    `--cert-dir=${folder}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--client-ca-file=hack/testdata/ca/ca.crt',
    '--token-auth-file=hack/testdata/auth-tokens.csv',
  ];
}

function kubeconfigText(port) {
  const server = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    users: [{ name: 'controller-manager', user: { token: 'admin-token' } }],
    clusters: [{ name: 'local', cluster: server }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'controller-manager' } }],
    'current-context': 'local',
  });
}

async function untilReady(server, kubeconfig) {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    if (server.isGone()) throw new Error(`the server ended:\n${server.output()}`);
    if (raw(kubeconfig, '/readyz') === 'ok') return;
    if (Date.now() > deadline) throw new Error(`the server was not ready:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The end of what a test printed, without colours. */
function logOf(logs, name) {
  const colour = String.fromCharCode(27);
  const text = readFileSync(join(logs, `${name}.log`), 'utf8');
  return text.replaceAll(new RegExp(`${colour}(\\[[0-9;]*m|\\(B)`, 'g'), '');
}

function raw(kubeconfig, path) {
  return spawnSync(kubectl, ['--kubeconfig', kubeconfig, 'get', '--raw', path], { encoding: 'utf8' }).stdout;
}

const wanted = new Map(listed.map((entry) => [entry.test, entry]));

/** Prints the outcome of one test. */
function judge(line, logs) {
  const passed = /^ok (\w+)/.exec(line);
  const failed = /^not ok (\w+)/.exec(line);
  const name = (passed ?? failed)?.[1];
  if (name === undefined) return;
  const entry = wanted.get(name);
  if (passed && (!entry || entry.mayPass)) return console.log(line);
  if (failed && entry && logOf(logs, name).includes(entry.says))
    return console.log(`listed ${name}: ${entry.reason}`);
  process.exitCode = 1;
  if (passed) return console.log(`not ok ${name}: it passes; take it off the list`);
  console.log(`${logOf(logs, name).slice(-shownOfLog)}\n${line}`);
}

/** Upstream's script starts a server once only to see that it reports the version that it is told to. */
function checkVersion(kubeconfig) {
  const { gitVersion } = JSON.parse(raw(kubeconfig, '/version'));
  if (gitVersion === reportedVersion) return console.log(`ok version ${gitVersion}`);
  console.log(`not ok version: ${gitVersion} is not ${reportedVersion}`);
  process.exitCode = 1;
}

/** A copy that the tests may write into. What they would put into /tmp goes into the folder, for several run at once. */
function workFolder(folder) {
  const work = join(folder, 'kubernetes');
  cpSync(copy, work, { recursive: true });
  const scripts = join(work, 'test', 'cmd');
  for (const name of readdirSync(scripts).filter((file) => file.endsWith('.sh'))) {
    const path = join(scripts, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(?<![\w}])\/tmp\//g, `${folder}/`));
  }
  return work;
}

/** Runs the driver in a shell; resolves with its exit code. */
function drive(folder, work, port, part) {
  const logs = join(folder, 'logs');
  const env = {
    ...process.env,
    KUBECTL: kubectl,
    SECURE_API_PORT: String(port),
    LOGS: logs,
    TESTS: chosen.join(' '),
    PART: String(part),
    PARTS: String(parts),
    TMPDIR: folder,
  };
  delete env.KUBECONFIG;
  const child = spawn('bash', [join(here, 'driver.sh')], {
    cwd: work,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own, with all that the tests start
    detached: true,
  });
  const deadline = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), drivenWithinMs);
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop();
    for (const line of lines) judge(line, logs);
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, errors });
    }),
  );
}

/** Runs every `parts`th test against a server of its own. */
async function runPart(part) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-kubectl-scripts-'));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const work = workFolder(folder);
  const kubeconfig = join(folder, 'kubeconfig');
  const running = [];
  try {
    const port = await freePort();
    writeFileSync(kubeconfig, kubeconfigText(port));
    const server = start(serverFlags(port, folder), { cwd: work, log: join(logs, 'server.log') });
    running.push(server);
    await untilReady(server, kubeconfig);
    if (part === 0) checkVersion(kubeconfig);
    const flags = ['--leader-elect=false', '--kubeconfig', kubeconfig];
    const log = join(logs, 'controllers.log');
    running.push(start(['controller-manager', ...flags], { cwd: work, log }));
    const { code, errors } = await drive(folder, work, port, part);
    if (code === 0) return;
    console.log(`${errors}${readFileSync(join(logs, 'between.log'), 'utf8').slice(-shownOfLog)}`);
    console.log(`not ok driver: exit code ${code}`);
    process.exitCode = 1;
  } finally {
    for (const each of running.reverse()) await each.end();
    if (process.env.KEEP_LOGS) console.log(`logs: ${logs}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

await Promise.all(Array.from({ length: parts }, (_, part) => runPart(part)));
