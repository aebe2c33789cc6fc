// Runs test suites of Flux against the programs of KUBEBUILDER_ASSETS. Arguments: the name of a list in suites.mjs and the folder
// with the copies of its modules, which have the compiled suites. Prints a line `ok NAME` for each test; ends with 1 at a failure.
import { join } from 'node:path';
import { runCompiledTests } from '../compiled-tests.mjs';
import { startContainers } from './container.mjs';
import { controllers, copyOf, libraries, programOf } from './suites.mjs';

const [list, copies] = process.argv.slice(2);

/** Names of tests as a pattern of `go test`. */
function pattern(names) {
  return names.map((name) => `^${name.replaceAll('.', '\\.').replaceAll('/', '$/^')}$`).join('|');
}

/** Runs a compiled suite as `go test` would: in its package's folder; `only` some of its tests. */
function runSuite(module, { folder, skip = {} }, environment, only = []) {
  const args = ['-test.timeout', '600s'];
  const left = Object.keys(skip);
  if (left.length > 0) args.push('-test.skip', pattern(left));
  if (only.length > 0) args.push('-test.run', pattern(only));
  const within = join(copyOf(copies, module), folder);
  return runCompiledTests(programOf(copies, module, folder), within, args, environment);
}

/** The tests with an outcome, in the order in which they are printed. */
function having(outcome, output, depth = ' *') {
  const lines = new RegExp(`^${depth}--- ${outcome}: (\\S+)`, 'gm');
  return [...output.matchAll(lines)].map(([, name]) => name);
}

/** What a suite says, with its second word where it has one. */
async function outcomeOf(module, suite, environment) {
  const { code, output } = await runSuite(module, suite, environment);
  const passed = new Set(having('PASS', output));
  const failed = having('FAIL', output, '');
  if (code === 0 || !suite.again || failed.length === 0) return { code, output, passed };
  const second = await runSuite(module, suite, environment, failed);
  for (const name of having('PASS', second.output)) passed.add(name);
  return { code: second.code, output: output + second.output, passed };
}

const containers = await startContainers();
for (const module of { libraries, controllers }[list]) {
  for (const suite of module.suites) {
    const { folder, atLeast, skip = {} } = suite;
    const name = join(module.path, folder);
    const { code, output, passed } = await outcomeOf(module, suite, { DOCKER_HOST: containers.url });
    for (const test of passed) console.log(`ok ${name} ${test}`);
    for (const [test, reason] of Object.entries(skip)) console.log(`without ${name} ${test}: ${reason}`);
    if (code === 0 && passed.size >= atLeast) continue;
    console.log(output);
    for (const test of new Set(having('FAIL', output)))
      if (!passed.has(test)) console.log(`not ok ${name} ${test}`);
    console.log(`not ok ${name}: exit code ${code}, ${passed.size} of ${atLeast} tests passed`);
    process.exitCode = 1;
  }
}
await containers.close();
