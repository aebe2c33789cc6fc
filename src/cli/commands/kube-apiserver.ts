// `kubeskiff kube-apiserver`: the API server under the flags of upstream's, for programs that start one: envtest above all.
// Storage is memory: what they give as etcd is a stand-in.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { goQuote } from '../../api/go-text.ts';
import { type AuthorizationMode, parseAuthorizationModes } from '../../apiserver/authorization/modes.ts';
import { reportedVersion, versionInfo, versionStruct } from '../../apiserver/version.ts';
import { createLogger } from '../../cluster/logger.ts';
import { type ApiServerSettings, runApiServer } from '../../cluster/run-api-server.ts';
import { effectiveFlags, ignoredFlags } from '../kube-apiserver-flags.ts';
import { optionValues } from '../option-values.ts';
import { helpText, type OptionGroup, type ParsedOptions, parseOptions, UsageError } from '../options.ts';
import { servedOptions, servedSettings } from '../served-options.ts';
import { untilSignal } from '../signals.ts';

const groups: readonly OptionGroup[] = [
  ...effectiveFlags,
  { title: 'API enablement', options: servedOptions },
  {
    title: 'Accepted without effect',
    options: ignoredFlags.map((name) => ({ name, value: 'string', help: 'accepted without effect' })),
  },
  {
    title: 'Other',
    options: [
      {
        name: 'version',
        value: 'version',
        help: '--version, --version=raw prints the version; --version=vX.Y.Z... sets the reported one',
      },
      { name: 'help', help: 'print this text' },
    ],
  },
];

// Flags that upstream reads as switches: a value follows only behind an equals sign.
const switches = new Set([
  'allow-privileged',
  'anonymous-auth',
  'contention-profiling',
  'disable-http2-serving',
  'enable-aggregator-routing',
  'enable-bootstrap-token-auth',
  'enable-garbage-collector',
  'enable-logs-handler',
  'enable-priority-and-fairness',
  'logtostderr',
  'permit-address-sharing',
  'permit-port-sharing',
  'profiling',
  'service-account-extend-token-expiration',
  'service-account-lookup',
  'shutdown-send-retry-after',
  'version',
  'watch-cache',
]);

/** A certificate and key that are there already are served as they are, whoever signed them. */
function servingFiles(options: ParsedOptions): { certificate: string; key: string } | undefined {
  const certificate = options.text('tls-cert-file');
  const key = options.text('tls-private-key-file');
  if (certificate && key) return { certificate, key };
  const directory = options.text('cert-dir');
  const found = { certificate: join(directory, 'apiserver.crt'), key: join(directory, 'apiserver.key') };
  return directory && existsSync(found.certificate) && existsSync(found.key) ? found : undefined;
}

const command = 'kube-apiserver';

function authorizationModesOf(options: ParsedOptions): readonly AuthorizationMode[] {
  try {
    return parseAuthorizationModes(options.list('authorization-mode'));
  } catch (error) {
    throw new UsageError(`${command}: ${(error as Error).message}`);
  }
}

function settingsOf(options: ParsedOptions): ApiServerSettings {
  const values = optionValues(command, options);
  const issuers = options.list('service-account-issuer');
  const authorizationModes = authorizationModesOf(options);
  return {
    storage: 'memory',
    dataDirectory: '',
    certificateDirectory: servingFiles(options) ? '' : options.text('cert-dir'),
    bindAddress: values.address('bind-address'),
    port: values.wholeNumber('secure-port', 0, 65_535),
    kubeconfig: '',
    serviceRange: values.serviceRange('service-cluster-ip-range'),
    nodePortRange: values.portRange('service-node-port-range'),
    tokenFile: values.file('token-auth-file'),
    clientAuthorityFile: values.certificates('client-ca-file'),
    issuer: issuers[0] ?? 'https://kubernetes.default.svc.cluster.local',
    extraNames: options.list('external-hostname'),
    advertiseAddress: options.text('advertise-address'),
    disabledAdmission: values.admissionPlugins('disable-admission-plugins'),
    // upstream: ApplyAuthorization of pkg/kubeapiserver/options/authentication.go
    anonymousAuth: options.flag('anonymous-auth') && !authorizationModes.includes('AlwaysAllow'),
    authorizationModes,
    minRequestTimeoutMs: values.wholeNumber('min-request-timeout', 0, 2 ** 31) * 1000,
    gitVersion: versionFlag(options) || undefined,
    ...servedSettings(options),
    flags: options.all(),
    servingFiles: servingFiles(options),
    tokenKeyFiles: {
      signing: options.text('service-account-signing-key-file'),
      verification: options.list('service-account-key-file'),
    },
  };
}

/** What follows `--version=`, where that is a version to report. Throws UsageError for one that isn't ours. */
function versionFlag(options: ParsedOptions): string {
  const text = options.text('version');
  if (!text.startsWith('v')) return '';
  try {
    return reportedVersion(text);
  } catch (error) {
    throw new UsageError(
      `invalid argument ${goQuote(text)} for "--version" flag: ${(error as Error).message}`,
    );
  }
}

function optionsOf(args: readonly string[]): ParsedOptions {
  const long = args.map((a) => (a === '-v' || a.startsWith('-v=') ? `-${a}` : a === '-h' ? '--help' : a));
  const given = long.map((a) => (switches.has(a.slice(2)) ? `${a}=true` : a));
  return parseOptions(command, given, groups);
}

/** What a server is started with under these flags. Throws UsageError for flags that aren't upstream's. */
export function kubeApiServerSettings(args: readonly string[]): ApiServerSettings {
  return settingsOf(optionsOf(args));
}

/** Runs the server until a signal. Resolves with the exit code. */
export async function kubeApiServerCommand(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options.flag('help')) {
    process.stdout.write(
      helpText(
        'kube-apiserver [flags]',
        'The Kubernetes API server of kubeskiff, with storage in memory.',
        groups,
      ),
    );
    return 0;
  }
  const asked = options.text('version');
  if (asked === 'raw') process.stdout.write(`${versionStruct()}\n`);
  if (asked === 'true') process.stdout.write(`Kubernetes ${versionInfo.gitVersion}\n`);
  if (asked === 'raw' || asked === 'true') return 0;
  const settings = settingsOf(options);
  const ended = untilSignal();
  const server = await runApiServer(settings, createLogger(Number(options.text('v'))));
  await ended;
  await server.close();
  return 0;
}
