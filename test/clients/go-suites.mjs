// Runs test suites that were compiled by `go test -c` against servers of a program in TypeScript.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/build.mjs';
import { runCompiledTests } from './compiled-tests.mjs';

const cache = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache');

/** The servers of a module that exports serveServers. Bundled beside the package's own files, where the fact tables are found from. */
async function openServers(module) {
  const outfile = join(cache, `servers-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  try {
    await build({ ...bundleOptions, entryPoints: [module], outfile, splitting: false });
    const { serveServers } = await import(pathToFileURL(outfile).href);
    return await serveServers();
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** `A/B` skips the part B of the test A. */
function skipPattern(name) {
  return name
    .split('/')
    .map((part) => `^${part}$`)
    .join('/');
}

/** Runs a compiled suite as `go test` would: in its package's folder. */
function runSuite({ program, folder, skip }, url) {
  const args = ['-test.timeout', '500s'];
  const left = Object.keys(skip);
  if (left.length > 0) args.push('-test.skip', left.map(skipPattern).join('|'));
  return runCompiledTests(program, folder, args, { KUBESKIFF_SERVERS: url });
}

/**
 * Runs suites, each with its `name`, its compiled `program`, the `folder` that it runs in, and what to `skip` by the reason why.
 * Prints a line `ok NAME` for each test that passed, and `without NAME: REASON` for those left out; ends with 1 at a failure.
 */
export async function runSuites(serversModule, suites) {
  const servers = await openServers(serversModule);
  for (const suite of suites) {
    const { code, output } = await runSuite(suite, servers.url);
    const passed = [...output.matchAll(/^ *--- PASS: (\S+)/gm)];
    for (const [, name] of passed) console.log(`ok ${join(suite.name, name)}`);
    for (const [name, reason] of Object.entries(suite.skip)) console.log(`without ${name}: ${reason}`);
    if (code === 0 && passed.length > 0) continue;
    console.log(`${output}\nnot ok ${suite.name}: exit code ${code}`);
    process.exitCode = 1;
  }
  await servers.close();
}
