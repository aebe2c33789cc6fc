// How many pods a second the scheduler places, by its own CPU time: the server is a stub in the same process, whose share
// is small. Run: npx esbuild bench/scheduler.ts --bundle --platform=node --format=esm --packages=external \
//   --outfile=.cache/scheduler.mjs && node .cache/scheduler.mjs [pods] [nodes] [plain|owned|spread|anti]
import { pino } from 'pino';
import { systemClock, systemRandom } from '../src/api/clock.ts';
import { Client } from '../src/client/client.ts';
import type { EventRecorder } from '../src/client/event-recorder.ts';
import { InformerFactory } from '../src/client/informer-factory.ts';
import type { Transport, TransportResponse } from '../src/client/transport.ts';
import { runScheduler } from '../src/scheduler/scheduler.ts';

const podCount = Number(process.argv[2] ?? 10_000);
const nodeCount = Number(process.argv[3] ?? 100);
const shape = process.argv[4] ?? 'plain';

type Json = Record<string, unknown>;
let revision = 1;

function nodeOf(i: number): Json {
  const name = `node-${i}`;
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${i % 3}` };
  return {
    metadata: { name, uid: name, resourceVersion: String(++revision), labels },
    spec: {},
    status: { allocatable: { cpu: '64', memory: '256Gi', pods: '1000' } },
  };
}

function shaped(): Json {
  const labelSelector = { matchLabels: { app: 'web' } };
  if (shape === 'spread') {
    const topologyKey = 'kubernetes.io/hostname';
    return {
      topologySpreadConstraints: [
        { maxSkew: 5, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
      ],
    };
  }
  if (shape === 'anti') {
    const podAffinityTerm = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
    const preferred = [{ weight: 100, podAffinityTerm }];
    return { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
  }
  return {};
}

function podOf(i: number): Json {
  const name = `web-${i}`;
  const ownerReferences =
    shape === 'owned'
      ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true }]
      : [];
  const container = { name: 'c', image: 'nginx', resources: { requests: { cpu: '100m', memory: '128Mi' } } };
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: String(++revision),
      labels: { app: 'web' },
      ownerReferences,
    },
    spec: { schedulerName: 'default-scheduler', priority: 0, containers: [container], ...shaped() },
    status: { phase: 'Pending' },
  };
}

const bookmark = {
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } } },
};
const replicaSet = {
  metadata: { name: 'web', namespace: 'default', uid: 'web', resourceVersion: '1' },
  spec: { selector: { matchLabels: { app: 'web' } } },
};
const podsByName = new Map(Array.from({ length: podCount }, (_, i) => [`web-${i}`, podOf(i)]));
const initial: Record<string, Json[]> = {
  nodes: Array.from({ length: nodeCount }, (_, i) => nodeOf(i)),
  pods: [...podsByName.values()],
  replicasets: [replicaSet],
};

let bound = 0;
let finish: () => void = () => {};
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});
const perNode = new Map<string, number>();
let news: string[] = [];
let wakePods: () => void = () => {};

function line(type: string, object: Json): string {
  return `${JSON.stringify({ type, object })}\n`;
}

async function* follow(plural: string): AsyncIterable<Buffer> {
  const first = (initial[plural] ?? []).map((object) => line('ADDED', object)).join('');
  yield Buffer.from(`${first}${JSON.stringify(bookmark)}\n`);
  for (;;) {
    await new Promise<void>((resolve) => {
      if (plural === 'pods') wakePods = resolve;
    });
    const text = news.join('');
    news = [];
    yield Buffer.from(text);
  }
}

function answer(status: number, body: string, stream?: AsyncIterable<Buffer>): TransportResponse {
  const bytes = Buffer.from(body);
  return {
    status,
    header: () => undefined,
    bytes: async () => bytes,
    stream: () => stream ?? (async function* () {})(),
  };
}

function bind(path: string, body: string): void {
  const name = path.split('/')[6]!;
  const nodeName = (JSON.parse(body) as { target: { name: string } }).target.name;
  const pod = podsByName.get(name)!;
  const metadata = { ...(pod['metadata'] as Json), resourceVersion: String(++revision) };
  news.push(line('MODIFIED', { ...pod, metadata, spec: { ...(pod['spec'] as Json), nodeName } }));
  perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
  wakePods();
  if (++bound === podCount) finish();
}

const transport: Transport = {
  async send({ method, path, body }) {
    const plural = /\/(\w+)\?/.exec(path)?.[1] ?? '';
    if (method === 'GET') return answer(200, '', follow(plural));
    if (!path.endsWith('/binding')) throw new Error(`${method} ${path} was not expected`);
    await new Promise(setImmediate);
    bind(path, String(body));
    return answer(201, '{"kind":"Status","status":"Success"}');
  },
  close: async () => {},
};

const client = new Client(transport, { userAgent: 'bench' });
const log = pino({ level: 'error' });
const shared = { client, clock: systemClock, random: systemRandom, log };
const informers = new InformerFactory(shared);
const events: EventRecorder = { event: () => {}, flush: async () => {} };
const stop = new AbortController();
const before = process.cpuUsage();
const started = performance.now();
const running = runScheduler({ ...shared, informers, events }, stop.signal);
informers.start(stop.signal);
await finished;
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1e6;
const counts = [...perNode.values()].sort((a, b) => a - b);
console.log(
  `${shape}: ${podCount} pods on ${nodeCount} nodes: ${(podCount / cpu).toFixed(0)} pods/s of CPU time, ` +
    `${((performance.now() - started) / 1000).toFixed(2)} s; ${counts[0]} to ${counts.at(-1)} pods a node`,
);
stop.abort();
await running;
process.exit(0);
