// Clusters inside the test's process: what they have, that they do not see each other, and that nothing is left of them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { startCluster, type TestCluster } from 'kubeskiff/testing';
import { expect, test } from 'vitest';
import {
  configMaps,
  deployments,
  endpointSlices,
  namespaces,
  nodes,
  pods,
  serviceAccounts,
} from '../../src/client/resources.ts';
import { namesOf, until } from '../harness/control-plane.ts';

const root = join(import.meta.dirname, '..', '..');

function running({ client }: TestCluster, namespace: string): Promise<number> {
  return client
    .list(pods, { namespace })
    .then(({ items }) => items.filter((p) => p.status.phase === 'Running').length);
}

test('a new cluster has what a real one has', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  const { client } = cluster;
  expect(cluster.nodes).toEqual(['node-1', 'node-2', 'node-3']);
  const found = await client.list(nodes);
  expect(namesOf(found.items)).toEqual(cluster.nodes);
  for (const node of found.items) {
    expect(node.status.conditions?.find((c) => c.type === 'Ready')?.status).toBe('True');
    expect(node.spec?.taints ?? []).toEqual([]);
  }
  expect(namesOf((await client.list(namespaces)).items)).toEqual([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ]);
  await until('every namespace has its account and certificate', async () => {
    const accounts = (await client.list(serviceAccounts)).items.filter((a) => a.metadata.name === 'default');
    const published = (await client.list(configMaps)).items.filter(
      (c) => c.metadata.name === 'kube-root-ca.crt',
    );
    return accounts.length === 4 && published.length === 4;
  });
  const slices = await client.list(endpointSlices, { namespace: 'default' });
  expect(namesOf(slices.items)).toEqual(['kubernetes']);
});

test('20 clusters side by side see nothing of each other', async () => {
  const clusters = await Promise.all(Array.from({ length: 20 }, () => startCluster()));
  try {
    await Promise.all(
      clusters.map(({ client }, i) =>
        client.create(deployments, {
          metadata: { name: `web-${i}`, namespace: 'default' },
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: { containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        }),
      ),
    );
    for (const [i, cluster] of clusters.entries()) {
      await until(`the pod of cluster ${i} runs`, async () => (await running(cluster, 'default')) === 1);
      const { items } = await cluster.client.list(deployments);
      expect(namesOf(items)).toEqual([`web-${i}`]);
    }
  } finally {
    await Promise.all(clusters.map((c) => c.close()));
  }
});

test('a port is opened only when asked for, and its kubeconfig works and goes with the cluster', async () => {
  await using silent = await startCluster();
  expect(() => silent.kubeconfig).toThrow('startCluster({ port: true })');
  const cluster = await startCluster({ port: true });
  const { kubeconfig, url } = cluster;
  const pick = (name: string) => {
    const [, data = ''] = new RegExp(`${name}-data: (\\S+)`).exec(readFileSync(kubeconfig, 'utf8'))!;
    return Buffer.from(data, 'base64');
  };
  const tls = {
    ca: pick('certificate-authority'),
    cert: pick('client-certificate'),
    key: pick('client-key'),
  };
  expect(tls.key.toString(), 'a form that Java reads').toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  const status = await new Promise((resolve, reject) => {
    request(`${url}/api/v1/nodes`, tls, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
  await cluster.close();
  expect(existsSync(kubeconfig)).toBe(false);
});

test('closing twice, and using a closed cluster, is told plainly', async () => {
  const cluster = await startCluster();
  await Promise.all([cluster.close(), cluster.close()]);
  await expect(cluster.client.list(pods)).rejects.toThrow('the transport is closed');
});

test('the example of the README is the one that is tested', () => {
  const example = readFileSync(join(import.meta.dirname, 'readme-example.test.ts'), 'utf8').trim();
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(example);
});

// type stripping is there from Node 22.18 on; on older ones the packed package is what proves it
const [major = 0] = process.versions.node.split('.').map(Number);

test.skipIf(major < 24)('a process that closed its clusters ends by itself', () => {
  const program = `
    import { startCluster } from ${JSON.stringify(join(root, 'src', 'testing', 'testing.ts'))};
    const cluster = await startCluster({ port: true });
    await cluster.close();
    console.log('closed');
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([stdout.trim(), status]).toEqual(['closed', 0]);
});
