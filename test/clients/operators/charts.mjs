// Installs operators with helm into the whole cluster that KUBECONFIG names: cert-manager by its own chart, the definitions of
// the others by charts around them. Arguments: helm and kubectl. Prints a line `ok NAME` for each check; ends with 1 at the
// first fault.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { definitionFiles, moduleFolder, run } from './definitions.mjs';
import { sets } from './sets.mjs';

const [helmPath, kubectlPath] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'kubeskiff-charts-'));

async function ok(program, args) {
  const { code, stdout, stderr } = await run(program, args, { HOME: home });
  assert.equal(code, 0, `${basename(program)} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const helm = (...args) => ok(helmPath, args);
const kubectl = (...args) => ok(kubectlPath, args);

async function definitionsOf(group) {
  const { items } = JSON.parse(await kubectl('get', 'crd', '-o', 'json'));
  return items.filter(({ spec }) => spec.group.endsWith(group));
}

function established({ status }) {
  return status.conditions.some(({ type, status: is }) => type === 'Established' && is === 'True');
}

/** The chart that the project publishes, in which only the versions are missing. */
async function certManagerChart() {
  const set = sets.find(({ name }) => name === 'cert-manager');
  const chart = join(home, 'cert-manager');
  cpSync(join(await moduleFolder(set), 'deploy/charts/cert-manager'), chart, { recursive: true });
  await run('chmod', ['-R', 'u+w', chart]);
  return chart;
}

async function installsCertManager() {
  const chart = await certManagerChart();
  const where = ['-n', 'cert-manager'];
  // its last step is a Job that asks its webhook, which nothing serves on simulated nodes
  const values = ['--set', 'crds.enabled=true', '--set', 'startupapicheck.enabled=false'];
  const waiting = ['--wait', '--timeout', '60s'];
  await helm('install', 'cert-manager', chart, ...where, '--create-namespace', ...values, ...waiting);
  const definitions = await definitionsOf('cert-manager.io');
  assert.equal(definitions.length, 6);
  assert.ok(definitions.every(established));
  const deployments = JSON.parse(await kubectl('get', 'deployments', ...where, '-o', 'json')).items;
  assert.equal(deployments.length, 3);
  for (const { status } of deployments) assert.equal(status.availableReplicas, 1);
  console.log("ok cert-manager's chart: installs");
  await helm('upgrade', 'cert-manager', chart, ...where, ...values, '--set', 'replicaCount=2', ...waiting);
  assert.equal(
    await kubectl('get', 'deploy/cert-manager', ...where, '-o', 'jsonpath={.status.availableReplicas}'),
    '2',
  );
  console.log("ok cert-manager's chart: upgrades");
  await helm('rollback', 'cert-manager', '1', ...where, ...waiting);
  assert.equal(await kubectl('get', 'deploy/cert-manager', ...where, '-o', 'jsonpath={.spec.replicas}'), '1');
  console.log("ok cert-manager's chart: goes back");
  await helm('uninstall', 'cert-manager', ...where, ...waiting);
  assert.equal(await kubectl('get', 'deploy,service,role', ...where, '-o', 'name'), '');
  assert.equal(await kubectl('get', 'validatingwebhookconfigurations', '-o', 'name'), '');
  // the chart keeps its definitions
  const kept = (await definitionsOf('cert-manager.io')).map(({ metadata }) => metadata.name);
  await kubectl('delete', 'crd', ...kept, '--timeout=20s');
  console.log("ok cert-manager's chart: is uninstalled");
}

async function chartAround(set) {
  const chart = join(home, `${set.name}-definitions`);
  const files = await definitionFiles(set);
  mkdirSync(join(chart, 'crds'), { recursive: true });
  for (const path of files) copyFileSync(path, join(chart, 'crds', basename(path)));
  writeFileSync(join(chart, 'Chart.yaml'), `apiVersion: v2\nname: ${set.name}\nversion: 1.0.0\n`);
  return { chart, count: files.length };
}

async function installs(set) {
  const { chart, count } = await chartAround(set);
  const before = (await definitionsOf('')).length;
  await helm('install', set.name, chart, '--wait', '--timeout', '60s');
  const definitions = await definitionsOf('');
  assert.equal(definitions.length - before, count);
  assert.ok(definitions.every(established));
  await helm('uninstall', set.name);
  console.log(`ok ${set.name}: helm installs ${count} definitions`);
}

try {
  await installsCertManager();
  for (const set of sets) await installs(set);
} catch (error) {
  console.log(error.stack);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
