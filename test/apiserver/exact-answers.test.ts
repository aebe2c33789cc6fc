// Answers to the last byte. What is expected was read from kube-apiserver 1.36.3.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

let server: TestApiServer;
const get = (path: string, headers = {}) => send(server.url, 'GET', path, { headers });

beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(() => server.close());

it.each(['/api', '/apis/apps/v1', '/api/v1/namespaces', '/api/v1/namespaces/default', '/api/v1/nodes/none'])(
  'only compact JSON ends with a line end: %s',
  async (path) => {
    const indented = (await get(path, { 'user-agent': 'curl/8' })).bytes.toString();
    expect(indented.startsWith('{\n  "kind": ')).toBe(true);
    expect(indented.endsWith('\n}')).toBe(true);
    const compact = (await get(path, { 'user-agent': 'Go' })).bytes.toString();
    expect(compact.indexOf('\n')).toBe(compact.length - 1);
    expect(JSON.parse(compact)).toEqual(JSON.parse(indented));
  },
);

const pods = '/api/v1/namespaces/default/pods';
const unparsable = (text: string, why: string) =>
  `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": ${why}`;
const large = '99999999999999999999';

it.each([
  [`${pods}?resourceVersion=x`, `invalid resource version: ${unparsable('x', 'invalid syntax')}`],
  [`${pods}?resourceVersion=-1`, `invalid resource version: ${unparsable('-1', 'invalid syntax')}`],
  [
    `${pods}?resourceVersion=${large}`,
    `invalid resource version: ${unparsable(large, 'value out of range')}`,
  ],
  [`${pods}/p?resourceVersion=x`, unparsable('x', 'invalid syntax')],
  [`${pods}?watch=1&resourceVersion=x`, unparsable('x', 'invalid syntax')],
  [
    `${pods}?continue=x`,
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
  ],
  [
    `${pods}?continue=x&resourceVersion=5`,
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
  ],
  [`${pods}/ftp:p:80/proxy`, 'invalid pod request "ftp:p:80"'],
  ['/api/v1/namespaces/default/services/a:b:c:d/proxy/x', 'invalid service request "a:b:c:d"'],
  ['/api/v1/nodes/:80/proxy/', 'invalid node request ":80"'],
])('%s is refused', async (path, message) => {
  const { status, body } = await get(path);
  expect(status).toBe(400);
  expect(body).toMatchObject({ reason: 'BadRequest', message });
});

it('a pod that waits for its node has a log without a type, and no address', async () => {
  const pod = { metadata: { name: 'waiting' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const account = { metadata: { name: 'default' } };
  await send(server.url, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: account });
  expect((await send(server.url, 'POST', pods, { body: pod })).status).toBe(201);
  const { status, headers, bytes } = await get(`${pods}/waiting/log`);
  expect([status, headers['content-type'], bytes.length]).toEqual([204, undefined, 0]);
  for (const name of ['waiting', 'waiting:80', 'https:waiting:443'])
    expect((await get(`${pods}/${name}/proxy/x`)).body).toMatchObject({
      code: 400,
      message: 'address not allowed',
    });
});

it('keys of tokens are told in the order of their fields', async () => {
  const { body } = await get('/openid/v1/jwks');
  const [key] = body['keys'] as object[];
  expect(Object.keys(key!).slice(0, 4)).toEqual(['use', 'kty', 'kid', 'alg']);
});

it.each([
  ['?pretty=true', true],
  ['?pretty=1', true],
  ['?pretty', true],
  ['?pretty=false', false],
  ['?pretty=yes', false],
])('curl gets indented JSON at %s: %s', async (query, indented) => {
  const { bytes } = await get(`/api/v1/namespaces/default${query}`, { 'user-agent': 'curl/8' });
  expect(bytes.toString().startsWith('{\n')).toBe(indented);
});
