// Runs tests that `go test -c` compiled.
import { spawn } from 'node:child_process';

/** Runs a program in its package's folder, as `go test` would; resolves with its exit code and all that it printed. */
export function runCompiledTests(program, folder, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-test.v', ...args], {
      cwd: folder,
      env: { ...process.env, ...environment },
    });
    let output = '';
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
