// The parts of a cluster as processes of their own, which may be killed and come again; load for them; and the state that
// must come of it whatever happened on the way.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import type { Client, Draft } from '../../src/client/client.ts';
import { connect } from '../../src/client/connect.ts';
import { loadKubeconfig } from '../../src/client/kubeconfig.ts';
import { configMaps, deployments, leases, pods, replicaSets } from '../../src/client/resources.ts';
import { type RunningProgram, startProgram } from '../harness/program.ts';

/** A part. */
export type PartName = 'apiserver' | 'controller-manager' | 'scheduler' | 'node';

/** The parts that are only clients. */
export const clientParts: readonly PartName[] = ['controller-manager', 'scheduler', 'node'];

/** A part of which several copies elect a leader. */
export type ElectedPart = 'controller-manager' | 'scheduler';

/** The parts that elect a leader. */
export const electedParts: readonly ElectedPart[] = ['controller-manager', 'scheduler'];

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The processes of one cluster. */
export class PartProcesses {
  readonly folder = mkdtempSync(join(tmpdir(), 'kubeskiff-parts-'));
  private readonly running = new Map<string, RunningProgram>();
  private readonly copies: number;
  private port = 0;

  /** `copies`: of the parts that elect a leader; of one copy none is elected. */
  constructor(copies = 1) {
    this.copies = copies;
  }

  private get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** Starts everything; resolves with an administrator's client. */
  async start(): Promise<Client> {
    this.port = await freePort();
    await this.startPart('apiserver');
    for (const part of clientParts) await this.startPart(part);
    for (let copy = 2; copy <= this.copies; copy++)
      for (const part of electedParts) await this.startPart(part, `${part} ${copy}`);
    return connect(loadKubeconfig(this.kubeconfig), 'test');
  }

  /** Starts a part; the API server answers then. */
  async startPart(part: PartName, copy: string = part): Promise<void> {
    const common = [part, '--kubeconfig', this.kubeconfig];
    // a lease of one that was killed holds for 15 seconds; who leads is told at verbosity 2
    const election = this.copies > 1 ? ['--leader-elect=true', '--v', '2'] : ['--leader-elect=false'];
    const options: Record<PartName, string[]> = {
      apiserver: ['--data-dir', join(this.folder, 'data'), '--secure-port', String(this.port)],
      'controller-manager': election,
      scheduler: election,
      node: ['--nodes', '2'],
    };
    const program = startProgram([...common, ...options[part]]);
    this.running.set(copy, program);
    if (part === 'apiserver') await program.until('ready at https://');
  }

  /** Kills a part, and starts it again. */
  async restart(part: PartName): Promise<void> {
    await this.running.get(part)?.end('SIGKILL');
    await this.startPart(part);
  }

  /** The copy of a part that leads, by its lease. */
  async leader(client: Client, part: ElectedPart): Promise<string | undefined> {
    const lease = { namespace: 'kube-system', name: `kube-${part}` };
    const holder = (await client.get(leases, lease)).spec?.holderIdentity;
    const copies = [...this.running].filter(([copy]) => copy === part || copy.startsWith(`${part} `));
    return copies.find(([, program]) => holder && program.output().includes(`"identity":"${holder}"`))?.[0];
  }

  /** Ends one copy; resolves with its exit code. */
  async endCopy(copy: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const code = (await this.running.get(copy)?.end(signal)) ?? null;
    this.running.delete(copy);
    return code;
  }

  /** What the parts printed, for those who ask why. */
  output(): string {
    return [...this.running].map(([part, program]) => `${part}:\n${program.output()}`).join('\n');
  }

  /** Ends all in order; resolves with the exit codes. */
  async end(): Promise<Record<string, number | null>> {
    const codes: Record<string, number | null> = {};
    // in reverse: the API server was the first
    for (const [copy, program] of [...this.running].reverse()) codes[copy] = await program.end();
    rmSync(this.folder, { recursive: true, force: true });
    return codes;
  }
}

/** Chance that can be had again: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const namespace = 'default';
const deploymentCount = 6;

function deploymentOf(name: string, replicas: number, image: string): Draft<Deployment> {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
    },
  };
}

/** Changes deployments at random, and notes what the server acknowledged. */
export class Load {
  /** Config maps whose creation was acknowledged. */
  readonly acknowledged: string[] = [];
  private readonly client: Client;
  private readonly random: () => number;
  private made = 0;

  constructor(client: Client, random: () => number) {
    this.client = client;
    this.random = random;
  }

  private pick(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** One change. Fails when the server is away, or when there is nothing to change. */
  async change(): Promise<void> {
    const { client } = this;
    const name = `web-${this.pick(deploymentCount)}`;
    const named = { metadata: { namespace, name } };
    const replicas = this.pick(6);
    const image = `nginx:1.${this.pick(4)}`;
    const kind = this.pick(10);
    if (kind === 0) {
      await client.delete(deployments, named, { propagationPolicy: 'Background' });
    } else if (kind < 3) {
      const { items } = await client.list(pods, { namespace });
      const pod = items[this.pick(items.length)];
      if (pod) await client.delete(pods, pod);
    } else if (kind < 5) {
      const map = `map-${this.made++}`;
      await client.create(configMaps, { metadata: { namespace, name: map }, data: { a: 'b' } });
      this.acknowledged.push(map);
    } else await apply(client, name, replicas, image);
  }

  /** Makes changes, one after the other, for some time. */
  async run(durationMs: number): Promise<void> {
    const end = performance.now() + durationMs;
    while (performance.now() < end) {
      await this.change().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function apply(client: Client, name: string, replicas: number, image: string): Promise<void> {
  const deployment = deploymentOf(name, replicas, image);
  const change = { spec: deployment.spec };
  const named = { metadata: { namespace, name } };
  await client
    .create(deployments, deployment)
    .catch(() => client.patch(deployments, named, change, { type: 'merge' }));
}

/** Says what all must come to: deployments of 1 to 5 pods, and the last one deleted. */
export async function settle(client: Client): Promise<void> {
  for (let i = 0; i < deploymentCount - 1; i++) await apply(client, `web-${i}`, i + 1, 'nginx:final');
  const last = { metadata: { namespace, name: `web-${deploymentCount - 1}` } };
  await client.delete(deployments, last, { propagationPolicy: 'Background' }).catch(() => {});
}

function describeSet({ metadata, spec, status = { replicas: 0 } }: ReplicaSet): string {
  const image = spec?.template?.spec?.containers?.[0]?.image;
  const observed = `${status.observedGeneration} of ${metadata.generation}`;
  const wanted = `${spec?.replicas} of ${metadata.annotations?.['deployment.kubernetes.io/desired-replicas']} wanted`;
  return `${metadata.name} (${image}: ${wanted}, ${status.replicas} made, ${status.readyReplicas} ready, observed ${observed})`;
}

/** What is not yet as `settle` wants it; empty when all is. */
export async function unsettled(client: Client): Promise<string[]> {
  const [wanted, sets, found] = await Promise.all([
    client.list(deployments, { namespace }),
    client.list(replicaSets, { namespace }),
    client.list(pods, { namespace }),
  ]);
  const faults: string[] = [];
  if (wanted.items.length !== deploymentCount - 1) faults.push(`${wanted.items.length} deployments`);
  for (const { metadata, spec, status = {} } of wanted.items) {
    const { replicas } = spec!;
    const counts = [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas];
    if (status.observedGeneration !== metadata.generation) faults.push(`${metadata.name} is not observed`);
    if (counts.every((count) => count === replicas)) continue;
    const own = sets.items.filter((set) => set.metadata.ownerReferences?.[0]?.uid === metadata.uid);
    const described = own.map(describeSet).join(', ');
    const conditions = JSON.stringify(status.conditions);
    faults.push(`${metadata.name} has ${counts.join(' ')} in ${described}, and ${conditions}`);
  }
  const full = sets.items.filter((set) => set.spec?.replicas !== 0);
  if (full.length !== deploymentCount - 1) faults.push(`${full.length} replica sets with replicas`);
  const uids = new Map(full.map((set) => [set.metadata.uid, set.spec?.replicas ?? 0]));
  for (const { metadata, spec, status } of found.items) {
    const owner = metadata.ownerReferences?.[0]?.uid ?? '';
    uids.set(owner, (uids.get(owner) ?? 0) - 1);
    const isRunning = status?.phase === 'Running' && spec?.nodeName && !metadata.deletionTimestamp;
    const where = spec?.nodeName ? `on ${spec.nodeName}` : 'nowhere';
    const deleted = metadata.deletionTimestamp ? `, deleted at ${metadata.deletionTimestamp}` : '';
    if (!isRunning) faults.push(`${metadata.name} is ${status?.phase} ${where}${deleted}`);
  }
  for (const [uid, missing] of uids) if (missing !== 0) faults.push(`set ${uid} lacks ${missing} pods`);
  return faults;
}
