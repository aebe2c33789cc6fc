// `npm test`: installs what is missing, generates, checks format, lint, layers and types, builds, then runs the tests.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs one step; a failing step ends the run. */
function step(title, command, args) {
  console.error(`> ${title}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${title} failed`);
    process.exit(status ?? 1);
  }
}

installPackages();
const bin = (name) => join(root, 'node_modules', '.bin', name);
step('generate', process.execPath, [join(root, 'scripts/generate.mjs')]);
step('format and lint', bin('biome'), ['check', '--error-on-warnings', '.']);
step('layers', process.execPath, [join(root, 'scripts/check-layers.mjs')]);
step('types', bin('tsc'), ['--noEmit']);
step('build', process.execPath, [join(root, 'scripts/build.mjs')]);
step('tests', bin('vitest'), ['run', '--project', 'unit', '--project', 'system', ...process.argv.slice(2)]);
