// Field selectors of a version that calls its fields otherwise than the stored one: Events of events.k8s.io.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send, Watch } from './api.ts';

describe('field labels of events.k8s.io', () => {
  const events = '/apis/events.k8s.io/v1/namespaces/default/events';
  let server: TestApiServer;
  const event = (name: string, pod: string): object => ({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: `example.com/${name}`,
    reportingInstance: 'one',
    action: 'Binding',
    reason: 'Scheduled',
    type: 'Normal',
    regarding: { kind: 'Pod', namespace: 'default', name: pod },
  });
  const list = (selector: string, path = events): Promise<Answer> =>
    send(server.url, 'GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`);
  const names = async (selector: string): Promise<string[]> =>
    (await list(selector)).body.items.map(({ metadata }) => metadata.name);

  beforeAll(async () => {
    server = await startTestApiServer();
    for (const [name, pod] of [
      ['first', 'web'],
      ['second', 'db'],
    ] as const) {
      const { status, body } = await send(server.url, 'POST', events, { body: event(name, pod) });
      expect(status, body.message).toBe(201);
    }
  });
  afterAll(() => server.close());

  it('select by the names of the version', async () => {
    expect(await names('regarding.name=web')).toEqual(['first']);
    expect(await names('reportingController!=example.com/first,reason=Scheduled')).toEqual(['second']);
    expect(await names('metadata.name=second,type=Normal')).toEqual(['second']);
  });

  it('are those of the version alone', async () => {
    const { status, body } = await list('involvedObject.name=web');
    expect([status, body.message]).toEqual([400, 'field label not supported: involvedObject.name']);
    const core = await list('regarding.name=web', '/api/v1/namespaces/default/events');
    expect([core.status, core.body.message]).toEqual([400, 'field label not supported: regarding.name']);
  });

  it('select in watches', async () => {
    const watch = await Watch.open(server.url, `${events}?watch=true&fieldSelector=regarding.name%3Dlater`);
    await send(server.url, 'POST', events, { body: event('third', 'other') });
    await send(server.url, 'POST', events, { body: event('fourth', 'later') });
    expect((await watch.next())?.object.metadata.name).toBe('fourth');
    watch.close();
  });
});
