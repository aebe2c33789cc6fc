// The exchanges that were recorded after a compaction and a restart: what is asked for is too old.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { deviations } from './deviations.ts';
import { type GoldenCase, Replay } from './replay.ts';

const cases = JSON.parse(
  readFileSync(new URL('cases/expired.json', import.meta.url), 'utf8'),
) as GoldenCase[];

const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' };

interface List {
  readonly metadata: { readonly resourceVersion: string };
}

/** Makes some objects; a revision between them, which is old afterwards. */
async function makeHistory(url: string): Promise<string> {
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${url}/api/v1/namespaces${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const make = (name: string): Promise<Response> =>
    post('/g-expired/configmaps', { metadata: { name }, data: { i: '2', k: 'v' } });
  await post('', { metadata: { name: 'g-expired' } });
  for (const name of ['e0', 'e1', 'e2']) await make(name);
  const answer = await fetch(`${url}/api/v1/namespaces/g-expired/configmaps`, { headers });
  const { metadata } = (await answer.json()) as List;
  for (const name of ['e3', 'e4']) await make(name);
  // The recorded ones had been stripped of these.
  await fetch(`${url}/api/v1/namespaces/g-expired/configmaps/e0`, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { managedFields: [{}] } }),
  });
  return metadata.resourceVersion;
}

describe('golden: expired', () => {
  let server: TestApiServer;
  let replay: Replay;
  let old: string;

  beforeAll(async () => {
    const storage = openMemoryStorage();
    const before = await startTestApiServer({ storage });
    old = await makeHistory(before.url);
    await before.server.close();
    await storage.compact(storage.revision());
    server = await startTestApiServer({ storage });
    replay = new Replay(server.url);
  });
  afterAll(() => server.close());

  for (const golden of cases) {
    const reason = deviations[`expired/${golden.name}`];
    it(`${golden.name}${reason ? ` (deviates: ${reason})` : ''}`, async () => {
      const text = JSON.stringify(golden).replaceAll(/\$\{OLD\}/g, old);
      const found = await replay.run(JSON.parse(text) as GoldenCase);
      if (reason) expect(found, 'went as recorded: take it off the list of deviations').not.toEqual([]);
      else expect(found.join('\n')).toBe('');
    });
  }
});
