// The scheduler: assigns pods to nodes, as an API client. Upstream: pkg/scheduler/scheduler.go.
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { Resource } from '../client/resource.ts';
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../client/resources.ts';
import { Cache } from './cache.ts';
import { changeHandler, nodeHandler, podHandler } from './event-handlers.ts';
import type { PluginContext } from './framework.ts';
import { filterWithNominated } from './nominated-filter.ts';
import { PluginRunner } from './plugin-runner.ts';
import { createPlugins } from './plugins.ts';
import { defaultProfile, type SchedulerProfile } from './profile.ts';
import { Nominator } from './queue/nominator.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import { PodScheduler } from './schedule-pod.ts';
import { SchedulingLoop } from './scheduling-loop.ts';
import { Snapshot } from './snapshot.ts';

/** What a scheduler needs. */
export interface SchedulerOptions {
  readonly client: Client;
  /** May be shared with other parts. */
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Writes events whose reporting controller is the scheduler. */
  readonly events: EventRecorder;
  /** What differs from upstream's defaults. */
  readonly profile?: Partial<SchedulerProfile>;
}

/** Resources whose changes may help pods that wait, besides pods and nodes. */
const helpful = [
  ['PersistentVolume', persistentVolumes],
  ['PersistentVolumeClaim', persistentVolumeClaims],
  ['StorageClass', storageClasses],
] as const;

/** The scheduler's parts, put together; its informers are asked for. */
function assemble(options: SchedulerOptions, signal: AbortSignal) {
  const { informers, clock, random, log } = options;
  const profile: SchedulerProfile = { ...defaultProfile, ...options.profile };
  const asked = new Set<Informer<KubeObject>>();
  function informer<T extends KubeObject>(of: Resource<T>): Informer<T> {
    const found = informers.informer(of);
    asked.add(found as unknown as Informer<KubeObject>);
    return found;
  }
  const podInformer = informer(pods);
  const cache = new Cache();
  const snapshot = new Snapshot();
  const nominator = new Nominator(({ namespace, name }) => podInformer.lister.get(`${namespace}/${name}`));
  // what needs the plugins is called only after they are made
  const context: PluginContext = {
    ...options,
    profile,
    signal,
    snapshot,
    informer,
    nominatedPods: (nodeName) => nominator.podsOnNode(nodeName),
    filterNode: (state, pod, node) => filterWithNominated(runner, nominator, state, pod, node),
    addPod: (state, pod, added, node) => runner.addPod(state, pod, added, node),
    removePod: (state, pod, removed, node) => runner.removePod(state, pod, removed, node),
    activate: (waiting) => queue.activate(waiting),
  };
  const plugins = createPlugins(context);
  const runner = new PluginRunner(plugins);
  const queue = new SchedulingQueue({
    clock,
    log,
    nominator,
    plugins: plugins.map(({ plugin }) => plugin),
    backoff: { initialMs: profile.podInitialBackoffMs, maxMs: profile.podMaxBackoffMs },
  });
  const podScheduler = new PodScheduler({
    snapshot,
    runner,
    random,
    log,
    percentageOfNodesToScore: profile.percentageOfNodesToScore,
    filterNode: context.filterNode,
  });
  const lister = podInformer.lister;
  const parts = { ...options, signal, queue, nominator, cache, snapshot, podScheduler, runner, pods: lister };
  const handled = { cache, queue, schedulerName: profile.schedulerName, signal };
  informer(nodes).addHandler(nodeHandler(handled));
  podInformer.addHandler(podHandler(handled));
  for (const [resource, of] of helpful)
    informer(of as Resource<KubeObject>).addHandler(changeHandler(handled, resource));
  return { loop: new SchedulingLoop(parts), queue, asked };
}

/**
 * Runs the scheduler until the signal aborts; resolves when its last binding ended. Its informers are asked for before
 * this function returns; scheduling starts when they are synced. What is wrong with pods or the API server is logged and
 * tried again.
 */
export async function runScheduler(options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  // everything that waits listens to it
  setMaxListeners(0, signal);
  const { loop, queue, asked } = assemble(options, signal);
  const close = (): void => queue.close();
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  try {
    await Promise.all([...asked].map((informer) => informer.synced(signal)));
  } catch {
    // only when it is to end before it began
    return;
  }
  await loop.run();
}
