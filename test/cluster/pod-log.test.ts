// pods/log: from the client through the API server to the node agent and back.
import { type Client, startCluster, type TestCluster } from 'kubeskiff/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pods } from '../../src/client/resources.ts';
import { until } from '../harness/control-plane.ts';

let cluster: TestCluster;
let client: Client;
beforeAll(async () => {
  cluster = await startCluster();
  client = cluster.client;
});
afterAll(() => cluster.close());

async function run(name: string, script: string, more: object = {}): Promise<void> {
  await client.create(pods, {
    metadata: { name, namespace: 'default', ...more },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }],
    },
  });
}

const log = (name: string, query = '') => client.text(`/api/v1/namespaces/default/pods/${name}/log${query}`);

async function ended(name: string): Promise<void> {
  await until(`${name} ended`, async () => {
    const { status } = await client.get(pods, { namespace: 'default', name });
    return ['Succeeded', 'Failed'].includes(status.phase ?? '');
  });
}

test('lines of a container that ended, whole and in part', async () => {
  await run('lines', 'echo one; echo two; echo three');
  await ended('lines');
  expect(await log('lines')).toBe('one\ntwo\nthree\n');
  expect(await log('lines', '?tailLines=2')).toBe('two\nthree\n');
  expect(await log('lines', '?tailLines=0')).toBe('');
  expect(await log('lines', '?limitBytes=5')).toBe('one\nt');
  expect(await log('lines', '?container=c&follow=true')).toBe('one\ntwo\nthree\n');
  expect(await log('lines', '?timestamps=true&tailLines=1')).toMatch(/^\d{4}-\d\d-\d\dT\S+Z three\n$/);
});

test('options that make no sense are refused as upstream does', async () => {
  await run('options', 'echo one');
  await ended('options');
  await expect(log('options', '?tailLines=-1')).rejects.toMatchObject({
    code: 422,
    message:
      'PodLogOptions "options" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  });
  await expect(log('options', '?limitBytes=0')).rejects.toMatchObject({ code: 422 });
  await expect(log('options', '?tailLines=x')).rejects.toMatchObject({ code: 400 });
  await expect(log('options', '?container=none')).rejects.toMatchObject({
    code: 400,
    message: 'container none is not valid for pod options',
  });
  await expect(log('missing')).rejects.toMatchObject({ code: 404, message: 'pods "missing" not found' });
  await expect(log('options', '?previous=true')).rejects.toMatchObject({
    code: 400,
    message: 'previous terminated container "c" in pod "options" not found',
  });
});

test('a container that never starts says why', async () => {
  await client.create(pods, {
    metadata: { name: 'stuck', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx:bad' }] },
  });
  await until('the pull failed', async () => {
    const { status } = await client.get(pods, { namespace: 'default', name: 'stuck' });
    return status.containerStatuses?.[0]?.state?.waiting?.reason?.includes('ImagePull');
  });
  await expect(log('stuck')).rejects.toMatchObject({
    code: 400,
    message: expect.stringMatching(/^container "c" in pod "stuck" is waiting to start: /),
  });
});

test('a pod without a node has no log yet', async () => {
  await client.create(pods, {
    metadata: { name: 'homeless', namespace: 'default' },
    spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'nginx' }] },
  });
  expect(await log('homeless')).toBe('');
});
