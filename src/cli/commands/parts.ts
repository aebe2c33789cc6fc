// `kubeskiff controller-manager`, `scheduler` and `node`: the parts of a cluster one by one, as clients of an API server.
import type { Logger } from 'pino';
import { keepAlive } from '../../api/clock.ts';
import { createLogger } from '../../cluster/logger.ts';
import { nodeNames } from '../../cluster/run-cluster.ts';
import { runControllerManager, runNodes, runSchedulerPart } from '../../cluster/run-part.ts';
import { optionValues } from '../option-values.ts';
import { helpText, type OptionGroup, type ParsedOptions, parseOptions, UsageError } from '../options.ts';
import { untilSignal } from '../signals.ts';

const connection: OptionGroup = {
  title: 'API server',
  options: [
    {
      name: 'kubeconfig',
      value: 'FILE',
      help: 'where the API server is and who we are (default $KUBECONFIG)',
    },
  ],
};
const other: OptionGroup = {
  title: 'Other',
  options: [
    { name: 'v', value: 'N', default: '0', help: 'log verbosity: 0 warnings, 2 info, 4 debug' },
    { name: 'help', help: 'print this text' },
  ],
};
const election: OptionGroup = {
  title: 'Leader election',
  options: [
    {
      name: 'leader-elect',
      value: 'BOOL',
      default: 'true',
      help: 'wait for the lease of the part, so that of several copies one works',
    },
  ],
};
const naming: OptionGroup = {
  title: 'Nodes',
  options: [
    { name: 'nodes', value: 'N', default: '1', help: 'how many nodes to run: node-1, node-2, ...' },
    {
      name: 'hostname-override',
      value: 'NAME',
      multiple: true,
      help: 'names of the nodes, in place of --nodes',
    },
  ],
};

/** The options of the parts that elect a leader. */
export const partOptions: readonly OptionGroup[] = [connection, election, other];
/** The options of `node`. */
export const nodeOptions: readonly OptionGroup[] = [connection, naming, other];

function kubeconfigOf(name: string, options: ParsedOptions): string {
  const path = options.text('kubeconfig') || process.env['KUBECONFIG']?.split(':')[0];
  if (!path) throw new UsageError(`${name}: --kubeconfig FILE is needed: it says where the API server is`);
  return path;
}

type Run = (options: ParsedOptions, kubeconfig: string, log: Logger, signal: AbortSignal) => Promise<void>;

function command(
  name: string,
  about: string,
  groups: readonly OptionGroup[],
  run: Run,
): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const options = parseOptions(`kubeskiff ${name}`, args, groups);
    if (options.flag('help')) {
      process.stdout.write(helpText(`kubeskiff ${name} [options]`, about, groups));
      return 0;
    }
    const kubeconfig = kubeconfigOf(name, options);
    const log = createLogger(optionValues(`kubeskiff ${name}`, options).verbosity());
    const stop = new AbortController();
    void untilSignal().then(() => stop.abort());
    // also while the API server is away
    const alive = keepAlive();
    try {
      await run(options, kubeconfig, log, stop.signal);
    } finally {
      alive.cancel();
    }
    if (stop.signal.aborted) return 0;
    // another took over: what starts us again makes us a candidate
    process.stderr.write(`${name}: the lease was lost\n`);
    return 1;
  };
}

/** Runs the controllers until a signal. */
export const controllerManagerCommand = command(
  'controller-manager',
  'Runs the controllers against an API server.',
  partOptions,
  (options, kubeconfig, log, signal) =>
    runControllerManager({ kubeconfig, leaderElect: options.flag('leader-elect') }, log, signal),
);

/** Runs the scheduler until a signal. */
export const schedulerCommand = command(
  'scheduler',
  'Assigns pods to nodes, against an API server.',
  partOptions,
  (options, kubeconfig, log, signal) =>
    runSchedulerPart({ kubeconfig, leaderElect: options.flag('leader-elect') }, log, signal),
);

/** Runs nodes until a signal. */
export const nodeCommand = command(
  'node',
  'Runs nodes with simulated containers against an API server.',
  nodeOptions,
  (options, kubeconfig, log, signal) => {
    const given = options.list('hostname-override');
    const count = optionValues('kubeskiff node', options).wholeNumber('nodes', 1, 5000);
    return runNodes({ kubeconfig, nodeNames: given.length > 0 ? given : nodeNames(count) }, log, signal);
  },
);
