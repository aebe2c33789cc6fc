// Two controller managers and two schedulers with leader election at one API server: when the leaders are killed, or end in
// order, in the middle of their work, the others take over and the same end is reached.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment } from '#types/apps_v1';
import type { Node } from '#types/core_v1';
import type { Client } from '../../src/client/client.ts';
import type { InformerFactory } from '../../src/client/informer-factory.ts';
import { runAsLeader } from '../../src/client/leader-election.ts';
import { deployments, leases, nodes, pods, replicaSets } from '../../src/client/resources.ts';
import { createSeriesEventRecorder } from '../../src/client/series-events.ts';
import { type Transport, TransportError } from '../../src/client/transport.ts';
import { controllers } from '../../src/controllers/controllers.ts';
import { runControllers } from '../../src/controllers/manager.ts';
import { runScheduler } from '../../src/scheduler/scheduler.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startKubelet } from '../harness/kubelet.ts';
import { programSkipReason } from '../harness/program.ts';
import { type ElectedPart, electedParts, PartProcesses, settle, unsettled } from './part-processes.ts';

const namespace = 'default';
const web = { namespace, name: 'web' };
const leaseMs = 15_000;

type Part = 'kube-controller-manager' | 'kube-scheduler';
const parts: readonly Part[] = ['kube-controller-manager', 'kube-scheduler'];

describe('in one process, on a driven clock', () => {
  let clock: TestClock;
  let plane: ControlPlane;
  /** Copies whose requests lead nowhere any more, by their user agents. */
  let dead: Set<string>;
  /** Called with the copy and the path after each of its writes. */
  let wrote: (copy: string, path: string) => void;
  let copies: Map<string, { stop: AbortController; ended: Promise<void> }>;

  /** Every copy has its own way to the server, which can be cut. */
  function mortal(inner: Transport): Transport {
    return {
      async send(request) {
        const copy = request.headers['user-agent'] ?? '';
        if (dead.has(copy)) throw new TransportError('the process is dead');
        const response = await inner.send(request);
        if (request.method === 'GET') return response;
        wrote(copy, request.path);
        if (dead.has(copy)) throw new TransportError('the process is dead');
        return response;
      },
      close: () => inner.close(),
    };
  }

  async function work(part: Part, client: Client, informers: InformerFactory, signal: AbortSignal) {
    const { random, log } = plane;
    const common = { client, informers, clock, random, log };
    if (part === 'kube-controller-manager')
      return runControllers(controllers, { ...common, rootCertificateAuthority: 'the authority' }, signal);
    const events = createSeriesEventRecorder({ ...common, signal, reportingController: 'default-scheduler' });
    return runScheduler({ ...common, events }, signal);
  }

  function startCopy(part: Part, letter: string): void {
    const identity = `${part}-${letter}`;
    const client = plane.clientFor(identity);
    const { random, log } = plane;
    const lease = { namespace: 'kube-system', name: part };
    const stop = new AbortController();
    const lead = async (signal: AbortSignal): Promise<void> => {
      const informers = plane.informersFor(client);
      const working = work(part, client, informers, signal);
      informers.start(signal);
      await working;
    };
    const ended = runAsLeader({ client, clock, random, log, lease, identity }, lead, stop.signal);
    copies.set(identity, { stop, ended });
  }

  const driven = (): { clock: TestClock; stepMs: number } => ({ clock, stepMs: 50 });
  const holderOf = async (part: Part): Promise<string> =>
    (await plane.client.get(leases, { namespace: 'kube-system', name: part })).spec?.holderIdentity ?? '';

  /** The identities of the leaders, when each part has one among `among`. */
  async function leaders(among: (identity: string) => boolean): Promise<string[]> {
    return until(
      'each part has a leader',
      async () => {
        const holders = await Promise.all(parts.map(holderOf));
        return holders.every((holder) => holder !== '' && among(holder)) && holders;
      },
      driven(),
    );
  }

  beforeEach(async () => {
    clock = new TestClock();
    dead = new Set();
    copies = new Map();
    wrote = () => {};
    plane = await startControlPlane({ clock, wrap: mortal });
    const allocatable = { cpu: '4', memory: '8Gi', pods: '110' };
    const metadata = { name: 'node-1' };
    await plane.client.create(nodes, { metadata, status: { allocatable } } as unknown as Node);
    await plane.client.patch(nodes, { metadata }, { spec: { taints: null } }, { type: 'merge' });
    startKubelet(plane, { runs: (pod) => Boolean(pod.spec.nodeName) });
    for (const part of parts) for (const letter of ['a', 'b']) startCopy(part, letter);
  });
  afterEach(async () => {
    for (const { stop } of copies.values()) stop.abort();
    await Promise.all([...copies.values()].map(({ ended }) => ended));
    await plane[Symbol.asyncDispose]();
  });

  const labels = { app: 'web' };
  const deployment = (image: string): Deployment => ({
    metadata: web,
    spec: {
      replicas: 4,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image, resources: {} }] } },
      strategy: {},
    },
    status: {},
  });

  async function isRolledOut(image: string): Promise<boolean> {
    const { status, metadata } = await plane.client.get(deployments, web);
    const { items } = await plane.client.list(pods, { namespace });
    return (
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === 4 &&
      status.availableReplicas === 4 &&
      items.length === 4 &&
      items.every((p) => p.spec.nodeName === 'node-1' && p.spec.containers?.[0]?.image === image)
    );
  }

  const whens = {
    'pods are created': /\/pods$/,
    'pods are bound': /\/binding$/,
    'sets are scaled': /\/replicasets\//,
  };
  describe.each(['are killed', 'end in order'] as const)('the leaders %s', (how) => {
    test.each(Object.entries(whens))('while %s', async (_what, path) => {
      const first = await leaders(() => true);
      let endedAt: number | undefined;
      let writes = 0;
      wrote = (copy, written) => {
        if (!first.includes(copy) || !path.test(written) || ++writes !== 2) return;
        endedAt = clock.now();
        for (const leader of first) {
          if (how === 'are killed') dead.add(leader);
          copies.get(leader)!.stop.abort();
        }
      };
      await plane.client.create(deployments, deployment('nginx:1'));
      await until('it runs', async () => endedAt !== undefined || isRolledOut('nginx:1'), driven());
      const containers = [{ name: 'c', image: 'nginx:2' }];
      await plane.client.patch(
        deployments,
        web,
        { spec: { template: { spec: { containers } } } },
        { type: 'merge' },
      );
      const second = await leaders((identity) => !first.includes(identity));
      const waited = clock.now() - endedAt!;
      if (how === 'are killed') expect(waited).toBeGreaterThanOrEqual(leaseMs - 2_500);
      else expect(waited).toBeLessThan(leaseMs / 2);
      await until('the new leaders reach the end', () => isRolledOut('nginx:2'), driven());
      const { items } = await plane.client.list(replicaSets, { namespace });
      expect(items.map(({ spec }) => spec.replicas).sort()).toEqual(items.length === 2 ? [0, 4] : [4]);
      expect(await Promise.all(parts.map(holderOf))).toEqual(second);
      await Promise.all(first.map((leader) => copies.get(leader)!.ended));
    });
  });
});

const whyNot = programSkipReason ? ` (${programSkipReason})` : '';
describe.skipIf(programSkipReason)(`as processes${whyNot}`, () => {
  // a lease of one that was killed holds for 15 seconds: only in the longer suite
  const withKills = process.env['KUBESKIFF_KILL_SECONDS'] !== undefined;
  const hows = withKills ? (['SIGTERM', 'SIGKILL'] as const) : (['SIGTERM'] as const);
  const patienceMs = 70_000;

  async function within<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const found = await look().catch(() => undefined);
      if (found) return found;
      if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test.each(hows)(
    'leaders that get %s are followed by the others',
    { timeout: 3 * patienceMs },
    async (how) => {
      const processes = new PartProcesses(2);
      const client = await processes.start();
      try {
        const leaderOf = (part: ElectedPart, not?: string): Promise<string> =>
          within(`a ${part} leads`, async () => {
            const leader = await processes.leader(client, part);
            return leader !== not && leader;
          });
        const first = await Promise.all(electedParts.map((part) => leaderOf(part)));
        await settle(client);
        // in the middle of the work
        await within('a pod is there', async () => (await client.list(pods, { namespace })).items.length > 0);
        const codes = await Promise.all(first.map((leader) => processes.endCopy(leader, how)));
        expect(codes).toEqual(how === 'SIGTERM' ? [0, 0] : [null, null]);
        await Promise.all(electedParts.map((part, i) => leaderOf(part, first[i])));
        await within('all is settled', async () => (await unsettled(client)).length === 0).catch(() => {});
        expect(await unsettled(client), processes.output()).toEqual([]);
      } finally {
        await client.close();
        await processes.end();
      }
    },
  );
});
