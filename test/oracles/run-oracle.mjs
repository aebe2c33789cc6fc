// Builds an oracle, a Go program over upstream's own packages, and runs a TypeScript program that asks it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');

// What an oracle's build says of itself.
const version = 'k8s.io/component-base/version';
const buildFlags = {
  'api-server': [
    '-ldflags',
    `-X ${version}.gitVersion=v1.36.3 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`,
  ],
};

/** Why no oracle can run here, undefined where Go is. */
export function missingOracle() {
  if (spawnSync('go', ['version']).status === 0) return undefined;
  return 'Go is not installed, and the oracle is a Go program';
}

/** Where an oracle's programs are put while they run: `use` gets the paths, and may return a promise. */
async function withPrograms(name, entry, use) {
  const source = join(here, name);
  const work = mkdtempSync(join(tmpdir(), `${name}-`));
  // Beside the package's own files, where the fact tables are found from.
  const bundle = join(root, '.cache', `${name}-${process.pid}.mjs`);
  try {
    const binary = join(work, 'oracle');
    const built = spawnSync('go', ['build', ...(buildFlags[name] ?? []), '-o', binary, '.'], {
      cwd: source,
      stdio: 'inherit',
    });
    if (built.status !== 0) throw new Error('the oracle does not build');
    mkdirSync(dirname(bundle), { recursive: true });
    await build({
      entryPoints: [join(source, entry)],
      bundle: true,
      external: ['undici'],
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      logLevel: 'error',
    });
    return await use([process.execPath, bundle, binary]);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(bundle, { force: true });
  }
}

/** Runs `compare.ts` of an oracle's folder with these arguments; `run` starts a command in the root. */
export function compareWithOracle(name, args, run) {
  return withPrograms(name, 'compare.ts', (command) => run([...command, ...args.map(String)]));
}

/** The way in from the command line: `--record` runs record.ts, where the oracle has one, instead of compare.ts. */
export async function runOracle(name) {
  const reason = missingOracle();
  if (reason) {
    console.log(`skipped: ${reason}`);
    return;
  }
  const records = process.argv[2] === '--record';
  const args = process.argv.slice(records ? 3 : 2);
  process.exitCode = await withPrograms(name, records ? 'record.ts' : 'compare.ts', ([node, ...command]) => {
    const { status } = spawnSync(node, [...command, ...args], { cwd: root, stdio: 'inherit' });
    return status ?? 1;
  });
}
