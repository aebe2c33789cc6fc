// A whole cluster that serves every version there is and was: controllers work on what came in by old ones.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  isNotFound,
  type KubeObject,
  resource,
  resources,
  startCluster,
  type TestCluster,
} from '../../src/testing/testing.ts';

interface OldDeployment extends KubeObject {
  spec: { replicas?: number; template: object; rollbackTo?: object };
}

interface DeploymentRollback extends KubeObject {
  name: string;
  rollbackTo: { revision?: number };
}

const old = resource<OldDeployment>('extensions/v1beta1', 'Deployment', 'deployments', 'Namespaced');
const named = { namespace: 'default', name: 'web' };
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ legacyApis: true, runtimeConfig: 'api/all=true' });
});

afterAll(async () => {
  await cluster.close();
});

function template(image: string): object {
  return {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image }], terminationGracePeriodSeconds: 0 },
  };
}

async function runningImages(): Promise<string[]> {
  const { items } = await cluster.client.list(resources.pods, {
    namespace: 'default',
    labelSelector: 'app=web',
  });
  return items
    .filter(({ status, metadata }) => status.phase === 'Running' && !metadata.deletionTimestamp)
    .map(({ spec }) => spec.containers?.[0]?.image ?? '');
}

it('rolls an old deployment out and back', async () => {
  const { client } = cluster;
  await client.create(old, { metadata: named, spec: { replicas: 2, template: template('one') } });
  await expect.poll(runningImages, { timeout: 20_000 }).toEqual(['one', 'one']);
  await client.patch(old, named, { spec: { template: template('two') } }, { type: 'strategic' });
  await expect.poll(runningImages, { timeout: 20_000 }).toEqual(['two', 'two']);
  const rollback = resource<DeploymentRollback>(
    'extensions/v1beta1',
    'DeploymentRollback',
    'deployments',
    'Namespaced',
  );
  const body = { metadata: named, name: 'web', rollbackTo: {} };
  await client.create(rollback, body, { subresource: 'rollback' });
  await expect.poll(runningImages, { timeout: 20_000 }).toEqual(['one', 'one']);
  const { spec } = await client.get(old, named);
  expect(spec.rollbackTo).toBeUndefined();
}, 70_000);

it('collects what a deleted one leaves', async () => {
  const { client } = cluster;
  await client.delete(old, named);
  await expect.poll(runningImages, { timeout: 20_000 }).toEqual([]);
  const error = await client.get(old, named).catch((caught: unknown) => caught);
  expect(isNotFound(error)).toBe(true);
}, 30_000);

it('deletes namespaces with objects of all versions', async () => {
  const { client } = cluster;
  const namespace = 'gone';
  await client.create(resources.namespaces, { metadata: { name: namespace } });
  await client.create(old, {
    metadata: { name: 'x', namespace },
    spec: { replicas: 0, template: template('i') },
  });
  await client.delete(resources.namespaces, { namespace: '', name: namespace });
  const isGone = () =>
    client.get(resources.namespaces, { namespace: '', name: namespace }).then(() => false, isNotFound);
  await expect.poll(isGone, { timeout: 20_000 }).toBe(true);
}, 30_000);
