// Every cluster IP has its IPAddress object, whatever becomes of its service.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, type Body, send } from './api.ts';

const ipAddresses = '/apis/networking.k8s.io/v1/ipaddresses';
const services = '/api/v1/namespaces/default/services';
const serviceRange = '10.0.0.0/24,fd00::/112';

describe('IPAddress objects', () => {
  let server: TestApiServer;
  let storage: Storage;
  beforeEach(async () => {
    storage = openMemoryStorage();
    server = await startTestApiServer({ storage, serviceRange });
  });
  afterEach(() => server.close());

  /** Another server on the same storage; `meanwhile` works on it while none runs. */
  async function restart(meanwhile: () => Promise<unknown>): Promise<void> {
    await server.server.close();
    await meanwhile();
    server = await startTestApiServer({ storage, serviceRange });
  }

  const make = (name: string, spec: object = {}): Promise<Answer> =>
    send(server.url, 'POST', services, {
      body: { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } },
    });
  const change = (name: string, spec: object): Promise<Answer> =>
    send(server.url, 'PATCH', `${services}/${name}`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec },
    });
  const clusterIps = ({ body }: Answer): string[] => body.spec['clusterIPs'] as string[];
  const list = async (): Promise<Body[]> => (await send(server.url, 'GET', ipAddresses)).body.items;
  /** `10.0.0.1 kubernetes`. */
  const owners = async (): Promise<string[]> =>
    (await list()).map(
      ({ metadata, spec }) => `${metadata.name} ${(spec['parentRef'] as { name: string }).name}`,
    );
  const first = '10.0.0.1 kubernetes';

  it('come and go with services', async () => {
    expect(await owners()).toEqual([first]);
    const made = await make('a', { ipFamilyPolicy: 'RequireDualStack' });
    const [v4, v6] = clusterIps(made);
    expect(await owners()).toEqual([first, `${v4} a`, `${v6} a`].sort());
    const { body } = await send(server.url, 'GET', `${ipAddresses}/${v6}`);
    expect(body.metadata['labels']).toEqual({
      'ipaddress.kubernetes.io/ip-family': 'IPv6',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    });
    expect(body.spec).toEqual({ parentRef: { resource: 'services', namespace: 'default', name: 'a' } });
    await send(server.url, 'DELETE', `${services}/a`);
    expect(await owners()).toEqual([first]);
    expect((await make('b', { clusterIP: v4 })).status).toBe(201);
  });

  it('are stored in the same commit as their service', async () => {
    const commits: string[][] = [];
    const stop = storage.subscribe((events) => commits.push(events.map(({ key }) => key)));
    await make('a', { clusterIP: '10.0.0.77' });
    stop();
    expect(commits).toEqual([
      expect.arrayContaining(['services/default/a', 'ipaddresses.networking.k8s.io/10.0.0.77']),
    ]);
  });

  it('follow a service that gets and loses an address', async () => {
    const [v4] = clusterIps(await make('a'));
    const [, v6] = clusterIps(await change('a', { ipFamilyPolicy: 'RequireDualStack' }));
    expect(await owners()).toEqual([first, `${v4} a`, `${v6} a`].sort());
    expect((await change('a', { ipFamilyPolicy: 'SingleStack' })).status).toBe(200);
    expect(await owners()).toEqual([first, `${v4} a`].sort());
  });

  it('are not made for what is not made', async () => {
    await make('a', { clusterIP: '10.0.0.77' });
    expect((await make('a')).status).toBe(409);
    expect((await make('b', { clusterIP: '10.0.0.77' })).status).toBe(422);
    expect((await make('c', { clusterIP: 'None' })).status).toBe(201);
    const dry = await send(server.url, 'POST', `${services}?dryRun=All`, {
      body: { metadata: { name: 'd' }, spec: { ports: [{ port: 80 }] } },
    });
    expect(dry.status).toBe(201);
    // that of the network: nobody gets it
    expect(dry.body.spec['clusterIP']).toBe('10.0.0.0');
    const outside = await send(server.url, 'POST', `${services}?dryRun=All`, {
      body: { metadata: { name: 'd' }, spec: { ports: [{ port: 80 }], clusterIP: '10.9.0.7' } },
    });
    expect(outside.body.message).toContain(
      'failed to allocate IP 10.9.0.7: the provided IP (10.9.0.7) is not in the valid range. The range of valid IPs is 10.0.0.0/24',
    );
    expect(await owners()).toEqual([first, '10.0.0.77 a']);
  });

  it('keep services off an address when somebody else made them', async () => {
    const parentRef = { group: 'example.com', resource: 'gateways', name: 'g' };
    const body = { metadata: { name: '10.0.0.50' }, spec: { parentRef } };
    expect((await send(server.url, 'POST', ipAddresses, { body })).status).toBe(201);
    const refused = await make('a', { clusterIP: '10.0.0.50' });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(
      'failed to allocate IP 10.0.0.50: provided IP is already allocated',
    );
  });

  it('are repaired: what is missing is made, what is left over goes', async () => {
    await make('a', { clusterIP: '10.0.0.77' });
    await make('b', { clusterIP: '10.0.0.78' });
    await restart(async () => {
      const bytes = (await storage.get('services/default/b'))!.value;
      await storage.delete('services/default/b', () => bytes);
      const address = (await storage.get('ipaddresses.networking.k8s.io/10.0.0.77'))!.value;
      await storage.delete('ipaddresses.networking.k8s.io/10.0.0.77', () => address);
    });
    expect(await owners()).toEqual([first, '10.0.0.77 a']);
  });

  it('are repaired: what names a service that is gone is made anew', async () => {
    await make('a', { clusterIP: '10.0.0.77' });
    await restart(async () => {
      const key = 'ipaddresses.networking.k8s.io/10.0.0.77';
      const text = (await storage.get(key))!.value.toString();
      await storage.put(key, () => Buffer.from(text.replace('"name":"a"', '"name":"gone"')));
    });
    expect(await owners()).toEqual([first, '10.0.0.77 a']);
  });
});
