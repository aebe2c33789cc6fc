// Runs upstream's own integration tests of custom resources, each against a fresh server. Argument: the folder with a copy of the
// module, in whose folder `compiled` the suites are. Prints a line `ok NAME` for each test; ends with 1 at a failure.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../../scripts/build.mjs';
import { programOf, suites } from './suites.mjs';

const copy = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, '..', '..', '..', '.cache');

/** The servers of servers.ts. Bundled beside the package's own files, where the fact tables are found from. */
async function openServers() {
  const outfile = join(cache, `apiextensions-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  try {
    const entryPoints = [join(here, 'servers.ts')];
    await build({ ...bundleOptions, entryPoints, outfile, splitting: false });
    const { serveServers } = await import(pathToFileURL(outfile).href);
    return await serveServers();
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Runs a compiled suite as `go test` would: in its package's folder. */
function runSuite({ folder, skip }, url) {
  const args = ['-test.v', '-test.timeout', '500s'];
  const left = Object.keys(skip);
  if (left.length > 0) args.push('-test.skip', left.map((name) => `^${name.replace('/', '$/^')}$`).join('|'));
  return new Promise((resolve, reject) => {
    const child = spawn(programOf(copy, folder), args, {
      cwd: join(copy, 'test', 'integration', folder),
      env: { ...process.env, KUBESKIFF_SERVERS: url },
    });
    let output = '';
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

const servers = await openServers();
for (const suite of suites) {
  const { code, output } = await runSuite(suite, servers.url);
  const passed = [...output.matchAll(/^ *--- PASS: (\S+)/gm)];
  for (const [, name] of passed) console.log(`ok ${join(suite.folder, name)}`);
  for (const [name, reason] of Object.entries(suite.skip)) console.log(`without ${name}: ${reason}`);
  if (code === 0 && passed.length > 0) continue;
  console.log(`${output}\nnot ok ${suite.folder}: exit code ${code}`);
  process.exitCode = 1;
}
await servers.close();
