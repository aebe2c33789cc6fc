// The server as its own process would run it: TLS, client certificates, tokens, kubeconfig.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { fileStore } from '../../src/cluster/credentials.ts';
import { createAuthority, issueCertificate, type KeyPair } from '../../src/cluster/pki.ts';
import { type RunningApiServer, runApiServer } from '../../src/cluster/run-api-server.ts';

const quiet = pino({ level: 'silent' });

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

describe('TLS and authentication', () => {
  let folder: string;
  let server: RunningApiServer;
  let authority: KeyPair;
  const settings = (): Parameters<typeof runApiServer>[0] => ({
    storage: 'memory',
    dataDirectory: '',
    certificateDirectory: join(folder, 'pki'),
    bindAddress: '127.0.0.1',
    port: 0,
    kubeconfig: join(folder, 'kubeconfig'),
    serviceRange: '10.96.0.0/16',
    nodePortRange: '30000-32767',
    tokenFile: join(folder, 'tokens.csv'),
    clientAuthorityFile: '',
    issuer: 'https://issuer.example.com',
    extraNames: ['skiff.example.com'],
    advertiseAddress: '192.0.2.7',
    disabledAdmission: [],
  });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubeskiff-tls-'));
    writeFileSync(join(folder, 'tokens.csv'), 'good-token,alice,a1,"team,ops"\n');
    server = await runApiServer(settings(), quiet);
    const store = fileStore(join(folder, 'pki'));
    authority = { certificate: store.read('ca.crt')!, key: store.read('ca.key')! };
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function call(
    path: string,
    options: { method?: string; token?: string; pair?: KeyPair; body?: unknown; servername?: string } = {},
  ): Promise<Answer> {
    const { method = 'GET', token, pair, body, servername } = options;
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        `${server.url}${path}`,
        {
          method,
          headers,
          ca: authority.certificate,
          cert: pair?.certificate,
          key: pair?.key,
          agent: false,
          servername,
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
  const whoAmI = async (options: Parameters<typeof call>[1]): Promise<unknown> => {
    const { body } = await call('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      ...options,
      method: 'POST',
      body: {},
    });
    return (body['status'] as { userInfo: unknown } | undefined)?.userInfo ?? body;
  };

  it('says what to do where it cannot listen', async () => {
    const port = Number(new URL(server.url).port);
    await expect(runApiServer({ ...settings(), port }, quiet)).rejects.toThrow(
      `127.0.0.1 port ${port} is in use: end the program that listens there, or choose another port with --secure-port`,
    );
    await expect(runApiServer({ ...settings(), bindAddress: '192.0.2.1' }, quiet)).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      message: '192.0.2.1 port 0 is no address of this machine: choose another with --bind-address',
    });
  });

  it('serves a certificate for its names that its own authority signed', async () => {
    expect((await call('/readyz')).status).toBe(200);
    expect((await call('/readyz', { servername: 'skiff.example.com' })).status).toBe(200);
    await expect(call('/readyz', { servername: 'other.example.com' })).rejects.toThrow(/altnames|Hostname/);
  });

  it('takes CN and O of a client certificate for user and groups', async () => {
    const pair = await issueCertificate(
      authority,
      { commonName: 'bob', organizations: ['team', 'ops'] },
      'client',
      systemClock,
    );
    const who = await call('/api/v1/namespaces/default/pods', { pair });
    expect(who.status).toBe(403);
    expect(who.body['message']).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(await whoAmI({ pair })).toMatchObject({
      username: 'bob',
      groups: ['team', 'ops', 'system:authenticated'],
    });
  });

  it('tells a client that speaks plain HTTP what it did', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = (await socket.toArray()).join('');
    expect(text).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });

  it('does not believe a certificate of another authority', async () => {
    const other = await createAuthority('other', systemClock);
    const pair = await issueCertificate(
      other,
      { commonName: 'admin', organizations: ['system:masters'] },
      'client',
      systemClock,
    );
    const { status, body } = await call('/api/v1/namespaces', { pair });
    expect(status).toBe(401);
    expect(body['message']).toBe('Unauthorized');
    // a good token counts all the same
    expect((await call('/readyz', { pair, token: 'good-token' })).status).toBe(200);
  });

  it('knows the tokens of its file, and no others', async () => {
    expect(await whoAmI({ token: 'good-token' })).toMatchObject({
      username: 'alice',
      uid: 'a1',
      groups: ['team', 'ops', 'system:authenticated'],
    });
    expect((await call('/readyz', { token: 'bad-token' })).status).toBe(401);
  });

  it('lets nobody in without credentials but to health and version', async () => {
    expect((await call('/version')).status).toBe(200);
    expect((await call('/api/v1/namespaces')).status).toBe(403);
    expect((await call('/metrics')).status).toBe(403);
  });

  it('signs service account tokens that it knows again while their account lives', async () => {
    const admin = (() => {
      const text = readFileSync(join(folder, 'kubeconfig'), 'utf8');
      const field = (name: string): string =>
        Buffer.from(new RegExp(`${name}: (\\S+)`).exec(text)![1]!, 'base64').toString();
      return { certificate: field('client-certificate-data'), key: field('client-key-data') };
    })();
    expect(admin.key, 'a form that Java reads').toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    expect(
      (await call(accounts, { method: 'POST', pair: admin, body: { metadata: { name: 'robot' } } })).status,
    ).toBe(201);
    const made = await call(`${accounts}/robot/token`, { method: 'POST', pair: admin, body: { spec: {} } });
    expect(made.status).toBe(201);
    const { token } = made.body['status'] as { token: string };
    expect(await whoAmI({ token })).toMatchObject({
      username: 'system:serviceaccount:default:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    });
    const keys = await call('/openid/v1/jwks', { pair: admin });
    expect((keys.body['keys'] as unknown[]).length).toBe(1);
    expect((await call('/.well-known/openid-configuration', { pair: admin })).body['issuer']).toBe(
      'https://issuer.example.com',
    );
    const other = await call(`${accounts}/robot/token`, {
      method: 'POST',
      pair: admin,
      body: { spec: { audiences: ['elsewhere'] } },
    });
    expect((await call('/readyz', { token: (other.body['status'] as { token: string }).token })).status).toBe(
      401,
    );
    expect((await call(`${accounts}/robot`, { method: 'DELETE', pair: admin })).status).toBe(200);
    expect((await call('/readyz', { token })).status).toBe(401);
  });

  it('keeps its keys for the next start', async () => {
    const before = readFileSync(join(folder, 'pki', 'ca.crt'), 'utf8');
    const second = await runApiServer(settings(), quiet);
    await second.close();
    expect(readFileSync(join(folder, 'pki', 'ca.crt'), 'utf8')).toBe(before);
  });
});
