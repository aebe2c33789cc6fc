// Updates of a pod in a running server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

const pods = '/api/v1/namespaces/default/pods';
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};

describe('a pod', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
    await send(server.url, 'POST', pods, { body: pod });
  });
  afterAll(() => server.close());

  it('keeps its priority when the manifest it was made of replaces it', async () => {
    const labelled = { ...pod, metadata: { ...pod.metadata, labels: { a: 'b' } } };
    const { status, body } = await send(server.url, 'PUT', `${pods}/p`, { body: labelled });
    expect(status).toBe(200);
    expect(body.spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  });

  it.each([
    [
      { metadata: { labels: 'invalid' } },
      'map[metadata:map[labels:invalid]]',
      'cannot restore map from string',
    ],
    [{ spec: { priority: '1' } }, 'map[spec:map[priority:1]]', 'unrecognized type: int32'],
  ])('refuses the strategic merge patch %j', async (patch, shown, why) => {
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const { status, body } = await send(server.url, 'PATCH', `${pods}/p`, { body: patch, headers });
    expect(status).toBe(422);
    expect(body.message).toBe(` "" is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${why}`);
  });

  it('is told of unknown fields in a strategic merge patch in the order of their names', async () => {
    const patch = '{"spec":{"z":1,"containers":[{"name":"c","y":1,"b":2}],"Z":1},"metadata":{"q":1,"q":2}}';
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const answer = await send(server.url, 'PATCH', `${pods}/p`, { body: patch, headers });
    const fields = ['metadata.q', 'spec.Z', 'spec.containers[0].b', 'spec.containers[0].y', 'spec.z'];
    const messages = ['duplicate field "metadata.q"', ...fields.map((field) => `unknown field "${field}"`)];
    expect(answer.headers['warning']).toBe(messages.map((m) => `299 - ${JSON.stringify(m)}`).join(', '));
  });
});
