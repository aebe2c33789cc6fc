// A cluster inside the test's process: API server, controllers, scheduler and nodes, without sockets and without files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type Clock, systemClock, systemRandom } from '../api/clock.ts';
import { tokenFileAuthenticator } from '../apiserver/authentication/token-file.ts';
import { createApiServer } from '../apiserver/server.ts';
import { Client } from '../client/client.ts';
import { inProcessKubelets } from '../cluster/in-process-kubelets.ts';
import { openInProcessTransport } from '../cluster/in-process-transport.ts';
import { kubeconfigText } from '../cluster/kubeconfig.ts';
import {
  createAuthority,
  generateRsaKeys,
  generateSigningKey,
  issueCertificate,
  type Keys,
} from '../cluster/pki.ts';
import { nodeNames } from '../cluster/run-cluster.ts';
import { runParts } from '../cluster/run-parts.ts';
import { type ServedApiOptions, servedApis } from '../cluster/served-apis.ts';
import { SimulatedRuntime } from '../node/runtimes/simulated.ts';
import { openMemoryStorage } from '../storage/backends/memory.ts';

/** What a test may choose. */
export interface TestClusterOptions extends ServedApiOptions {
  /** How many nodes; default 1. They are called node-1, node-2, ... */
  readonly nodes?: number;
  /** Time for everything in the cluster; default: the machine's. */
  readonly clock?: Clock;
  /** Open an HTTPS port on 127.0.0.1 for kubectl and other clients; `true` or 0 picks a free one. */
  readonly port?: number | true;
  /** Where to log; default: nowhere. */
  readonly log?: Logger;
}

/** A cluster of a test. */
export interface TestCluster extends AsyncDisposable {
  /** An administrator's client. */
  readonly client: Client;
  /** The path of an administrator's kubeconfig. Throws when no port was asked for. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT`. Throws when no port was asked for. */
  readonly url: string;
  readonly nodes: readonly string[];
  /** Ends everything; what was stored is gone. The same as `await using`. */
  close(): Promise<void>;
}

interface Door {
  readonly url: string;
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const issuer = 'https://kubernetes.default.svc.cluster.local';
const host = '127.0.0.1';

// One key for the clusters of a process: making one takes longer than starting a cluster, and nothing here is secret.
let signingKey: Promise<string> | undefined;
let adminKeys: Promise<Keys> | undefined;

async function credentials(clock: Clock) {
  adminKeys ??= generateRsaKeys();
  const authority = await createAuthority('kubeskiff-ca', clock);
  const names = ['localhost', host, 'kubernetes.default.svc'];
  const admin = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };
  const [serving, client] = await Promise.all([
    issueCertificate(authority, { commonName: 'kube-apiserver' }, { server: names }, clock),
    issueCertificate(authority, admin, 'client', clock, adminKeys),
  ]);
  return { authority, serving, client };
}

/** Starts a cluster; resolves when its nodes are Ready and pods can be made in the namespace `default`. */
export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { clock = systemClock } = options;
  const random = systemRandom;
  const log: Logger = options.log ?? pino({ level: 'silent' });
  signingKey ??= generateSigningKey();
  const listens = options.port !== undefined;
  const [key, pki, served] = await Promise.all([
    signingKey,
    listens ? credentials(clock) : undefined,
    servedApis(options),
  ]);
  // the parts show tokens, as users of a token file do: without a socket there is no certificate
  const tokens = {
    admin: random.uuid(),
    controllers: random.uuid(),
    scheduler: random.uuid(),
    nodes: random.uuid(),
  };
  const users = [
    `${tokens.admin},kubernetes-admin,,system:masters`,
    `${tokens.controllers},system:kube-controller-manager,,system:masters`,
    `${tokens.scheduler},system:kube-scheduler,`,
    `${tokens.nodes},system:node:kubeskiff,,system:nodes`,
  ];
  const storage = openMemoryStorage();
  const kubelets = inProcessKubelets();
  const server = createApiServer({
    storage,
    clock,
    random,
    log,
    ...(pki && {
      tls: { ...pki.serving, clientAuthorities: [pki.authority.certificate] },
    }),
    tokens: [tokenFileAuthenticator(`${users.join('\n')}\n`)],
    serviceAccounts: { issuer, signingKey: key },
    serviceRange: '10.96.0.0/16',
    nodePortRange: '30000-32767',
    advertiseAddress: '192.0.2.1',
    kubelets,
    hasParts: true,
    ...served,
  });
  const port = listens
    ? await server.listen({ host, port: options.port === true ? 0 : options.port! })
    : undefined;
  await server.bootstrap();
  const transport = openInProcessTransport(server.handle);
  const clientOf = (token: string, userAgent: string): Client =>
    new Client(transport, { userAgent, headers: () => ({ authorization: `Bearer ${token}` }) });
  const stop = new AbortController();
  const names = nodeNames(options.nodes ?? 1);
  const parts = runParts(
    {
      clients: {
        controllerManager: clientOf(tokens.controllers, 'kube-controller-manager'),
        scheduler: clientOf(tokens.scheduler, 'kube-scheduler'),
        node: clientOf(tokens.nodes, 'kubelet'),
      },
      clock,
      random,
      log,
      rootCertificateAuthority:
        pki?.authority.certificate ?? 'no certificate authority: this cluster has no port\n',
      nodes: { nodeNames: names, runtime: new SimulatedRuntime({ clock, random }) },
    },
    stop.signal,
  );
  kubelets.connect(parts.agent);
  const door =
    pki &&
    (await openDoor(
      kubeconfigText({
        name: 'kubeskiff',
        server: `https://${host}:${port}`,
        authority: pki.authority.certificate,
        user: { name: 'kubeskiff-admin', pair: pki.client },
      }),
      `https://${host}:${port}`,
    ));
  const closed = (): never => {
    throw new Error('this cluster has no port: startCluster({ port: true }) opens one');
  };
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    stop.abort();
    await parts.ended;
    await transport.close();
    await server.close();
    await storage.close();
    await door?.close();
  };
  const close = (): Promise<void> => {
    closing ??= end();
    return closing;
  };
  try {
    await parts.ready;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    client: clientOf(tokens.admin, 'test'),
    nodes: names,
    get kubeconfig() {
      return door?.kubeconfig ?? closed();
    },
    get url() {
      return door?.url ?? closed();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Writes the kubeconfig where clients find it. */
async function openDoor(text: string, url: string): Promise<Door> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeskiff-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, text, { mode: 0o600 });
  return { url, kubeconfig, close: () => rm(folder, { recursive: true, force: true }) };
}
