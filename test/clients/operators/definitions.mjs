// Where the definitions of operators come from: their published Go modules.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a program; resolves with its exit code and what it printed. */
export function run(command, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...environment } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Fetches a module and compares its sum; its folder. */
export async function moduleFolder({ module, sum }) {
  // The sum is compared here: no data base of sums is asked.
  const { code, stdout, stderr } = await run('go', ['mod', 'download', '-json', module], { GOSUMDB: 'off' });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const fetched = JSON.parse(stdout);
  assert.equal(fetched.Sum, sum, `the sum of ${module}`);
  return fetched.Dir;
}

/** The files of definitions of a set. */
export async function definitionFiles(set) {
  const within = join(await moduleFolder(set), set.folder);
  return readdirSync(within)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(within, name))
    .filter((path) => /^kind: CustomResourceDefinition$/m.test(readFileSync(path, 'utf8')));
}
