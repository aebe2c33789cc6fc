// One part of a cluster as a process of its own, with a kubeconfig, against any API server.
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { systemClock, systemRandom } from '../api/clock.ts';
import type { Client } from '../client/client.ts';
import { type ConnectOptions, connect } from '../client/connect.ts';
import { createCoreEventRecorder, nodeEventLimits } from '../client/core-events.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { loadKubeconfig } from '../client/kubeconfig.ts';
import { runAsLeader } from '../client/leader-election.ts';

/** How a part reaches the API server and shares the work. */
export interface PartSettings {
  readonly kubeconfig: string;
  /** Wait until no other copy works. */
  readonly leaderElect: boolean;
}

const clock = systemClock;
const random = systemRandom;

/** What a part is given to work with. */
interface PartContext {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly connection: ConnectOptions;
}

/** Runs `work` with a client and informers, as the leader where asked, until `signal` aborts. */
async function runPart(
  name: string,
  settings: PartSettings,
  log: Logger,
  signal: AbortSignal,
  work: (context: PartContext, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const connection = loadKubeconfig(settings.kubeconfig);
  const client = connect(connection, `${name}/v1.36 kubeskiff`);
  const lead = async (leading: AbortSignal): Promise<void> => {
    setMaxListeners(0, leading);
    const informers = new InformerFactory({ client, clock, random, log });
    const working = work({ client, informers, connection }, leading);
    informers.start(leading);
    await working;
  };
  if (settings.leaderElect) {
    const lease = { namespace: 'kube-system', name };
    const identity = `${hostname()}_${random.uuid()}`;
    await runAsLeader({ client, clock, random, log, lease, identity }, lead, signal);
  } else await lead(signal);
  await client.close();
}

/** `kubeskiff controller-manager`. */
export async function runControllerManager(
  settings: PartSettings,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const [{ controllers }, { runControllers }] = await Promise.all([
    import('../controllers/controllers.ts'),
    import('../controllers/manager.ts'),
  ]);
  await runPart(
    'kube-controller-manager',
    settings,
    log,
    signal,
    ({ client, informers, connection }, leading) => {
      const rootCertificateAuthority = connection.authority ?? '';
      return runControllers(
        controllers,
        { client, informers, clock, random, log, rootCertificateAuthority },
        leading,
      );
    },
  );
}

/** `kubeskiff scheduler`. */
export async function runSchedulerPart(
  settings: PartSettings,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const [{ runScheduler }, { createSeriesEventRecorder }] = await Promise.all([
    import('../scheduler/scheduler.ts'),
    import('../client/series-events.ts'),
  ]);
  await runPart('kube-scheduler', settings, log, signal, ({ client, informers }, leading) => {
    const reportingController = 'default-scheduler';
    const events = createSeriesEventRecorder({
      client,
      reportingController,
      clock,
      random,
      log,
      signal: leading,
    });
    return runScheduler({ client, informers, clock, random, log, events }, leading);
  });
}

/** `kubeskiff node`: nodes with the simulated runtime. */
export async function runNodes(
  settings: Omit<PartSettings, 'leaderElect'> & { readonly nodeNames: readonly string[] },
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const [{ NodeAgent }, { SimulatedRuntime }] = await Promise.all([
    import('../node/agent.ts'),
    import('../node/runtimes/simulated.ts'),
  ]);
  await runPart(
    'kubelet',
    { ...settings, leaderElect: false },
    log,
    signal,
    ({ client, informers }, running) => {
      const agent = new NodeAgent({
        client,
        informers,
        clock,
        random,
        log,
        events: (host) =>
          createCoreEventRecorder({
            client,
            component: 'kubelet',
            host,
            clock,
            random,
            log,
            signal: running,
            ...nodeEventLimits,
          }),
        nodeNames: settings.nodeNames,
        runtime: new SimulatedRuntime({ clock, random }),
      });
      return agent.run(running);
    },
  );
}
