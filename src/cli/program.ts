// The kubeskiff program: picks the command; each command's modules are loaded only when it runs.
import { nearest, UsageError } from './options.ts';

const commands: Record<string, () => Promise<(args: readonly string[]) => Promise<number>>> = {
  up: async () => (await import('./commands/up.ts')).upCommand,
  status: async () => (await import('./commands/cluster-state.ts')).statusCommand,
  stop: async () => (await import('./commands/cluster-state.ts')).stopCommand,
  reset: async () => (await import('./commands/cluster-state.ts')).resetCommand,
  apiserver: async () => (await import('./commands/apiserver.ts')).apiserverCommand,
  'controller-manager': async () => (await import('./commands/parts.ts')).controllerManagerCommand,
  scheduler: async () => (await import('./commands/parts.ts')).schedulerCommand,
  node: async () => (await import('./commands/parts.ts')).nodeCommand,
  'envtest-assets': async () => (await import('./commands/envtest-assets.ts')).envtestAssetsCommand,
  'kube-apiserver': async () => (await import('./commands/kube-apiserver.ts')).kubeApiServerCommand,
  etcd: async () => (await import('./commands/etcd.ts')).etcdCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  version: async () => (await import('./commands/version.ts')).versionCommand,
};

const usage = `kubeskiff: the Kubernetes control plane in one process.

Usage: kubeskiff COMMAND [options]

Commands:
  up                   start a cluster: API server, controllers, scheduler and nodes
  status               tell whether one runs
  stop                 end it; its data stay
  reset                end it and delete its data
  apiserver            serve the Kubernetes API alone
  controller-manager   run the controllers against an API server
  scheduler            run the scheduler against an API server
  node                 run nodes against an API server
  envtest-assets       write the programs that envtest starts into a directory
  completion           print the completion script of a shell
  version              print the version

kubeskiff COMMAND --help tells the options of a command.
`;

async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    process.stdout.write(usage);
    return name === undefined ? 2 : 0;
  }
  const load = commands[name];
  if (!load)
    throw new UsageError(
      `kubeskiff: unknown command ${JSON.stringify(name)}; did you mean ${JSON.stringify(nearest(name, Object.keys(commands)))}? See kubeskiff --help`,
    );
  const command = await load();
  return command(rest);
}

/** Runs a command line (without the names of Node and of the program); the exit code is that of the process. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await runCommand(args);
  } catch (error) {
    const isForUser = error instanceof UsageError || (error instanceof Error && 'code' in error);
    process.stderr.write(
      `${isForUser ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    // what a failed start left open must not keep the program alive
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}
