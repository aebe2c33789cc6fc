// The thread of the parts in `kubeskiff up`: waits for the address and the identities, then runs the parts until told to stop.
import { parentPort } from 'node:worker_threads';
import { systemClock, systemRandom } from '../api/clock.ts';
import { type ConnectOptions, connect } from '../client/connect.ts';
import { SimulatedRuntime } from '../node/runtimes/simulated.ts';
import { createLogger } from './logger.ts';
import type { KeyPair } from './pki.ts';
import { collectWhenQuiet } from './quiet-collection.ts';
import { type RunningParts, runParts } from './run-parts.ts';

/** What the thread is told first. */
export interface PartsMessage {
  readonly server: string;
  /** PEM of the API server's authority. */
  readonly authority: string;
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
  readonly node: KeyPair;
  readonly kubelet: KeyPair;
  readonly nodeNames: readonly string[];
  /** The address of cluster DNS, where it is to be installed: in a new cluster. */
  readonly dnsAddress: string | undefined;
  /** klog's --v. */
  readonly verbosity: number;
}

/** What the thread tells. */
export type PartsReport = 'ready' | 'ended' | { readonly failed: string };

const port = parentPort!;
const stop = new AbortController();
let stopCollecting = (): void => {};

function run(message: PartsMessage): RunningParts {
  const { server, authority } = message;
  const as = ({ certificate, key }: KeyPair, name: string) => {
    const options: ConnectOptions = { server, authority, certificate, key, shareConnections: true };
    return connect(options, `${name}/v1.36 kubeskiff`);
  };
  return runParts(
    {
      clients: {
        controllerManager: as(message.controllerManager, 'kube-controller-manager'),
        scheduler: as(message.scheduler, 'kube-scheduler'),
        node: as(message.node, 'kubelet'),
      },
      clock: systemClock,
      random: systemRandom,
      log: createLogger(message.verbosity),
      rootCertificateAuthority: authority,
      nodes: {
        nodeNames: message.nodeNames,
        runtime: new SimulatedRuntime({ clock: systemClock, random: systemRandom }),
        server: { host: '127.0.0.1', port: 0, clientAuthorities: authority, ...message.kubelet },
      },
    },
    stop.signal,
  );
}

/** Addons come when the cluster is ready already: nobody waits for them. */
async function install(message: PartsMessage, dnsAddress: string): Promise<void> {
  const { server, authority, controllerManager } = message;
  const client = connect({ server, authority, ...controllerManager, connections: 1 }, 'kubeskiff');
  const { installCoreDns } = await import('./addons/coredns.ts');
  await installCoreDns(client, dnsAddress);
  await client.close();
}

function failed(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  port.postMessage({ failed: text } satisfies PartsReport);
}

port.on('message', (message: PartsMessage | 'stop') => {
  if (message === 'stop') {
    stop.abort();
    return;
  }
  try {
    const parts = run(message);
    parts.ready
      .then(async () => {
        port.postMessage('ready' satisfies PartsReport);
        stopCollecting = collectWhenQuiet(systemClock);
        if (message.dnsAddress !== undefined) await install(message, message.dnsAddress);
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) failed(error);
      });
    parts.ended
      .catch((error: unknown) => {
        if (!stop.signal.aborted) failed(error);
      })
      .finally(() => {
        stopCollecting();
        port.postMessage('ended' satisfies PartsReport);
        port.close();
      });
  } catch (error) {
    failed(error);
  }
});
