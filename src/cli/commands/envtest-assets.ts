// `kubeskiff envtest-assets DIR`: the programs that KUBEBUILDER_ASSETS should hold, for controller-runtime's envtest.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../api/schema/type-table.ts';
import { UsageError } from '../options.ts';

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A launcher of a command of ours. */
function launcher(command: string): string {
  const program = join(packageRoot(), 'dist', 'main.js');
  return `#!/bin/sh
exec ${quoted(process.execPath)} ${quoted(program)} ${command} "$@"
`;
}

/** kubectl is no part of us: the one of the PATH is used, but not this launcher itself. */
const kubectl = `#!/bin/sh
self=$(cd "$(dirname "$0")" && pwd)
IFS=:
for folder in $PATH; do
  [ "$folder" = "$self" ] && continue
  [ -x "$folder/kubectl" ] && exec "$folder/kubectl" "$@"
done
echo "kubectl is not on the PATH: install it, or put it there" >&2
exit 127
`;

/** Writes the launchers. */
export async function envtestAssetsCommand(args: readonly string[]): Promise<number> {
  const [directory, ...more] = args;
  if (directory === '--help') {
    process.stdout.write(
      'Writes kube-apiserver, etcd and kubectl for envtest.\n\nUsage: kubeskiff envtest-assets DIR\n',
    );
    return 0;
  }
  if (directory === undefined || directory.startsWith('-') || more.length > 0)
    throw new UsageError('kubeskiff envtest-assets DIR: one directory is needed');
  const folder = resolve(directory);
  mkdirSync(folder, { recursive: true });
  const programs = { 'kube-apiserver': launcher('kube-apiserver'), etcd: launcher('etcd'), kubectl };
  for (const [name, text] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
  process.stdout.write(`export KUBEBUILDER_ASSETS=${folder}\n`);
  return 0;
}
