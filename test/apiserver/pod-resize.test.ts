// Pods that are given other resources: what their node says to it.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const pods = '/api/v1/namespaces/default/pods';

it('grow no further than their node, on linux alone', async () => {
  await using server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  const ask = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(server.url, method, path, { body });
  const node = async (name: string, system: string): Promise<void> => {
    const labels = { 'kubernetes.io/os': system };
    await ask('POST', '/api/v1/nodes', {
      metadata: { name, labels },
      status: { allocatable: { cpu: '2', memory: '1Gi' } },
    });
  };
  const resize = async (name: string, nodeName: string, requests: object): Promise<Answer> => {
    const container = { name: 'c', image: 'i', resources: { requests: { cpu: '500m', memory: '512Mi' } } };
    const { body } = await ask('POST', pods, {
      metadata: { name },
      spec: { nodeName, containers: [container] },
    });
    const containers = [{ ...container, resources: { requests } }];
    return ask('PUT', `${pods}/${name}/resize`, { ...body, spec: { ...body.spec, containers } });
  };
  await node('small', 'linux');
  await node('other', 'windows');
  expect((await resize('fits', 'small', { cpu: '1', memory: '512Mi' })).status).toBe(200);
  const { status, body } = await resize('big', 'small', { cpu: '2500m', memory: '2Gi' });
  expect(status).toBe(403);
  expect(body.message).toBe(
    'pods "big" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 2500, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824',
  );
  expect(body['details']).toMatchObject({ causes: [{ reason: 'NodeCapacity' }] });
  const elsewhere = await resize('elsewhere', 'other', { cpu: '1', memory: '512Mi' });
  expect(elsewhere.body.message).toBe(
    'pods "elsewhere" is forbidden: pod resize is only supported on linux nodes, node "other" is "windows"',
  );
  expect((await resize('lost', 'nowhere', { cpu: '1', memory: '512Mi' })).body.message).toBe(
    'pods "lost" is forbidden: node "nowhere" not found',
  );
});
