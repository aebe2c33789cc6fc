// `kubeskiff status`, `stop` and `reset`: what becomes of a cluster that runs, or ran, on a data directory.
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterRecord,
  defaultDataDirectory,
  isAlive,
  readRecord,
} from '../../cluster/data-directory.ts';
import { helpText, type OptionGroup, parseOptions, UsageError } from '../options.ts';

/** The options of the three. */
export const stateOptions: readonly OptionGroup[] = [
  {
    title: 'Cluster',
    options: [
      {
        name: 'data-dir',
        value: 'DIR',
        help: "the cluster's directory (default a folder of the user's data directory)",
      },
    ],
  },
  { title: 'Other', options: [{ name: 'help', help: 'print this text' }] },
];

const lookMs = 20;

type Action = (directory: string, record: ClusterRecord | undefined) => Promise<number>;

/** Parses the options and does `action`. */
function command(name: string, about: string, action: Action): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const options = parseOptions(`kubeskiff ${name}`, args, stateOptions);
    if (options.flag('help')) {
      process.stdout.write(helpText(`kubeskiff ${name} [options]`, about, stateOptions));
      return 0;
    }
    const directory = resolve(options.text('data-dir') || defaultDataDirectory());
    return action(directory, await readRecord(directory));
  };
}

async function end({ pid }: ClusterRecord): Promise<void> {
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid)) await sleep(lookMs);
}

/** Tells what runs; exits with 3 when nothing does, as init scripts do. */
export const statusCommand = command('status', 'Tells whether a cluster runs.', async (directory, record) => {
  if (!record) {
    process.stdout.write(`no cluster runs on ${directory}; kubeskiff up starts one\n`);
    return 3;
  }
  const { url, kubeconfig, nodes, pid, startedAt } = record;
  const lines = [
    `kubeskiff runs at ${url}`,
    `  process     ${pid}, since ${new Date(startedAt).toISOString()}`,
    `  nodes       ${nodes.length}`,
    `  kubeconfig  ${kubeconfig}`,
    `  data        ${directory}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
});

/** Ends a cluster in order; its data stay. */
export const stopCommand = command('stop', 'Ends a cluster; its data stay.', async (directory, record) => {
  if (!record) {
    process.stdout.write(`no cluster runs on ${directory}\n`);
    return 0;
  }
  await end(record);
  process.stdout.write('stopped; kubeskiff up goes on with the same data\n');
  return 0;
});

/** Ends a cluster and deletes its data. */
export const resetCommand = command(
  'reset',
  'Ends a cluster and deletes its data.',
  async (directory, record) => {
    if (!existsSync(directory)) {
      process.stdout.write(`nothing to delete: ${directory} does not exist\n`);
      return 0;
    }
    if (!isOurs(directory))
      throw new UsageError(
        `reset: ${directory} does not look like a data directory of kubeskiff: nothing deleted`,
      );
    if (record) await end(record);
    rmSync(directory, { recursive: true, force: true });
    process.stdout.write(`deleted ${directory}\n`);
    return 0;
  },
);

/** A mistyped --data-dir must not cost somebody his home. */
function isOurs(directory: string): boolean {
  return ['store', 'pki', 'cluster.json'].some((name) => existsSync(join(directory, name)));
}
