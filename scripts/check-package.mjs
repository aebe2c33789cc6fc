// Packs the package, installs it into an empty folder and starts it once: what users get must work.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-package-'));

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Starts the installed program and resolves once it says that it is ready. */
function startsOnce() {
  const program = join(folder, 'node_modules', '.bin', 'kubeskiff');
  const child = spawn(
    program,
    ['apiserver', '--storage', 'leveldb', '--data-dir', join(folder, 'data'), '--secure-port', '0'],
    { cwd: folder },
  );
  return new Promise((resolve, reject) => {
    let text = '';
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready within 30 s:\n${text}`));
    }, 30_000);
    const take = (chunk) => {
      text += chunk;
      if (text.includes('ready at https://')) child.kill('SIGTERM');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', (code) => {
      clearTimeout(deadline);
      if (code === 0 && text.includes('ready at https://')) resolve(text.split('\n')[0]);
      else reject(new Error(`exit code ${code}:\n${text}`));
    });
  });
}

try {
  await buildProgram();
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  );
  run('npm', ['init', '-y'], folder);
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', join(folder, filename)], folder);
  console.log(`packed package: ${await startsOnce()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
