// Replays recorded exchanges against a server: setup, the request itself, what is done during a watch, what comes after.
import { Agent, request as httpRequest } from 'node:http';
import { differences } from './compare.ts';

/** A recorded request. */
export interface GoldenRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  status?: number;
  capture?: Record<string, string>;
  until?: { status?: number; contains?: string };
  sleep?: number;
  user?: string;
  /** `data.a of N x characters`: a configmap too big to be recorded. */
  bodyElided?: string;
}

/** A recorded answer. */
export interface GoldenResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body?: unknown;
  events?: unknown[];
}

/** A recorded exchange. */
export interface GoldenCase {
  name: string;
  group: string;
  namespace?: string;
  setup?: GoldenRequest[];
  request: GoldenRequest;
  during?: GoldenRequest[];
  response: GoldenResponse;
  after?: { request: GoldenRequest; response: GoldenResponse }[];
  cleanup?: GoldenRequest[];
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

const answerTimeoutMs = 10_000;
// Some answers end their connection; a fresh one for each request keeps cases apart.
const agent = new Agent({ keepAlive: false });

function send(
  url: string,
  asked: GoldenRequest,
  variables: ReadonlyMap<string, string>,
  onOpen?: () => void,
): Promise<Answer> {
  const fill = (text: string): string =>
    text
      .replace(/\$\{(\w+)\}/g, (all, name: string) => variables.get(name) ?? all)
      .replace(/<([a-z]+)-token>/g, '$1-token');
  const headers = Object.fromEntries(
    Object.entries(asked.headers ?? {}).map(([name, value]) => [name, fill(value)]),
  );
  const body =
    asked.body === undefined || asked.body === null
      ? undefined
      : fill(typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body));
  // Node sends no length with the body of a DELETE by itself.
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${url}${fill(asked.path ?? '/')}`,
      { method: asked.method ?? 'GET', agent, headers: { 'user-agent': 'golden/1.0', ...headers } },
      (response) => {
        onOpen?.();
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.setTimeout(answerTimeoutMs, () =>
      request.destroy(new Error(`no answer to ${asked.method} ${asked.path}`)),
    );
    if (body === undefined) request.end();
    else request.end(body);
  });
}

function parse(answer: Answer, port = '0'): unknown {
  // the recorded server advertised port 16443
  const text = answer.bytes
    .toString('utf8')
    .replace(/192\.0\.2\.10:\d+/g, '192.0.2.10:16443')
    .replace(new RegExp(`("(?:port|targetPort)":)${port}\\b`, 'g'), '$116443');
  const type = String(answer.headers['content-type'] ?? '');
  if (type.startsWith('application/vnd.kubernetes.protobuf'))
    return { base64: answer.bytes.toString('base64') };
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.trim().split('\n');
    try {
      return { stream: lines.map((line) => JSON.parse(line) as unknown) };
    } catch {
      return text;
    }
  }
}

function dig(value: unknown, path: string): string {
  let found: unknown = value;
  for (const name of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[name];
  return String(found);
}

const comparedHeaders = ['content-type', 'warning', 'allow', 'retry-after', 'vary', 'cache-control'];

// 1.33 deprecated Endpoints; every request for them carries this warning since.
const endpointsWarning =
  /(?:, )?299 - "v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice"(?:, )?/;

function withoutNewWarnings(header: string | undefined): string | undefined {
  // several headers of one name come joined with a blank from here, without one from the recorder
  return header?.replace(endpointsWarning, '').replaceAll(', 299 - ', ',299 - ') || undefined;
}

function compareResponse(expected: GoldenResponse, answer: Answer, at: string, port: string): string[] {
  const found: string[] = [];
  if (expected.status !== answer.status)
    found.push(
      `${at}: expected status ${expected.status}, got ${answer.status}: ${answer.bytes.toString('utf8').slice(0, 400)}`,
    );
  for (const name of comparedHeaders) {
    const recorded = expected.headers?.[name];
    const want = Array.isArray(recorded) ? recorded.join(',') : recorded;
    const got = answer.headers[name];
    const text = withoutNewWarnings(Array.isArray(got) ? got.join(', ') : got);
    if (name === 'retry-after' && want === undefined) continue;
    if (want !== text) found.push(`${at} header ${name}: expected ${want}, got ${text}`);
  }
  if (expected.events) {
    const lines = answer.bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    const events = lines.map((line): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        return `${line}\n`;
      }
    });
    found.push(...differences(expected.events, events, `${at}/events`));
  } else found.push(...differences(expected.body ?? null, parse(answer, port), `${at}/body`));
  return found;
}

/** The request with the body that was left out of its recording. */
function restoreElided(request: GoldenRequest): GoldenRequest {
  const size = /^data\.a of (\d+) x characters/.exec(request.bodyElided ?? '')?.[1];
  if (size === undefined) return request;
  const headers = {
    authorization: 'Bearer <admin-token>',
    'content-type': 'application/json',
    accept: 'application/json',
  };
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'big' },
    data: { a: 'x'.repeat(Number(size)) },
  };
  return { ...request, path: '/api/v1/namespaces/g-errors/configmaps', headers, body };
}

/** Replays cases one after another on one server. */
export class Replay {
  private readonly url: string;
  private readonly port: string;
  private readonly namespaces = new Set<string>();

  constructor(url: string) {
    this.url = url;
    this.port = new URL(url).port;
  }

  private async ensureNamespace(name: string): Promise<void> {
    if (name === 'default' || this.namespaces.has(name)) return;
    this.namespaces.add(name);
    const headers = { authorization: 'Bearer <admin-token>', 'content-type': 'application/json' };
    const make = (path: string, body: unknown): Promise<Answer> =>
      send(this.url, { method: 'POST', path, headers, body }, new Map());
    await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await make(`/api/v1/namespaces/${name}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
  }

  private async step(step: GoldenRequest, variables: Map<string, string>): Promise<string[]> {
    if (step.path === undefined) return [];
    const deadline = 200;
    for (let tries = 0; ; tries++) {
      const answer = await send(this.url, step, variables);
      const { status, contains } = step.until ?? {};
      const isThere =
        (status === undefined || answer.status === status) &&
        (contains === undefined || answer.bytes.includes(contains));
      if (!isThere && tries < deadline) continue;
      if (step.method === 'POST' && answer.status === 201 && step.path.endsWith('/customresourcedefinitions'))
        await this.settled(`${step.path}/${dig(parse(answer), 'metadata.name')}`, step, variables);
      const body = parse(answer);
      for (const [name, path] of Object.entries(step.capture ?? {})) variables.set(name, dig(body, path));
      if (step.status !== undefined && step.status !== answer.status)
        return [
          `setup ${step.method} ${step.path}: expected status ${step.status}, got ${answer.status}: ${answer.bytes.toString('utf8').slice(0, 300)}`,
        ];
      return [];
    }
  }

  /** The server gives a definition its conditions a moment after its creation; the recorder slept. */
  private async settled(
    path: string,
    { headers }: GoldenRequest,
    variables: Map<string, string>,
  ): Promise<void> {
    for (;;) {
      const answer = await send(this.url, { method: 'GET', path, headers }, variables);
      if (answer.bytes.includes('"NamesAccepted"')) return;
    }
  }

  /** Deletes what a case made; a namespace goes at once, though nobody empties it here. */
  private async clean(step: GoldenRequest, variables: Map<string, string>): Promise<void> {
    await send(this.url, step, variables);
    const namespace = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(step.path ?? '')?.[1];
    if (namespace === undefined) return;
    const body = { metadata: { name: namespace }, spec: { finalizers: [] } };
    const headers = { ...step.headers, 'content-type': 'application/json' };
    await send(this.url, { method: 'PUT', path: `${step.path}/finalize`, headers, body }, variables);
  }

  /** The differences of a case; none when it went as recorded. */
  async run(recorded: GoldenCase): Promise<string[]> {
    const golden = { ...recorded, request: restoreElided(recorded.request) };
    if (golden.namespace) await this.ensureNamespace(golden.namespace);
    const variables = new Map<string, string>();
    const found: string[] = [];
    for (const step of golden.setup ?? []) found.push(...(await this.step(step, variables)));
    let during: Promise<string[]> = Promise.resolve([]);
    const answer = await send(this.url, golden.request, variables, () => {
      during = (async () => {
        const faults: string[] = [];
        for (const step of golden.during ?? []) faults.push(...(await this.step(step, variables)));
        return faults;
      })();
    });
    found.push(...(await during));
    found.push(...compareResponse(golden.response, answer, '', this.port));
    for (const [i, { request, response }] of (golden.after ?? []).entries()) {
      found.push(
        ...compareResponse(response, await send(this.url, request, variables), `after/${i}`, this.port),
      );
    }
    for (const step of golden.cleanup ?? []) if (step.path !== undefined) await this.clean(step, variables);
    return found;
  }
}
