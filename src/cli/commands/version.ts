// `kubeskiff version`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../api/schema/type-table.ts';
import { versionInfo } from '../../apiserver/version.ts';

/** Prints the program's version and the Kubernetes version it speaks. */
export async function versionCommand(): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  process.stdout.write(`kubeskiff ${version}, Kubernetes ${versionInfo.gitVersion}\n`);
  return 0;
}
