// Runs test suites of controller-runtime itself against the programs of KUBEBUILDER_ASSETS. Argument: the folder with a copy
// of the module, in whose folder `compiled` the suites are. Prints a line `ok NAME` for each suite; ends with 1 at a failure.
import { join } from 'node:path';
import { runCompiledTests } from '../compiled-tests.mjs';
import { suites } from './suites.mjs';

const copy = process.argv[2];

/** Runs a compiled suite as `go test` would: in its package's folder. */
function runSuite({ folder, skip }) {
  const program = join(copy, 'compiled', `${folder.replaceAll('/', '-')}.test`);
  const args = ['-test.timeout', '240s', '-ginkgo.no-color'];
  if (skip?.test) args.push('-test.skip', skip.test);
  return runCompiledTests(program, join(copy, 'pkg', folder), args);
}

/** How many passed: specifications of ginkgo, or tests where there are none. */
function passed(output) {
  const specs = Number(/(\d+) Passed/.exec(output)?.[1] ?? 0);
  return specs || (output.match(/^ *--- PASS/gm)?.length ?? 0);
}

for (const suite of suites) {
  const { code, output } = await runSuite(suite);
  const count = passed(output);
  if (code === 0 && count > 0) {
    console.log(
      `ok pkg/${suite.folder}: ${count} passed${suite.skip ? `, without ${suite.skip.reason}` : ''}`,
    );
    continue;
  }
  console.log(`${output}\nnot ok pkg/${suite.folder}: exit code ${code}`);
  process.exitCode = 1;
}
