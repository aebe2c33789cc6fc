import { type Client, resources, startCluster } from 'kubeskiff/testing';
import { expect, test } from 'vitest';

const { deployments, pods } = resources;

async function runningPods(client: Client): Promise<string[]> {
  const { items } = await client.list(pods, { namespace: 'default', labelSelector: 'app=web' });
  return items.filter((pod) => pod.status.phase === 'Running').map((pod) => pod.metadata.name!);
}

test('a deployment gets its pods', async () => {
  await using cluster = await startCluster();
  const { client } = cluster;
  const labels = { app: 'web' };
  await client.create(deployments, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  });
  await expect.poll(() => runningPods(client), { timeout: 10_000 }).toHaveLength(2);
});
