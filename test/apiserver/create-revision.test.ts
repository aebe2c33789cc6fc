// A resourceVersion on an object to be created: what clients send that create again what they have read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

describe('a resourceVersion on an object to be created', () => {
  const configMaps = '/api/v1/namespaces/default/configmaps';
  let server: TestApiServer;
  const create = (name: string, resourceVersion: string, query = ''): Promise<Answer> =>
    send(server.url, 'POST', `${configMaps}${query}`, { body: { metadata: { name, resourceVersion } } });

  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it('is refused', async () => {
    const { status, body } = await create('refused', '5');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.message).toBe('resourceVersion should not be set on objects to be created');
    expect((await send(server.url, 'GET', `${configMaps}/refused`)).status).toBe(404);
  });

  it('is shown by a dry run, which ends before storage', async () => {
    const { status, body } = await create('tried', '5', '?dryRun=All');
    expect([status, body.metadata.resourceVersion]).toEqual([201, '5']);
    expect((await send(server.url, 'GET', `${configMaps}/tried`)).status).toBe(404);
  });

  it.each(['0', '-1', 'abc'])('is ignored where it is %s', async (version) => {
    const name = `ignored-${version.replace('-', 'minus-')}`;
    const { status, body } = await create(name, version);
    expect(status, body.message).toBe(201);
    const stored = await send(server.url, 'GET', `${configMaps}/${name}`);
    expect(stored.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
  });
});
