// Runs the generators under openapi/ whose output is missing or older than what it is made from.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const openapi = join(dirname(fileURLToPath(import.meta.url)), '..', 'openapi');

/** Runs every openapi/generate-*.mjs. */
export async function generate() {
  for (const file of readdirSync(openapi).filter((f) => /^generate-.*\.mjs$/.test(f))) {
    const { status, stderr } = spawnSync(process.execPath, [join(openapi, file)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openapi/${file} failed:\n${stderr}`);
  }
  if (!existsSync(join(openapi, 'generated', 'types'))) throw new Error('openapi/generated is incomplete');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
