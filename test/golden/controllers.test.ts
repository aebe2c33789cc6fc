// What the controllers and the scheduler make of a few workloads, compared with what those of 1.28.5 made. Each answer must
// be as recorded but for what deviations-controllers.ts lists with its reason; what it lists in vain is a fault of the list.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deployments,
  namespaces,
  pods,
  replicaSets,
  replicationControllers,
} from '../../src/client/resources.ts';
import { createSeriesEventRecorder } from '../../src/client/series-events.ts';
import type { Transport } from '../../src/client/transport.ts';
import { controllers } from '../../src/controllers/controllers.ts';
import { runScheduler } from '../../src/scheduler/scheduler.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';
import { absence, absences, type Entry, nameOf } from './absent-entries.ts';
import { fieldDeviations, rewordings } from './deviations-controllers.ts';
import { type GoldenCase, Replay } from './replay.ts';
import { makeNode, makeWorkloads, runPodsOfWeb } from './workloads.ts';

const namespace = 'ctl1';
const cases = JSON.parse(
  readFileSync(new URL('cases/controllers.json', import.meta.url), 'utf8'),
) as GoldenCase[];
const patienceMs = 5000;

/** The hash of each template of `web` in the recordings, by its image: 1.36 hashes other fields than 1.28 did. */
const recordedHashes: Readonly<Record<string, string>> = {
  'nginx:1.27': '67667f6696',
  'nginx:1.28': '6d5f87494c',
};

function titleOf(golden: GoldenCase): string {
  const { count, reasons } = absences(golden);
  if (count === 0) return golden.name;
  return `${golden.name} (without ${count} entries: ${reasons.join('; ')})`;
}

const reworded = new Set<RegExp>();

/** The recording in the words and with the hashes of today, without what nobody makes here. */
function expectation(golden: GoldenCase, hashes: Readonly<Record<string, string>>): GoldenCase {
  let text = JSON.stringify(golden.response).replaceAll(
    // the program was linked under another name
    'kube-controller-manager-noendpoints',
    'kube-controller-manager',
  );
  for (const [image, recorded] of Object.entries(recordedHashes))
    text = text.replaceAll(recorded, hashes[image] ?? recorded);
  for (const { recorded, now } of rewordings)
    text = text.replace(recorded, () => {
      reworded.add(recorded);
      return now;
    });
  const response = JSON.parse(text) as GoldenCase['response'];
  const body = (response.body ?? {}) as { items?: Entry[]; rows?: Entry[] };
  // in the order of names, as lists are: of other hashes another one
  for (const list of ['items', 'rows'] as const)
    if (body[list])
      body[list] = body[list]
        .filter((entry) => !absence(entry))
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  return { ...golden, response };
}

/** Lets the requests of parts wait. */
function pausedTransport(inner: Transport): { transport: Transport; pause(): void; resume(): void } {
  let running = Promise.resolve();
  let resume = (): void => {};
  const transport: Transport = {
    async send(request) {
      await running;
      return inner.send(request);
    },
    close: () => inner.close(),
  };
  const pause = (): void => {
    running = new Promise((resolve) => {
      resume = resolve;
    });
  };
  return { transport, pause, resume: () => resume() };
}

describe('golden: controllers', () => {
  let plane: ControlPlane;
  let replay: Replay;
  let pause: () => void;
  let resume: () => void;
  let scheduling: Promise<void>;
  const stop = new AbortController();
  const clock = new TestClock();
  const drive = { clock, stepMs: 100 };
  const used = new Set<object>();

  beforeAll(async () => {
    plane = await startControlPlane({
      clock,
      wrap(inner) {
        const paused = pausedTransport(inner);
        ({ pause, resume } = paused);
        return paused.transport;
      },
    });
    replay = new Replay(plane.server.url);
    startControllers(plane, ...controllers);
    scheduling = startScheduler();
    const client = plane.client.as('golden');
    await makeNode(plane.client, clock);
    await client.create(namespaces, { metadata: { name: namespace } } as never);
    await makeWorkloads(client, namespace);
    await until(
      'all pods are scheduled',
      async () => {
        const { items } = await client.list(pods, { namespace });
        return items.length === 3 && items.every((p) => p.spec.nodeName);
      },
      drive,
    );
    // managers of one second are listed by their names
    clock.advance(1000);
    await runPodsOfWeb(client, namespace);
    await until(
      'the controllers have seen it',
      async () => {
        const { status } = await client.get(deployments, { namespace, name: 'web' });
        const rc = await client.get(replicationControllers, { namespace, name: 'rc' });
        return status.availableReplicas === 2 && rc.status.replicas === 1;
      },
      drive,
    );
  });
  afterAll(async () => {
    stop.abort();
    await scheduling;
    await plane[Symbol.asyncDispose]();
  });

  function startScheduler(): Promise<void> {
    const client = plane.clientFor('kube-scheduler');
    const informers = plane.informersFor(client);
    const { random, log } = plane;
    const common = { client, clock, random, log };
    const recorder = { ...common, signal: stop.signal, reportingController: 'default-scheduler' };
    const events = createSeriesEventRecorder(recorder);
    const running = runScheduler({ ...common, informers, events }, stop.signal);
    informers.start(stop.signal);
    return running;
  }

  /** What happened between the recordings: by the name of the one after it. */
  const happenings: Readonly<Record<string, () => Promise<void>>> = {
    async 'rollout-replicaset-table'() {
      const containers = [{ name: 'c', image: 'nginx:1.28' }];
      const spec = { template: { spec: { containers } } };
      await plane.client
        .as('golden')
        .patch(deployments, { namespace, name: 'web' }, { spec }, { type: 'strategic' });
    },
    async 'namespace-terminating'() {
      // it was read before the controller came to it
      pause();
      await plane.client.delete(namespaces, { namespace: '', name: namespace });
    },
    async 'namespace-gone'() {
      resume();
      // there is no kubelet that ends the pods
      await until(
        'no pod is left',
        async () => {
          const { items } = await plane.client.list(pods, { namespace });
          const ending = items.filter((p) => p.metadata.deletionTimestamp);
          for (const pod of ending) await plane.client.delete(pods, pod, { gracePeriodSeconds: 0 });
          return items.length === 0;
        },
        drive,
      );
    },
  };

  async function look(golden: GoldenCase): Promise<string[]> {
    const { items } = await plane.client.list(replicaSets, { namespace });
    const hashes: Record<string, string> = {};
    for (const { metadata, spec } of items)
      hashes[spec?.template?.spec?.containers?.[0]?.image ?? ''] =
        metadata.labels?.['pod-template-hash'] ?? '';
    const found = await replay.run(expectation(golden, hashes));
    return found.filter((difference) => {
      const known = fieldDeviations.find(
        (d) => d.cases.includes(golden.name) && d.difference.test(difference),
      );
      if (known) used.add(known);
      return known === undefined;
    });
  }

  for (const golden of cases) {
    it(titleOf(golden), async () => {
      await happenings[golden.name]?.();
      // events and statuses come a little later
      const deadline = performance.now() + patienceMs;
      let found = await look(golden);
      while (found.length > 0 && performance.now() < deadline) {
        clock.advance(100);
        found = await look(golden);
      }
      expect(found.join('\n')).toBe('');
    });
  }

  it('every listed deviation is one', () => {
    expect(fieldDeviations.filter((deviation) => !used.has(deviation))).toEqual([]);
    expect(rewordings.filter(({ recorded }) => !reworded.has(recorded))).toEqual([]);
  });
});
