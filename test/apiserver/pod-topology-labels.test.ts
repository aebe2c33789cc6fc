// Pods that are put on a node: they get its zone and region as labels.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const pods = '/api/v1/namespaces/default/pods';
const zone = 'topology.kubernetes.io/zone';
const region = 'topology.kubernetes.io/region';

it('take the labels of the place of their node, over their own', async () => {
  await using server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(server.url, method, path, { body });
  const labelsOf = async (name: string): Promise<unknown> =>
    (await ask('GET', `${pods}/${name}`)).body.metadata['labels'];
  const pod = (name: string, labels: object, nodeName?: string): Promise<Answer> =>
    ask('POST', pods, {
      metadata: { name, labels },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
    });
  const bind = (name: string, target: object): Promise<Answer> =>
    ask('POST', `${pods}/${name}/binding`, { metadata: { name }, target });

  const place = { [zone]: 'z1', [region]: 'r1' };
  await ask('POST', '/api/v1/nodes', { metadata: { name: 'n', labels: { ...place, [`${zone}s`]: 'x' } } });

  await pod('bound', { app: 'a', [zone]: 'mine' });
  expect((await bind('bound', { kind: 'Node', name: 'n' })).status).toBe(201);
  expect(await labelsOf('bound')).toEqual({ app: 'a', ...place });

  await pod('placed', { [zone]: 'mine' }, 'n');
  expect(await labelsOf('placed')).toEqual(place);

  await pod('kindless', { app: 'a' });
  await bind('kindless', { name: 'n' });
  expect(await labelsOf('kindless')).toEqual({ app: 'a' });

  await pod('elsewhere', { app: 'a' }, 'unknown');
  expect(await labelsOf('elsewhere')).toEqual({ app: 'a' });
});

it('keep theirs where the gate is off', async () => {
  await using server = await startTestApiServer({
    disabledAdmission: ['ServiceAccount'],
    featureGates: 'PodTopologyLabelsAdmission=false',
  });
  await send(server.url, 'POST', '/api/v1/nodes', {
    body: { metadata: { name: 'n', labels: { [zone]: 'z1' } } },
  });
  const { body } = await send(server.url, 'POST', pods, {
    body: {
      metadata: { name: 'p', labels: { app: 'a' } },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    },
  });
  expect(body.metadata['labels']).toEqual({ app: 'a' });
});
