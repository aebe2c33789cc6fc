// What the Content-Type of a body may be.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(() => server.close());

function post(type: string | undefined): Promise<number | undefined> {
  const body = '{"apiVersion":"/v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}';
  const headers = {
    authorization: 'Bearer admin-token',
    'content-length': body.length,
    ...(type !== undefined && { 'content-type': type }),
  };
  return new Promise((resolve, reject) => {
    const url = `${server.url}/api/v1/namespaces/default/configmaps`;
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

it.each([
  [undefined, 201],
  ['', 201],
  ['application/json', 201],
  ['application/json;charset=utf-8', 201],
  ['text/plain', 415],
  ['json', 415],
  ['a/b/c', 415],
  [';', 415],
])('%j is answered with %i', async (type, status) => {
  expect(await post(type)).toBe(status);
});

it('the export of an object is refused', async () => {
  const get = (query: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/namespaces/default?${query}`, {
      headers: { authorization: 'Bearer admin-token' },
    });
  expect((await get('export=false')).status).toBe(200);
  expect((await get('export=true')).status).toBe(400);
});
