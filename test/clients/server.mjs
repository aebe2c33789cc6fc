// A fresh server, alone or in a whole cluster, as its own process, from dist/, with memory storage.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'main.js');
const readyWithinMs = 30_000;

function commandLine({ cluster, nodes = 1 }, folder, kubeconfig) {
  const storage = ['--storage', 'memory', '--kubeconfig', kubeconfig];
  const data = join(folder, 'data');
  if (cluster) return ['up', ...storage, '--nodes', `${nodes}`, '--port', '0', '--data-dir', data];
  return ['apiserver', ...storage, '--secure-port', '0'];
}

/**
 * Starts an API server, with `cluster` also controllers, a scheduler and a node. Resolves with its kubeconfig and `stop`
 * once it is ready.
 */
export async function startServer(options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-clients-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const args = commandLine(options, folder, kubeconfig);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let text = '';
  await new Promise((resolve, reject) => {
    const fail = () => {
      child.kill('SIGKILL');
      reject(new Error(`the server was not ready:\n${text}`));
    };
    const deadline = setTimeout(fail, readyWithinMs);
    const take = (chunk) => {
      text += chunk;
      if (!text.includes('ready at https://')) return;
      clearTimeout(deadline);
      resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', fail);
  });
  return {
    kubeconfig,
    /** Ends the server; its exit code. */
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
