// Compares expressions and validation rules with upstream's own code: builds the oracle in Go, then runs the recorded
// cases and random expressions through both.
// node test/oracles/cel.mjs [expressions] [seed]; not part of npm test. `--record` writes the answers of
// test/fixtures/cel anew instead.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const source = join(here, 'cel');

if (spawnSync('go', ['version']).status !== 0) {
  console.log('skipped: Go is not installed, and the oracle is a Go program');
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'cel-'));
const bundle = join(root, '.cache', `cel-${process.pid}.mjs`);
try {
  const binary = join(work, 'oracle');
  const built = spawnSync('go', ['build', '-o', binary, '.'], { cwd: source, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the oracle does not build');
  mkdirSync(dirname(bundle), { recursive: true });
  const records = process.argv[2] === '--record';
  await build({
    entryPoints: [join(source, records ? 'record.ts' : 'compare.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'error',
  });
  const args = [bundle, binary, ...process.argv.slice(records ? 3 : 2)];
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(bundle, { force: true });
}
