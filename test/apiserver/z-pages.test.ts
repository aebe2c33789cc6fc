// /statusz and /flagz. What is expected was read from kube-apiserver 1.36.3.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type Answer, send } from './api.ts';

const clock = new TestClock(Date.UTC(2026, 0, 1));
const flags = { 'secure-port': '6443', 'authorization-mode': '[RBAC]' };
let server: TestApiServer;

beforeAll(async () => {
  server = await startTestApiServer({ clock, flags });
  clock.advance(3_725_900);
});
afterAll(() => server.close());

function get(path: string, accept?: string): Promise<Answer> {
  return send(server.url, 'GET', path, accept === undefined ? {} : { headers: { accept } });
}

const heading = (name: string) => `
apiserver ${name}
Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.
`;
const statuszText = `${heading('statusz')}
Started: Thu Jan  1 00:00:00 UTC 2026
Up: 1 hr 02 min 05 sec
Go version: node${process.version}
Binary version: 1.36
Emulation version: 1.36
Paths: /flagz /healthz /livez /metrics /readyz /statusz /version
`;
const notAcceptable =
  'only the following media types are accepted: application/json, application/yaml, text/plain';

it.each([undefined, '', '*/*', 'text/plain', 'text/*', 'application/json, */*'])(
  'tells of the server as text where %s is accepted',
  async (accept) => {
    const { status, headers, bytes } = await get('/statusz', accept);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(bytes.toString()).toBe(statuszText);
  },
);

it('tells of it as an object to who names its kind', async () => {
  const { headers, body } = await get('/statusz', 'application/json;as=Statusz;v=v1beta1;g=config.k8s.io');
  expect(headers['content-type']).toBe('application/json;g=config.k8s.io;v=v1beta1;as=Statusz');
  expect(headers['warning']).toBeUndefined();
  expect(body).toEqual({
    kind: 'Statusz',
    apiVersion: 'config.k8s.io/v1beta1',
    metadata: { name: 'apiserver' },
    startTime: '2026-01-01T00:00:00Z',
    uptimeSeconds: 3725,
    goVersion: `node${process.version}`,
    binaryVersion: '1.36',
    emulationVersion: '1.36',
    paths: ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version'],
  });
});

it('has an older version of the object, as YAML', async () => {
  const { headers, bytes } = await get('/flagz', 'application/yaml;as=Flagz;v=v1alpha1;g=config.k8s.io');
  expect(headers['content-type']).toBe('application/yaml;g=config.k8s.io;v=v1alpha1;as=Flagz');
  expect(headers['warning']).toBe(
    '299 - "This version of the flagz endpoint is deprecated. Please use a newer version."',
  );
  expect(bytes.toString()).toBe(`apiVersion: config.k8s.io/v1alpha1
flags:
  authorization-mode: '[RBAC]'
  secure-port: "6443"
kind: Flagz
metadata:
  name: apiserver
`);
});

it.each([
  'application/json',
  'application/vnd.kubernetes.protobuf',
  'text/html',
  'application/json;as=Flagz;v=v1beta1;g=config.k8s.io',
  'application/json;as=Statusz;v=v1;g=config.k8s.io',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'text/plain;as=Statusz;v=v1beta1;g=config.k8s.io',
])('has nothing for who accepts %s alone', async (accept) => {
  const { status, body } = await get('/statusz', accept);
  expect(status).toBe(406);
  expect(body).toMatchObject({ reason: 'NotAcceptable', message: notAcceptable });
});

it('tells of flags by their names', async () => {
  const { bytes } = await get('/flagz');
  expect(bytes.toString()).toBe(`${heading('flagz')}authorization-mode:[RBAC]\nsecure-port:6443\n`);
});

it('answers every method, and no path below', async () => {
  expect((await send(server.url, 'POST', '/statusz')).bytes.toString()).toBe(statuszText);
  expect((await get('/statusz/')).status).toBe(404);
  expect((await get('/statusz/x')).status).toBe(404);
});

it('is for those who may see it', async () => {
  const path = (token: string) => send(server.url, 'GET', '/statusz', { token });
  expect((await path('nobody-token')).body.message).toBe(
    'forbidden: User "nobody" cannot get path "/statusz"',
  );
});

it('is listed with the other paths', async () => {
  const { body } = await get('/');
  expect(body['paths']).toEqual(expect.arrayContaining(['/flagz', '/statusz']));
});

it('is off with its gate, and without flags', async () => {
  await using other = await startTestApiServer({ featureGates: 'ComponentStatusz=false' });
  const at = (path: string) => send(other.url, 'GET', path);
  expect((await at('/statusz')).status).toBe(404);
  expect((await at('/flagz')).status).toBe(404);
  expect((await at('/')).body['paths']).not.toContain('/statusz');
});
