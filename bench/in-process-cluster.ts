// Prints how long a cluster in a process takes to start after the first, and one pod in it from create to Running, in ms.
import { pods } from '../src/client/resources.ts';
import { startCluster } from '../src/testing/test-cluster.ts';

async function once(): Promise<[start: number, pod: number]> {
  const started = performance.now();
  await using cluster = await startCluster();
  const ready = performance.now();
  const { client } = cluster;
  const metadata = { name: 'one', namespace: 'default' };
  const spec = { containers: [{ name: 'c', image: 'nginx' }] };
  const made = await client.create(pods, { metadata, spec } as never);
  const { resourceVersion } = (made as { metadata: { resourceVersion?: string } }).metadata;
  const selection = { namespace: 'default', fieldSelector: 'metadata.name=one', resourceVersion };
  for await (const events of client.watch(pods, selection))
    if (events.some((e) => e.object.status?.phase === 'Running')) break;
  return [ready - started, performance.now() - ready];
}

await once();
const times: [number, number][] = [];
for (let i = 0; i < 5; i++) times.push(await once());
const middle = (of: 0 | 1): number => times.map((t) => t[of]).sort((a, b) => a - b)[2]!;
console.log(`${middle(0)} ${middle(1)}`);
process.exit(0);
