// `kubeskiff up`: a whole cluster with one command.
import { join, resolve } from 'node:path';
import { defaultDataDirectory, readRecord, removeRecord, writeRecord } from '../../cluster/data-directory.ts';
import { createLogger } from '../../cluster/logger.ts';
import { type ClusterSettings, type RunningCluster, runCluster } from '../../cluster/run-cluster.ts';
import { detach } from '../detach.ts';
import { optionValues } from '../option-values.ts';
import { helpText, type OptionGroup, type ParsedOptions, parseOptions, UsageError } from '../options.ts';
import { servedOptions, servedSettings } from '../served-options.ts';
import { untilSignal } from '../signals.ts';

/** The options of `up`, for its help and the completion of shells. */
export const upOptions: readonly OptionGroup[] = [
  {
    title: 'Cluster',
    options: [
      { name: 'nodes', value: 'N', default: '1', help: 'how many nodes there are: node-1, node-2, ...' },
      {
        name: 'storage',
        value: 'leveldb|memory',
        default: 'leveldb',
        help: 'where objects live; memory forgets them at the end',
      },
      {
        name: 'data-dir',
        value: 'DIR',
        help: "where objects and keys are kept (default a folder of the user's data directory)",
      },
      { name: 'detach', help: 'go on in the background; kubeskiff status and stop find it' },
    ],
  },
  {
    title: 'Serving',
    options: [
      {
        name: 'port',
        value: 'N',
        help: 'port of the API server (default 6443, or a free one where that is taken)',
      },
      { name: 'bind-address', value: 'IP', default: '127.0.0.1', help: 'address to listen on' },
      {
        name: 'tls-san',
        value: 'NAME',
        multiple: true,
        help: 'further name or address for the serving certificate',
      },
    ],
  },
  {
    title: 'Kubeconfig',
    options: [
      {
        name: 'kubeconfig',
        value: 'FILE',
        help: "where the administrator's kubeconfig is written (default DATA-DIR/kubeconfig)",
      },
      {
        name: 'kubeconfig-merge',
        help: 'add cluster, user and context to that file (default ~/.kube/config) and keep what else it has',
      },
    ],
  },
  { title: 'API', options: servedOptions },
  {
    title: 'Other',
    options: [
      { name: 'v', value: 'N', default: '0', help: 'log verbosity: 0 warnings, 2 info, 4 debug' },
      { name: 'help', help: 'print this text' },
    ],
  },
];

const maxNodes = 5000;

const command = 'kubeskiff up';

function kubeconfigPath(options: ParsedOptions, dataDirectory: string): string {
  const given = options.text('kubeconfig');
  if (given) return resolve(given);
  if (!options.flag('kubeconfig-merge')) return join(dataDirectory, 'kubeconfig');
  return process.env['KUBECONFIG']?.split(':')[0] || join(process.env['HOME'] ?? '', '.kube', 'config');
}

function settingsOf(options: ParsedOptions, dataDirectory: string): ClusterSettings {
  const values = optionValues(command, options);
  const storage = options.text('storage');
  if (storage !== 'memory' && storage !== 'leveldb')
    throw new UsageError(`${command}: --storage ${storage}: choose leveldb or memory`);
  const asked = options.text('port');
  return {
    apiServer: {
      storage,
      dataDirectory,
      certificateDirectory: '',
      bindAddress: values.address('bind-address'),
      port: asked === '' ? 6443 : values.wholeNumber('port', 0, 65_535),
      anotherPort: asked === '',
      kubeconfig: kubeconfigPath(options, dataDirectory),
      mergeKubeconfig: options.flag('kubeconfig-merge'),
      serviceRange: '10.96.0.0/16',
      nodePortRange: '30000-32767',
      tokenFile: '',
      clientAuthorityFile: '',
      issuer: 'https://kubernetes.default.svc.cluster.local',
      extraNames: options.list('tls-san'),
      advertiseAddress: '',
      disabledAdmission: [],
      ...servedSettings(options),
      flags: options.all(),
    },
    nodes: values.wholeNumber('nodes', 1, maxNodes),
    verbosity: values.verbosity(),
  };
}

function tell({ url, kubeconfig, nodes }: RunningCluster, merged: boolean): void {
  const seconds = (performance.now() / 1000).toFixed(2);
  const count = `${nodes.length} node${nodes.length === 1 ? '' : 's'}`;
  const next = merged
    ? [`  kubectl config current-context   # kubeskiff, in ${kubeconfig}`]
    : [`  export KUBECONFIG=${kubeconfig}`];
  const lines = [
    `kubeskiff is ready at ${url}: ${count}, ${seconds} s`,
    '',
    ...next,
    '  kubectl get nodes',
    '  kubectl create deployment web --image=nginx --replicas=2',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Runs a cluster until a signal. Resolves with the exit code. */
export async function upCommand(args: readonly string[]): Promise<number> {
  const options = parseOptions(command, args, upOptions);
  if (options.flag('help')) {
    process.stdout.write(
      helpText(
        `${command} [options]`,
        'Starts a cluster: API server, controllers, scheduler and nodes.',
        upOptions,
      ),
    );
    return 0;
  }
  const dataDirectory = resolve(options.text('data-dir') || defaultDataDirectory());
  const settings = settingsOf(options, dataDirectory);
  const running = await readRecord(dataDirectory);
  if (running)
    throw new UsageError(
      `a cluster runs on ${dataDirectory} already, at ${running.url} (process ${running.pid}): kubeskiff stop ends it, --data-dir makes another`,
    );
  if (options.flag('detach')) return detach(args, dataDirectory);
  const stopped = untilSignal();
  const log = createLogger(settings.verbosity);
  const cluster = await runCluster(settings, log);
  const { url, kubeconfig, nodes } = cluster;
  const early = await Promise.race([cluster.ready.then(() => false), stopped.then(() => true)]);
  if (!early) {
    writeRecord(dataDirectory, { pid: process.pid, url, kubeconfig, nodes, startedAt: startTime() });
    tell(cluster, options.flag('kubeconfig-merge'));
    await Promise.race([stopped, cluster.failed]);
  }
  removeRecord(dataDirectory);
  await cluster.close();
  return 0;
}

/** When the process began, in milliseconds since the Unix epoch. */
function startTime(): number {
  return Math.round(performance.timeOrigin);
}
