// Installs the definitions of well-known operators with kubectl into the server that KUBECONFIG names, and works with objects
// of theirs. Argument: the kubectl to run. Prints a line `ok NAME` for each check; ends with 1 at the first fault.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definitionFiles, run } from './definitions.mjs';
import { sets } from './sets.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const kubectlPath = process.argv[2];
const home = mkdtempSync(join(tmpdir(), 'kubeskiff-operators-'));

/** Runs kubectl with a cache of discovery of its own, which outlives no exercise. */
const tryKubectl = (...args) => run(kubectlPath, ['--cache-dir', join(home, 'cache'), ...args]);

async function kubectl(...args) {
  const { code, stdout, stderr } = await tryKubectl(...args);
  assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Applies a file as users do, on the server where the annotation of the client is too long. */
async function apply(path) {
  const { code, stderr } = await tryKubectl('apply', '-f', path);
  if (code === 0) return 'client';
  assert.match(stderr, /metadata\.annotations: Too long: may not be more than 262144 bytes/);
  await kubectl('apply', '--server-side', '-f', path);
  return 'server';
}

async function installs(files) {
  const by = { client: 0, server: 0 };
  for (const path of files) by[await apply(path)]++;
  const listed = files.flatMap((path) => ['-f', path]);
  await kubectl('wait', '--for=condition=Established', '--timeout=20s', ...listed);
  const definitions = JSON.parse(await kubectl('get', ...listed, '-o', 'json'));
  const items = definitions.items ?? [definitions];
  assert.equal(items.length, files.length);
  return { by, items };
}

async function explains(items) {
  for (const { spec } of items) {
    for (const { name, served } of spec.versions) {
      if (!served) continue;
      const version = `${spec.group}/${name}`;
      const shown = await kubectl('explain', spec.names.plural, '--api-version', version);
      assert.match(
        shown,
        new RegExp(`^GROUP: +${spec.group}\nKIND: +${spec.names.kind}\nVERSION: +${name}\n`),
      );
      assert.match(shown, /^FIELDS:\n {2}apiVersion\t<string>\n/m);
    }
  }
}

async function refuses({ name, reasons }) {
  const { code, stderr } = await tryKubectl('apply', '-f', join(here, 'refused', `${name}.yaml`));
  assert.equal(code, 1, stderr);
  for (const reason of reasons) assert.ok(stderr.includes(reason), stderr);
}

/** Applying on the server what is there already changes nothing. */
async function appliesAgain(path) {
  const versions = () => kubectl('get', '-f', path, '-o', 'jsonpath={.items[*].metadata.resourceVersion}');
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', path);
  const before = await versions();
  await kubectl('apply', '--server-side', '-f', path);
  assert.equal(await versions(), before);
}

async function removes(files, valid, group) {
  await kubectl('delete', '-f', valid, '--timeout=20s');
  await kubectl('delete', ...files.flatMap((path) => ['-f', path]), '--timeout=20s');
  assert.equal(await kubectl('api-resources', '--api-group', group, '-o', 'name'), '');
}

async function exercise(set) {
  const files = await definitionFiles(set);
  const { by, items } = await installs(files);
  const group = items[0].spec.group;
  console.log(
    `ok ${set.name}: installs ${items.length} definitions, ${by.client} applied by the client, ${by.server} by the server`,
  );
  await explains(items);
  console.log(`ok ${set.name}: explains each kind`);
  const valid = join(here, 'valid', `${set.name}.yaml`);
  await kubectl('apply', '-f', valid);
  await appliesAgain(valid);
  console.log(`ok ${set.name}: takes objects`);
  await refuses(set);
  console.log(`ok ${set.name}: refuses a bad object`);
  for (const [plural, expected] of Object.entries(set.rows)) {
    const definition = items.find(({ spec }) => spec.names.plural === plural);
    assert.match(await kubectl('get', `${plural}.${definition.spec.group}`), expected);
  }
  console.log(`ok ${set.name}: lists objects`);
  await removes(files, valid, group);
  console.log(`ok ${set.name}: removes objects and definitions`);
}

try {
  for (const set of sets) await exercise(set);
  assert.equal(await kubectl('get', 'crd', '-o', 'name'), '');
  console.log('ok leaves no definition');
} catch (error) {
  console.log(error.stack);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
