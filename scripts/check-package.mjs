// Packs the package, installs it into an empty folder and starts it once: what users get must work.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from './build.mjs';
import { buildTypes } from './build-types.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-package-'));

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** What is loaded only when it is asked for, and so could be missing from the bundle. */
const paths = [
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/apis/apps/v1',
  '/version',
  '/openid/v1/jwks',
];

/** Asks for every path as the administrator. */
async function askEverything(url) {
  const pick = (name) => readFileSync(join(folder, 'data', 'pki', name));
  const tls = { ca: pick('ca.crt'), cert: pick('admin.crt'), key: pick('admin.key') };
  for (const path of paths) {
    const status = await new Promise((resolve, reject) => {
      get(`${url}${path}`, tls, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    if (status !== 200) throw new Error(`GET ${path}: ${status}`);
  }
}

/** Starts the installed program and resolves once it says that it is ready. */
function startsOnce() {
  const program = join(folder, 'node_modules', '.bin', 'kubeskiff');
  const child = spawn(
    program,
    ['up', '--storage', 'leveldb', '--data-dir', join(folder, 'data'), '--port', '0'],
    { cwd: folder },
  );
  return new Promise((resolve, reject) => {
    let text = '';
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready within 30 s:\n${text}`));
    }, 30_000);
    const take = (chunk) => {
      const before = text;
      text += chunk;
      const [, url] = /ready at (https:\/\/[\d.:]+):/.exec(text) ?? [];
      if (!url || before.includes('ready at https://')) return;
      askEverything(url).then(
        () => child.kill('SIGTERM'),
        (error) => {
          child.kill('SIGKILL');
          reject(error);
        },
      );
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', (code) => {
      clearTimeout(deadline);
      if (code === 0 && text.includes('ready at https://')) resolve(text.split('\n')[0]);
      else reject(new Error(`exit code ${code}:\n${text}`));
    });
  });
}

/** A test as users write it: typed against the package, with a cluster in its process that ends when it is closed. */
const sample = `import { resources, startCluster } from 'kubeskiff/testing';
const cluster = await startCluster();
const { items } = await cluster.client.list(resources.nodes);
const names: (string | undefined)[] = items.map((node) => node.metadata.name);
await cluster.close();
console.log(names.join(' '));
`;

/** Type-checks and runs the sample in the folder. */
function testsWork() {
  writeFileSync(join(folder, 'sample.mts'), sample);
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const options = [
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  const types = ['--typeRoots', join(root, 'node_modules', '@types')];
  run(tsc, [...options, ...types, 'sample.mts'], folder);
  const printed = run(process.execPath, ['sample.mjs'], folder).trim();
  if (printed !== 'node-1') throw new Error(`the sample printed ${JSON.stringify(printed)}`);
}

try {
  await buildProgram();
  buildTypes();
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  );
  run('npm', ['init', '-y'], folder);
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', join(folder, filename)], folder);
  // without it everything works all the same, only slower
  if (!existsSync(join(folder, 'node_modules', 'kubeskiff', 'dist', 'built-in-openapi-v2')))
    throw new Error('dist/built-in-openapi-v2 is not in the package');
  console.log(`packed package: ${await startsOnce()}`);
  testsWork();
  console.log('packed package: kubeskiff/testing has types and works');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
