// `npm start`: installs and builds what is missing, then runs a cluster with its data in the user's data directory.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist', 'main.js');

/** The time of the newest file under some paths. */
function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const { mtimeMs } = statSync(path);
    const inner = statSync(path).isDirectory()
      ? newest(
          readdirSync(path)
            .filter((f) => f !== 'generated')
            .map((f) => join(path, f)),
        )
      : mtimeMs;
    time = Math.max(time, inner);
  }
  return time;
}

const sources = ['src', 'openapi', 'scripts', 'package.json'].map((p) => join(root, p));
if (existsSync(join(root, 'src')) && (!existsSync(program) || statSync(program).mtimeMs < newest(sources))) {
  installPackages();
  console.error('building ...');
  const { buildProgram } = await import('./build.mjs');
  await buildProgram();
}
const child = spawn(process.execPath, [program, 'up', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
