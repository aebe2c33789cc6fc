// Every body of the recorded requests, with each of its fields in turn replaced by something it should not be: the server
// answers each as a client's mistake or accepts it, and what it accepted can be read again in every encoding.
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeJson } from '../../src/api/long-integers.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import type { GoldenCase, GoldenRequest } from '../golden/replay.ts';

const cases = join(dirname(fileURLToPath(import.meta.url)), '../golden/cases');
const files = ['validation', 'defaulting', 'tables', 'subresources', 'patches', 'deletion'];

/** What is put in place of a field. */
const strange: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e300,
  -9007199254740992,
  9223372036854775807n,
  '',
  'x',
  'Ünïcode \u0000\ud83d',
  true,
  [],
  {},
  [null],
  [[]],
  [{}],
  { '': null },
  { a: { b: [1] } },
  '99999999999999999999',
  ['a', 'a'],
  'a'.repeat(300),
];

/** The places of every field and item in `value`. */
function* placesIn(value: unknown, at: readonly (string | number)[] = []): Generator<(string | number)[]> {
  if (at.length > 0) yield [...at];
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* placesIn(item, [...at, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* placesIn(item, [...at, key]);
}

function withValueAt(body: unknown, place: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(body);
  let parent = copy as Record<string | number, unknown>;
  for (const key of place.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  parent[place.at(-1)!] = value;
  return copy;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function send(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const text = body === undefined ? undefined : writeJson(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    request.setTimeout(20_000, () => request.destroy(new Error(`no answer to ${method} ${path}: ${text}`)));
    request.on('error', reject);
    request.end(text);
  });
}

const requests: GoldenRequest[] = files.flatMap((file) =>
  (JSON.parse(readFileSync(join(cases, `${file}.json`), 'utf8')) as GoldenCase[]).flatMap(
    ({ setup = [], request }) => [...setup, request],
  ),
);
const written = requests.filter(
  ({ method, path, body }) =>
    typeof body === 'object' && body !== null && method !== 'DELETE' && !path?.includes('$'),
);

const headersOf = ({ headers }: GoldenRequest): Record<string, string> => ({
  ...headers,
  authorization: 'Bearer admin-token',
});

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer({ serviceRange: '10.0.0.0/16' });
  for (const namespace of new Set(requests.map(({ path }) => path?.match(/namespaces\/([^/?]+)/)?.[1])))
    if (namespace)
      await send(
        server.url,
        'POST',
        '/api/v1/namespaces',
        { authorization: 'Bearer admin-token', 'content-type': 'application/json' },
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      );
});
afterAll(() => server.close());

it('answers strange bodies as mistakes of the client', { timeout: 180_000 }, async () => {
  let turn = 0;
  const faults: string[] = [];
  const seen = new Map<number, number>();
  for (const request of written) {
    const headers = headersOf(request);
    const bodies = [...placesIn(request.body)].flatMap((place) =>
      [0, 1].map(() => withValueAt(request.body, place, strange[turn++ % strange.length])),
    );
    const answers = await Promise.all(
      [...strange, ...bodies].map(async (body) => ({
        body,
        answer: await send(server.url, request.method ?? 'GET', request.path ?? '/', headers, body),
      })),
    );
    for (const { body, answer } of answers) {
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500 || answer.status < 200)
        faults.push(`${answer.status} ${request.method} ${request.path} ${writeJson(body)}: ${answer.text}`);
    }
  }
  expect(faults.slice(0, 20)).toEqual([]);
  // Both ways out were taken.
  expect(seen.get(201)).toBeGreaterThan(100);
  expect(seen.get(422)).toBeGreaterThan(1000);
  expect(seen.get(400)).toBeGreaterThan(1000);
});

it('answers long integers in the place of every number', { timeout: 60_000 }, async () => {
  const isNumber = (body: unknown, place: readonly (string | number)[]): boolean =>
    typeof place.reduce((value, key) => (value as Record<string | number, unknown>)[key], body) === 'number';
  const faults: string[] = [];
  let exact = 0;
  for (const request of written)
    for (const place of placesIn(request.body)) {
      if (!isNumber(request.body, place)) continue;
      for (const long of [9007199254740993n, -9007199254740993n, 9223372036854775808n]) {
        const body = withValueAt(request.body, place, long);
        const { method = 'GET', path = '/' } = request;
        const { status, text } = await send(server.url, method, path, headersOf(request), body);
        if (text.includes(`${long}`)) exact++;
        else if (/90071992547409\d/.test(text)) faults.push(`rounded: ${method} ${path} ${place}: ${text}`);
        if (status >= 500) faults.push(`${status} ${method} ${path} ${place} ${long}: ${text}`);
      }
    }
  expect(faults.slice(0, 20)).toEqual([]);
  expect(exact).toBeGreaterThan(100);
});

it('reads all that it accepted in every encoding', { timeout: 60_000 }, async () => {
  const lists = new Set(
    written
      .map(({ path }) => path?.match(/^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?([a-z]+)/))
      .filter((match) => match !== null && match !== undefined)
      .map((match) => match[0].replace(/namespaces\/[^/]+\//, '')),
  );
  const encodings = [
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  ];
  const faults: string[] = [];
  let read = 0;
  for (const path of lists)
    for (const accept of encodings) {
      const { status, text } = await send(server.url, 'GET', path, {
        accept,
        authorization: 'Bearer admin-token',
      });
      if (status === 200) read++;
      else if (status !== 404 && status !== 405)
        faults.push(`${status} ${path} ${accept}: ${text.slice(0, 300)}`);
    }
  expect(faults).toEqual([]);
  expect(read).toBeGreaterThan(100);
});
