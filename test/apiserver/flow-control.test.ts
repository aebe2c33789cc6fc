// Which flow schema a request belongs to, and whether the level of a schema exists.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowSchema } from '#types/flowcontrol.apiserver.k8s.io_v1';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send, Watch } from './api.ts';

const group = '/apis/flowcontrol.apiserver.k8s.io/v1';
const schemas = `${group}/flowschemas`;
const levels = `${group}/prioritylevelconfigurations`;

let server: TestApiServer;
const api = (method: string, path: string, body?: unknown) => send(server.url, method, path, { body });

beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(() => server.close());

const schema = (name: string, level: string, user: string) => ({
  metadata: { name },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: 2,
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: user } }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/version'] }],
      },
    ],
  },
});

const dangling = (object: unknown) =>
  (object as FlowSchema).status?.conditions?.find(({ type }) => type === 'Dangling');

it('tells the schemas that every cluster has that their levels exist', async () => {
  const { body } = await api('GET', schemas);
  const items = body['items'] as unknown as FlowSchema[];
  expect(items.length).toBeGreaterThan(10);
  for (const item of items) {
    const level = item.spec.priorityLevelConfiguration.name;
    expect(dangling(item)).toEqual({
      type: 'Dangling',
      status: 'False',
      reason: 'Found',
      lastTransitionTime: expect.any(String),
      message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
    });
    expect(
      item.metadata.managedFields?.map(({ manager, operation, subresource }) => [
        manager,
        operation,
        subresource,
      ]),
    ).toEqual([
      ['api-priority-and-fairness-config-consumer-v1', 'Apply', 'status'],
      ['api-priority-and-fairness-config-producer-v1', 'Update', undefined],
    ]);
  }
});

it('names schema and level in answers, but not in those of requests that last', async () => {
  const { body: exempt } = await api('GET', `${schemas}/exempt`);
  const { body: level } = await api('GET', `${levels}/exempt`);
  const { headers } = await api('GET', '/api/v1/pods');
  expect(headers['x-kubernetes-pf-flowschema-uid']).toBe(exempt.metadata.uid);
  expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBe(level.metadata.uid);
  const log = await api('GET', '/api/v1/namespaces/default/pods/none/log');
  expect(log.headers['x-kubernetes-pf-flowschema-uid']).toBeUndefined();
});

it('follows what is made of schemas and levels', async () => {
  const { body: made } = await api('POST', schemas, schema('mine', 'missing', 'ann'));
  const from = `&resourceVersion=${made.metadata.resourceVersion}`;
  const watch = await Watch.open(server.url, `${schemas}?watch=1&fieldSelector=metadata.name%3Dmine${from}`);
  expect(dangling((await watch.next())!.object)).toMatchObject({ status: 'True', reason: 'NotFound' });
  const asAnn = () => send(server.url, 'GET', '/version', { headers: { 'impersonate-user': 'ann' } });
  const { headers: before } = await asAnn();
  expect(before['x-kubernetes-pf-flowschema-uid']).not.toBe(made.metadata.uid);
  const spec = {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } },
  };
  const { body: level } = await api('POST', levels, { metadata: { name: 'missing' }, spec });
  expect(dangling((await watch.next())!.object)).toMatchObject({ status: 'False', reason: 'Found' });
  const { headers } = await asAnn();
  expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBe(level.metadata.uid);
  await api('DELETE', `${levels}/missing`);
  expect(dangling((await watch.next())!.object)).toMatchObject({ status: 'True' });
  watch.close();
});
