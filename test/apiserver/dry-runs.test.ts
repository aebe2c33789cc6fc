// What a dry run answers where it knows less than the write itself: as kube-apiserver 1.36.3 answers the same requests.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const services = '/api/v1/namespaces/default/services';

interface Status {
  message?: string;
}

interface Ports {
  healthCheckNodePort?: number;
  ports: { nodePort: number }[];
}

describe('dry runs', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const create = (collection: string, body: object, query = '?dryRun=All'): Promise<Answer> =>
    send(server.url, 'POST', `${collection}${query}`, { body });
  const service = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ...spec },
  });
  const specOf = ({ body }: Answer) => body['spec'] as unknown as Ports;

  it('number node ports from 32769 and take none', async () => {
    const asked = service({ ports: [80, 81].map((port) => ({ name: `p${port}`, port })) });
    for (let again = 0; again < 2; again++) {
      const spec = specOf(await create(services, asked));
      expect([...spec.ports.map(({ nodePort }) => nodePort), spec.healthCheckNodePort]).toEqual([
        32769, 32770, 32771,
      ]);
    }
  });

  it('do not ask whether a port is in the range, which the write does', async () => {
    const outside = service({ ports: [{ port: 80, nodePort: 70 }] });
    expect(specOf(await create(services, outside)).ports[0]!.nodePort).toBe(70);
    const written = (await create(services, outside, '')).body as Status;
    expect(written.message).toContain('provided port is not in the valid range');
  });

  it('tell that a node port is taken', async () => {
    const named = { ...service({ ports: [{ port: 80, nodePort: 31000 }] }), metadata: { name: 'first' } };
    expect((await create(services, named, '')).status).toBe(201);
    const second = (await create(services, service({ ports: [{ port: 80, nodePort: 31000 }] })))
      .body as Status;
    expect(second.message).toBe(
      'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated',
    );
  });

  it('a health check port that cannot be had is the fault of the server', async () => {
    const asked = service({ ports: [{ port: 80 }], healthCheckNodePort: 70 });
    expect((await create(services, asked)).status).toBe(201);
    const { status, body } = await create(services, asked, '');
    expect([status, (body as Status).message]).toEqual([
      500,
      'Internal error occurred: failed to allocate requested HealthCheck NodePort 70: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ]);
  });

  it('show the resourceVersion that was sent', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', resourceVersion: '7' } };
    const maps = '/api/v1/namespaces/default/configmaps';
    expect((await create(maps, map)).body.metadata['resourceVersion']).toBe('7');
    expect((await create(maps, map, '')).status).toBe(400);
  });
});
