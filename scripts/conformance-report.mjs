// `npm run conformance:report`: replays the recorded exchanges and writes docs/conformance.md from the results.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const golden = join(root, 'test', 'golden');
const work = mkdtempSync(join(tmpdir(), 'conformance-'));
const bundle = join(root, '.cache', `conformance-${process.pid}.mjs`);

/** Runs the tests of test/golden; what each case came to. */
function runTests() {
  const output = join(work, 'results.json');
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  const suites = ['golden', 'controllers', 'expired'].map((name) => join(golden, `${name}.test.ts`));
  const reporters = ['--silent', '--reporter=json', `--outputFile.json=${output}`];
  spawnSync(vitest, ['run', ...suites, ...reporters], { cwd: root, stdio: 'inherit' });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ ancestorTitles, title, status }) => {
      const group = /^golden: (.*)$/.exec(ancestorTitles[0] ?? '')?.[1];
      // Behind the name of a case its title has the reason of a deviation.
      const name = title.replace(/ \((?:deviates|without).*$/s, '');
      return group ? [{ group, name, passed: status === 'passed' }] : [];
    }),
  );
}

try {
  mkdirSync(dirname(bundle), { recursive: true });
  await build({
    entryPoints: [join(golden, 'conformance.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'error',
  });
  const { conformancePage, readGroups } = await import(pathToFileURL(bundle).href);
  const page = conformancePage(readGroups(golden), runTests());
  writeFileSync(join(root, 'docs', 'conformance.md'), page);
  console.log(
    page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .join('\n'),
  );
} catch (error) {
  console.error(`neither as recorded nor a listed deviation: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(bundle, { force: true });
}
