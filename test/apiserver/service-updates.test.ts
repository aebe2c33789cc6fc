// Updates of services that leave out what was allocated, or that do not need it any more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Body, send } from './api.ts';

const services = '/api/v1/namespaces/default/services';

describe('updates of services', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const ask = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await send(server.url, method, path, { ...(body !== undefined && { body }) });
    expect(answer.status, answer.body.message).toBeLessThan(300);
    return answer.body;
  };
  const portsOf = (service: Body): Record<string, unknown>[] =>
    service.spec['ports'] as Record<string, unknown>[];

  it('give node ports back where a load balancer needs none', async () => {
    const ports = [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ];
    const spec = { type: 'LoadBalancer', ports };
    const created = await ask('POST', services, { metadata: { name: 'balanced' }, spec });
    const [a, b] = portsOf(created).map(({ nodePort }) => nodePort);
    expect(a && b).toBeTruthy();
    const renumbered = await ask('PUT', `${services}/balanced`, {
      metadata: created.metadata,
      spec: {
        ...spec,
        ports: [
          { name: 'a', port: 3 },
          { name: 'b', port: 2, nodePort: b },
        ],
      },
    });
    expect(portsOf(renumbered).map(({ nodePort }) => nodePort)).toEqual([a, b]);
    const without = await ask('PUT', `${services}/balanced`, {
      metadata: renumbered.metadata,
      spec: {
        ...spec,
        ports: [ports[0], { ...ports[1], nodePort: b }],
        allocateLoadBalancerNodePorts: false,
      },
    });
    expect(portsOf(without).map(({ nodePort }) => nodePort)).toEqual([undefined, b]);
    const other = { type: 'NodePort', ports: [{ port: 1, nodePort: a }] };
    await ask('POST', services, { metadata: { name: 'other' }, spec: other });
  });

  it('leave services of external names without a policy for internal traffic', async () => {
    const spec = { type: 'ExternalName', externalName: 'a.example', internalTrafficPolicy: 'Cluster' };
    const created = await ask('POST', services, { metadata: { name: 'named' }, spec });
    expect(created.spec).not.toHaveProperty('internalTrafficPolicy');
    const inside = await ask('POST', services, {
      metadata: { name: 'inside' },
      spec: { ports: [{ port: 1 }] },
    });
    expect(inside.spec['internalTrafficPolicy']).toBe('Cluster');
    const outside = { ...inside.spec, type: 'ExternalName', externalName: 'a.example' };
    const changed = await ask('PUT', `${services}/inside`, { metadata: inside.metadata, spec: outside });
    expect(changed.spec).not.toHaveProperty('internalTrafficPolicy');
    const wrong = { ...spec, internalTrafficPolicy: 'None' };
    const refused = await send(server.url, 'POST', services, {
      body: { metadata: { name: 'wrong' }, spec: wrong },
    });
    expect(refused.body.message).toContain('spec.internalTrafficPolicy: Unsupported value: "None"');
  });
});
