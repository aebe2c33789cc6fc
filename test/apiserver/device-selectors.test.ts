// Expressions that select devices are compiled when they come in, over every path.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(() => server.close());

const classOf = (expression: string): object => ({
  metadata: { name: 'gpu' },
  spec: { selectors: [{ cel: { expression } }] },
});
const post = (expression: string) =>
  send(server.url, 'POST', '/apis/resource.k8s.io/v1/deviceclasses', { body: classOf(expression) });

it('refuses what does not compile, is no condition or may take too long', async () => {
  const every = (names: string[], inner: string): string =>
    names.reduceRight((rest, name) => `device.attributes.all(${name}, ${rest})`, inner);
  const refused = [
    ['device.bogus', 'compilation failed: ERROR: <input>:1:7: undefined field'],
    ['device.driver', 'must evaluate to bool or the unknown type, not string'],
    [every(['a', 'b', 'c', 'd', 'e'], 'true'), 'Forbidden: too complex, exceeds cost limit'],
  ] as const;
  for (const [expression, text] of refused) {
    const { status, body } = await post(expression);
    expect([status, body.message]).toEqual([422, expect.stringContaining(text)]);
  }
  const { status } = await post('device.attributes["d.example.com"].model == "x"');
  expect(status).toBe(201);
});
