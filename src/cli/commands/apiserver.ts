// `kubeskiff apiserver`: the API server alone.
import { join } from 'node:path';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { createLogger } from '../../cluster/logger.ts';
import { type ApiServerSettings, runApiServer } from '../../cluster/run-api-server.ts';
import { optionValues } from '../option-values.ts';
import { helpText, type OptionGroup, type ParsedOptions, parseOptions, UsageError } from '../options.ts';
import { servedOptions, servedSettings } from '../served-options.ts';
import { untilSignal } from '../signals.ts';

/** The options of `apiserver`. */
export const apiServerOptions: readonly OptionGroup[] = [
  {
    title: 'Storage',
    options: [
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
    ],
  },
  {
    title: 'Serving',
    options: [
      { name: 'bind-address', value: 'IP', default: '127.0.0.1', help: 'address to listen on' },
      { name: 'secure-port', value: 'N', default: '6443', help: 'port to listen on; 0 picks a free one' },
      {
        name: 'advertise-address',
        value: 'IP',
        help: 'address told to clients (default: the machine, by its first one)',
      },
      { name: 'cert-dir', value: 'DIR', help: 'where keys and certificates are kept (default DATA-DIR/pki)' },
      {
        name: 'tls-san',
        value: 'NAME',
        multiple: true,
        help: 'further name or address for the serving certificate',
      },
      {
        name: 'kubeconfig',
        value: 'FILE',
        help: "where the administrator's kubeconfig is written (default DATA-DIR/kubeconfig)",
      },
    ],
  },
  {
    title: 'Authentication',
    options: [
      {
        name: 'client-ca-file',
        value: 'FILE',
        help: 'further authority (PEM) whose client certificates are good',
      },
      { name: 'token-auth-file', value: 'FILE', help: 'static tokens, CSV: token,user,uid,"group1,group2"' },
      {
        name: 'service-account-issuer',
        value: 'URL',
        default: 'https://kubernetes.default.svc.cluster.local',
        help: 'issuer of service account tokens',
      },
    ],
  },
  {
    title: 'Cluster',
    options: [
      {
        name: 'service-cluster-ip-range',
        value: 'CIDR[,CIDR]',
        default: '10.96.0.0/16',
        help: 'addresses of services',
      },
      {
        name: 'service-node-port-range',
        value: 'N-M',
        default: '30000-32767',
        help: 'node ports of services',
      },
      {
        name: 'disable-admission-plugins',
        value: 'NAME[,NAME]',
        multiple: true,
        help: 'admission steps to leave out',
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

const command = 'kubeskiff apiserver';

function settingsOf(options: ParsedOptions): ApiServerSettings {
  const values = optionValues(command, options);
  const storage = options.text('storage');
  if (storage !== 'memory' && storage !== 'leveldb')
    throw new UsageError(`${command}: --storage ${storage}: choose leveldb or memory`);
  const dataDirectory = options.text('data-dir') || (storage === 'memory' ? '' : defaultDataDirectory());
  return {
    storage,
    dataDirectory,
    certificateDirectory: options.text('cert-dir'),
    bindAddress: values.address('bind-address'),
    port: values.wholeNumber('secure-port', 0, 65_535),
    kubeconfig: options.text('kubeconfig') || (dataDirectory && join(dataDirectory, 'kubeconfig')),
    serviceRange: values.serviceRange('service-cluster-ip-range'),
    nodePortRange: values.portRange('service-node-port-range'),
    tokenFile: values.file('token-auth-file'),
    clientAuthorityFile: values.certificates('client-ca-file'),
    issuer: options.text('service-account-issuer'),
    extraNames: options.list('tls-san'),
    advertiseAddress: options.text('advertise-address') && values.address('advertise-address'),
    disabledAdmission: values.admissionPlugins('disable-admission-plugins'),
    ...servedSettings(options),
    flags: options.all(),
  };
}

/** Runs the command until a signal. Resolves with the exit code. */
export async function apiserverCommand(args: readonly string[]): Promise<number> {
  const options = parseOptions(command, args, apiServerOptions);
  if (options.flag('help')) {
    process.stdout.write(helpText(`${command} [options]`, 'Serves the Kubernetes API.', apiServerOptions));
    return 0;
  }
  const settings = settingsOf(options);
  const log = createLogger(optionValues(command, options).verbosity());
  const ended = untilSignal();
  const server = await runApiServer(settings, log);
  const milliseconds = Math.round(performance.now());
  const lines = [`kubeskiff API server ready at ${server.url} (${milliseconds} ms)`];
  if (server.kubeconfig)
    lines.push('', `  export KUBECONFIG=${server.kubeconfig}`, '  kubectl get namespaces');
  process.stdout.write(`${lines.join('\n')}\n`);
  await ended;
  await server.close();
  return 0;
}
