// What the node agent answers to requests on its kubelet API, whichever way they came: over HTTPS, or inside the process.
// Upstream: k8s.io/kubernetes/pkg/kubelet/server/server.go.
import type { Pod } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import { LogError, type LogOptions } from '../container-logs.ts';
import { RuntimeError } from '../runtimes/runtime.ts';
import { logOptions, QueryError } from './log-query.ts';

/** What is told of. */
export interface KubeletApi {
  pods(): readonly Pod[];
  findPod(namespace: string, name: string): Pod | undefined;
  containerLogs(
    namespace: string,
    pod: string,
    container: string,
    options: LogOptions,
    signal?: AbortSignal,
  ): AsyncIterable<Buffer>;
}

/** An answer; the body comes as it is read. */
export interface KubeletAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: AsyncIterable<Buffer>;
}

async function* one(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text);
}

function textAnswer(status: number, text: string): KubeletAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: one(text) };
}

function hasContainer({ spec }: Pod, name: string): boolean {
  return [spec.containers, spec.initContainers, spec.ephemeralContainers].some((list) =>
    list?.some((c) => c.name === name),
  );
}

async function* resumed(
  first: IteratorResult<Buffer> | undefined,
  rest: AsyncIterator<Buffer>,
): AsyncIterable<Buffer> {
  for (let next = first ?? (await rest.next()); !next.done; next = await rest.next()) yield next.value;
}

/** GET /containerLogs/{namespace}/{pod}/{container} */
async function logs(api: KubeletApi, url: URL, signal: AbortSignal): Promise<KubeletAnswer> {
  const [namespace = '', name = '', container = ''] = url.pathname
    .split('/')
    .slice(2)
    .map(decodeURIComponent);
  const options = logOptions(url.searchParams);
  const pod = api.findPod(namespace, name);
  if (!pod) return textAnswer(404, `pod ${goQuote(name)} does not exist`);
  if (!hasContainer(pod, container))
    return textAnswer(404, `container ${goQuote(container)} not found in pod ${goQuote(name)}`);
  const lines = api.containerLogs(namespace, name, container, options, signal)[Symbol.asyncIterator]();
  // what is wrong comes with the first line; until then another status can be sent
  const first = options.follow ? undefined : await lines.next();
  return { status: 200, contentType: 'text/plain', body: resumed(first, lines) };
}

function codeOf(error: unknown): number {
  if (error instanceof LogError || error instanceof QueryError) return error.code;
  return error instanceof RuntimeError ? 400 : 500;
}

/** Whether everybody may ask for a path. */
export function isPublic(path: string): boolean {
  return path.split('?', 1)[0] === '/healthz';
}

/** Answers a GET of `path` (with query). Rejects only on faults of our own. */
export async function answerKubelet(
  api: KubeletApi,
  path: string,
  signal: AbortSignal,
): Promise<KubeletAnswer> {
  const url = new URL(path, 'https://kubelet');
  if (url.pathname === '/healthz') return textAnswer(200, 'ok');
  if (url.pathname === '/pods') {
    const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: api.pods() };
    return { status: 200, contentType: 'application/json', body: one(JSON.stringify(list)) };
  }
  if (!/^\/containerLogs\/[^/]+\/[^/]+\/[^/]+$/.test(url.pathname))
    return textAnswer(404, '404 page not found\n');
  try {
    return await logs(api, url, signal);
  } catch (error) {
    const code = codeOf(error);
    if (code === 500) throw error;
    return textAnswer(code, (error as Error).message);
  }
}
