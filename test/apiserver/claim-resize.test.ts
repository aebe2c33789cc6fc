// Claims that are to grow: only bound ones, and only of classes that let volumes grow.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const claims = '/api/v1/namespaces/default/persistentvolumeclaims';

it('grow only once bound and where their class allows it', async () => {
  await using server = await startTestApiServer();
  const ask = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(server.url, method, path, { body });
  const classes = '/apis/storage.k8s.io/v1/storageclasses';
  for (const [name, allowVolumeExpansion] of [
    ['grows', true],
    ['stays', false],
  ])
    await ask('POST', classes, { metadata: { name }, provisioner: 'example.com/p', allowVolumeExpansion });

  const claim = async (name: string, storageClassName: string, phase?: string): Promise<Answer> => {
    const resources = { requests: { storage: '1Gi' } };
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName, volumeName: 'v', resources };
    const created = await ask('POST', claims, { metadata: { name }, spec });
    if (phase === undefined) return created;
    return ask('PUT', `${claims}/${name}/status`, { ...created.body, status: { phase } });
  };
  const size = async ({ body }: Answer, storage: string): Promise<Answer> =>
    ask('PUT', `${claims}/${body.metadata.name}`, {
      ...body,
      spec: { ...body.spec, resources: { requests: { storage } } },
    });

  expect((await size(await claim('grown', 'grows', 'Bound'), '2Gi')).status).toBe(200);
  const same = await claim('same', 'stays', 'Bound');
  expect((await size(same, '1024Mi')).status).toBe(200);
  const unable =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  for (const [name, storageClass] of [
    ['fixed', 'stays'],
    ['lost', 'nowhere'],
    ['plain', ''],
  ] as const) {
    const refused = await size(await claim(name, storageClass, 'Bound'), '2Gi');
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe(`persistentvolumeclaims "${name}" is forbidden: ${unable}`);
  }
});
