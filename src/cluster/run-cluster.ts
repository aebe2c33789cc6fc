// A whole cluster: the API server in this thread, the other parts in another one, which reaches it over HTTPS like anybody.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { packageRoot } from '../api/schema/type-table.ts';
import { deferred } from './deferred.ts';
import type { PartsMessage, PartsReport } from './parts-worker.ts';
import { type ApiServerSettings, type RunningApiServer, runApiServer } from './run-api-server.ts';

/** What a cluster is made of. */
export interface ClusterSettings {
  readonly apiServer: ApiServerSettings;
  /** How many nodes there are; they are called node-1, node-2, ... */
  readonly nodes: number;
  /** klog's --v, for the log of the other thread. */
  readonly verbosity: number;
}

/** A cluster that runs. */
export interface RunningCluster {
  readonly url: string;
  readonly kubeconfig: string;
  readonly nodes: readonly string[];
  /** Resolves when the nodes are Ready and pods can be made; rejects when the parts fail before. */
  readonly ready: Promise<void>;
  /** Rejects when the parts end though nobody asked for it. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

// The tenth address of the default service range, as kubeadm has it.
const dnsAddress = '10.96.0.10';

/** The names of the nodes of a cluster. */
export function nodeNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `node-${i + 1}`);
}

// A burst of pods fills V8's usual 48 MB so often that much is copied which would soon have been garbage. It grows to this size
// only under load.
const youngGenerationMb = 192;

function startThread(): Worker {
  const program = join(packageRoot(), 'dist', 'parts.js');
  if (!existsSync(program)) throw new Error(`${program} is missing: build the program first (npm run build)`);
  return new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb } });
}

/** Starts a cluster; resolves when the API server answers. */
export async function runCluster(settings: ClusterSettings, log: Logger): Promise<RunningCluster> {
  const { storage, dataDirectory } = settings.apiServer;
  const isNew = storage === 'memory' || !existsSync(join(dataDirectory, 'store'));
  // the thread loads its modules while the server starts
  const thread = startThread();
  let server: RunningApiServer;
  try {
    server = await runApiServer({ ...settings.apiServer, partsToo: true }, log);
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  const parts = server.parts!;
  const names = nodeNames(settings.nodes);
  let closing = false;
  const ended = deferred();
  const ready = deferred();
  const failed = deferred<never>();
  // who does not look at these must not be ended by them
  ready.promise.catch(() => {});
  failed.promise.catch(() => {});
  const fail = (error: Error): void => {
    ended.resolve();
    if (closing) return;
    ready.reject(error);
    failed.reject(error);
  };
  thread.on('message', (report: PartsReport) => {
    if (report === 'ready') ready.resolve();
    else if (report === 'ended') ended.resolve();
    else fail(new Error(`the controllers, the scheduler or the nodes failed: ${report.failed}`));
  });
  thread.on('error', fail);
  thread.on('exit', () => fail(new Error('the thread of controllers, scheduler and nodes ended')));
  thread.postMessage({
    server: server.url,
    authority: server.authority,
    controllerManager: parts.controllerManager,
    scheduler: parts.scheduler,
    node: parts.node,
    kubelet: parts.kubelet,
    nodeNames: names,
    dnsAddress: isNew ? dnsAddress : undefined,
    verbosity: settings.verbosity,
  } satisfies PartsMessage);
  return {
    url: server.url,
    kubeconfig: server.kubeconfig,
    nodes: names,
    ready: ready.promise,
    failed: failed.promise,
    async close() {
      closing = true;
      thread.postMessage('stop');
      await ended.promise;
      await thread.terminate();
      await server.close();
    },
  };
}
