// Warnings that name what a client wrote: any text of it is a header, or none, and never the end of the server.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(() => server.close());

const configMaps = '/api/v1/namespaces/default/configmaps';

it.each(['日本', 'ü', '😀', 'a"b', 'a\nb', '\u0085'])('an unknown field %j', async (name) => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a' }, [name]: 1 };
  const { status, headers } = await send(server.url, 'POST', configMaps, { body });
  expect(status).toBe(201);
  const warning = Buffer.from(String(headers['warning']), 'latin1').toString();
  expect(warning).toContain(/["\n\u0085]/.test(name) ? 'unknown field' : name);
  expect((await send(server.url, 'GET', '/readyz')).status).toBe(200);
});
