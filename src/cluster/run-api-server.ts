// An API server as its own process: storage, credentials, kubeconfig, socket.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { systemClock, systemRandom } from '../api/clock.ts';
import { AddressPool } from '../apiserver/allocation/address-pool.ts';
import { tokenFileAuthenticator } from '../apiserver/authentication/token-file.ts';
import type { AuthorizationMode } from '../apiserver/authorization/modes.ts';
import { type HttpsKubeletOptions, httpsKubelets } from '../apiserver/kubelets.ts';
import { type ApiServer, createApiServer } from '../apiserver/server.ts';
import { openMemoryStorage } from '../storage/backends/memory.ts';
import type { Storage } from '../storage/storage.ts';
import {
  fileStore,
  loadCredentials,
  loadPartCredentials,
  noStore,
  type PartCredentials,
} from './credentials.ts';
import { advertisedAddress, servingNames } from './host-names.ts';
import { kubeconfigText, mergeKubeconfig, writeKubeconfig } from './kubeconfig.ts';
import type { KeyPair } from './pki.ts';
import { collectWhenQuiet } from './quiet-collection.ts';
import { type ServedApiOptions, servedApis } from './served-apis.ts';

/** The options of `kubeskiff apiserver`, checked. */
export interface ApiServerSettings extends ServedApiOptions {
  /** What has been opened is not closed with the server. */
  readonly storage: 'memory' | 'leveldb' | Storage;
  /** Where everything is kept; '' keeps nothing (memory only). */
  readonly dataDirectory: string;
  /** Where keys and certificates are kept; '' for a folder of the data directory. */
  readonly certificateDirectory: string;
  readonly bindAddress: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Take a free one where `port` is taken. */
  readonly anotherPort?: boolean;
  /** Where the administrator's kubeconfig is written; '' for nowhere. */
  readonly kubeconfig: string;
  /** Keep what else the kubeconfig has: cluster, user and context are added, and the context becomes the current one. */
  readonly mergeKubeconfig?: boolean;
  readonly serviceRange: string;
  readonly nodePortRange: string;
  readonly tokenFile: string;
  /** A PEM file of a further authority for client certificates. */
  readonly clientAuthorityFile: string;
  readonly issuer: string;
  readonly extraNames: readonly string[];
  readonly advertiseAddress: string;
  readonly disabledAdmission: readonly string[];
  /** Whether requests need no credentials; absent: they don't. */
  readonly anonymousAuth?: boolean;
  /** Absent: RBAC alone. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  /** After how long a watch that names no timeout may end; absent: half an hour. */
  readonly minRequestTimeoutMs?: number;
  /** The git version to report; absent: our own. */
  readonly gitVersion?: string;
  /** The flags that it is started with, for /flagz; absent: that is not served. */
  readonly flags?: Readonly<Record<string, string>>;
  /** A serving certificate and its key that are used as they are; absent: ones of our own authority. */
  readonly servingFiles?: { readonly certificate: string; readonly key: string };
  /** Keys of service account tokens; absent or '': one of our own. */
  readonly tokenKeyFiles?: { readonly signing: string; readonly verification: readonly string[] };
  /** How kubelets are reached; absent: not at all. */
  readonly kubelet?: Omit<HttpsKubeletOptions, 'authority'> & { readonly authority?: string };
  /** Make credentials for the other parts of a cluster, and reach their kubelets on this machine. */
  readonly partsToo?: boolean;
}

/** A server that runs. */
export interface RunningApiServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** PEM of the authority that signed the serving certificate. */
  readonly authority: string;
  /** The credentials of the other parts, with `partsToo`. */
  readonly parts: PartCredentials | undefined;
  close(): Promise<void>;
}

async function openStorage({ storage, dataDirectory }: ApiServerSettings): Promise<Storage> {
  if (storage === 'memory') return openMemoryStorage();
  if (storage !== 'leveldb') return storage;
  const { openLevelStorage } = await import('../storage/backends/leveldb.ts');
  return openLevelStorage({ path: join(dataDirectory, 'store') });
}

const socketAdvice: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'is in use: end the program that listens there, or choose another port with --secure-port (0 picks a free one)',
  EACCES: 'may not be opened by this user: choose a port of 1024 or more with --secure-port',
  EADDRNOTAVAIL: 'is no address of this machine: choose another with --bind-address',
};

/** Opens the socket. Throws with a text for the user and the code of the system's error. */
async function listen(
  server: ApiServer,
  { bindAddress, port, anotherPort }: ApiServerSettings,
): Promise<number> {
  try {
    return await server.listen({ host: bindAddress, port });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && anotherPort) return server.listen({ host: bindAddress, port: 0 });
    const advice = socketAdvice[code];
    if (advice === undefined) throw error;
    throw Object.assign(new Error(`${bindAddress} port ${port} ${advice}`, { cause: error }), { code });
  }
}

function servingPair({ servingFiles }: ApiServerSettings, own: KeyPair): KeyPair {
  if (!servingFiles) return own;
  return {
    certificate: readFileSync(servingFiles.certificate, 'utf8'),
    key: readFileSync(servingFiles.key, 'utf8'),
  };
}

function tokenKeys({ tokenKeyFiles }: ApiServerSettings, own: string) {
  if (!tokenKeyFiles?.signing) return { signingKey: own };
  return {
    signingKey: readFileSync(tokenKeyFiles.signing, 'utf8'),
    verificationKeys: tokenKeyFiles.verification.map((path) => readFileSync(path, 'utf8')),
  };
}

/** Starts a server; resolves when it answers. Throws with a text for the user when it can't. */
export async function runApiServer(settings: ApiServerSettings, log: Logger): Promise<RunningApiServer> {
  const clock = systemClock;
  const random = systemRandom;
  const serviceAddress = new AddressPool(settings.serviceRange.split(',')[0]!, random).first();
  const directory =
    settings.certificateDirectory || (settings.dataDirectory && join(settings.dataDirectory, 'pki'));
  const served = await servedApis(settings);
  const names = servingNames(settings.bindAddress, serviceAddress, settings.extraNames);
  const store = directory ? fileStore(directory) : noStore;
  const [storage, credentials] = await Promise.all([
    openStorage(settings),
    loadCredentials(store, names, clock),
  ]);
  const closeStorage = async (): Promise<void> => {
    if (typeof settings.storage === 'string') await storage.close();
  };
  const { authority, serving, admin, tokenKey } = credentials;
  const parts = settings.partsToo ? await loadPartCredentials(store, authority, clock) : undefined;
  const kubelet = parts ? { ...parts.kubeletClient, address: '127.0.0.1' } : settings.kubelet;
  const clientAuthorities = [authority.certificate];
  if (settings.clientAuthorityFile)
    clientAuthorities.push(readFileSync(settings.clientAuthorityFile, 'utf8'));
  const server = createApiServer({
    storage,
    clock,
    random,
    log,
    tls: { ...servingPair(settings, serving), clientAuthorities },
    tokens: settings.tokenFile ? [tokenFileAuthenticator(readFileSync(settings.tokenFile, 'utf8'))] : [],
    serviceAccounts: { issuer: settings.issuer, ...tokenKeys(settings, tokenKey) },
    serviceRange: settings.serviceRange,
    nodePortRange: settings.nodePortRange,
    advertiseAddress:
      settings.advertiseAddress || advertisedAddress(settings.bindAddress, networkInterfaces()),
    disabledAdmission: new Set(settings.disabledAdmission),
    anonymousAuth: settings.anonymousAuth,
    authorizationModes: settings.authorizationModes,
    minRequestTimeoutMs: settings.minRequestTimeoutMs,
    gitVersion: settings.gitVersion,
    flags: settings.flags,
    hasParts: settings.partsToo,
    ...served,
    kubelets: kubelet && httpsKubelets({ authority: authority.certificate, ...kubelet }),
  });
  let port: number;
  try {
    port = await listen(server, settings);
  } catch (error) {
    await closeStorage();
    throw error;
  }
  await server.bootstrap();
  const host =
    settings.bindAddress === '0.0.0.0' || settings.bindAddress === '::' ? '127.0.0.1' : settings.bindAddress;
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (settings.kubeconfig) {
    const user = { name: 'kubeskiff-admin', pair: await admin };
    const options = { name: 'kubeskiff', server: url, authority: authority.certificate, user };
    if (settings.mergeKubeconfig) await mergeKubeconfig(settings.kubeconfig, options);
    else writeKubeconfig(settings.kubeconfig, kubeconfigText(options));
  }
  const stopCollecting = collectWhenQuiet(clock);
  return {
    url,
    kubeconfig: settings.kubeconfig,
    authority: authority.certificate,
    parts,
    async close() {
      stopCollecting();
      await server.close();
      await closeStorage();
    },
  };
}
