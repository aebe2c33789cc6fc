// Tokens of service accounts by request, and whose a token is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Body, send } from './api.ts';

const core = '/api/v1/namespaces/default';
const issuer = 'https://kubernetes.default.svc.cluster.local';

describe('tokens', () => {
  let server: TestApiServer;
  const post = (path: string, body: unknown) => send(server.url, 'POST', path, { body });
  beforeAll(async () => {
    server = await startTestApiServer();
    for (const name of ['default', 'bot'])
      await post(`${core}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
    const spec = { containers: [{ name: 'c', image: 'nginx' }] };
    const pods = { alone: spec, bots: { ...spec, serviceAccountName: 'bot' } };
    for (const [name, spec] of Object.entries(pods))
      await post(`${core}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  });
  afterAll(() => server.close());

  const request = (name: string, uid?: string) =>
    post(`${core}/serviceaccounts/bot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } },
    });

  it('are bound to pods of their account alone', async () => {
    expect((await request('bots')).status).toBe(201);
    const { status, body } = await request('alone');
    expect(status).toBe(400);
    expect(body.message).toBe(
      'cannot bind token for serviceaccount "bot" to pod running with different serviceaccount name.',
    );
  });

  it('name the kind of what has another uid', async () => {
    const { status, body } = await request('bots', 'another');
    expect(status).toBe(409);
    expect(body.message).toMatch(/^Operation cannot be fulfilled on Pod "bots": the UID in the bound object/);
    expect(body['details']).toEqual({ name: 'bots', kind: 'Pod' });
  });

  async function review(token: string, audiences?: string[], status?: object): Promise<Body['status']> {
    const { body } = await post('/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences },
      ...(status && { status }),
    });
    return body.status;
  }

  it('of the file are good for the API server and nobody else', async () => {
    const good = { authenticated: true, user: { username: 'limited' }, audiences: [issuer] };
    expect(await review('limited-token')).toMatchObject(good);
    expect(await review('limited-token', ['vault', issuer])).toMatchObject(good);
    expect(await review('limited-token', ['vault'])).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it('leave of a status that was sent what the review does not say itself', async () => {
    const sent = { authenticated: true, user: { username: 'u' }, error: 'e' };
    const bad = { user: { username: 'u' }, error: 'invalid bearer token' };
    expect(await review('limited-token', ['vault'], sent)).toEqual(bad);
    const good = { authenticated: true, user: { username: 'limited' }, audiences: [issuer], error: 'e' };
    expect(await review('limited-token', undefined, sent)).toMatchObject(good);
  });
});
