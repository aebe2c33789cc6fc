// pods/log: the log of a container, asked of its node's kubelet and passed on as it comes.
// Upstream: pkg/registry/core/pod/rest/log.go and LogLocation in pkg/registry/core/pod/strategy.go.
import type { Node, Pod } from '#types/core_v1';
import {
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  ofPlainType,
} from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import { ApiError, badRequest, failure, internalError, invalidObject, notFound } from '../../api/status.ts';
import type { ObjectGetter } from '../authentication/service-account-tokens.ts';
import type { Exchange } from '../exchange.ts';
import type { Handler } from '../handlers/handler.ts';
import type { Kubelets } from '../kubelets.ts';
import { sendStream } from '../respond.ts';
import { containerOf, readParent } from './pod-connect.ts';
import type { SubresourceModule } from './subresource.ts';

// As much of a kubelet's error as is passed on.
const maxErrorBytes = 50_000;
const streams = ['All', 'Stdout', 'Stderr'];

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
}

/** As upstream reads booleans of queries: a name alone means true. */
function flagOf(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && !['false', '0'].includes(text.toLowerCase());
}

/** The query for the kubelet. Throws 422 for options that make no sense. */
function kubeletQuery(query: URLSearchParams, name: string): string {
  const errors: FieldError[] = [];
  const tailLines = numberOf(query, 'tailLines');
  const limitBytes = numberOf(query, 'limitBytes');
  const sinceSeconds = numberOf(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime') || undefined;
  const stream = query.get('stream') ?? 'All';
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalid(path('tailLines'), tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalid(path('limitBytes'), limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbiddenField(path(''), 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalid(path('sinceSeconds'), sinceSeconds, 'must be greater than 0'));
  if (!streams.includes(stream)) errors.push(notSupported(path('stream'), ofPlainType(stream), streams));
  if (stream !== 'All' && tailLines !== undefined)
    errors.push(forbiddenField(path(''), '`tailLines` and specific `stream` are mutually exclusive for now'));
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, name, errors);
  const asked: Record<string, string | number | undefined> = {
    follow: flagOf(query, 'follow') ? 'true' : undefined,
    limitBytes,
    previous: flagOf(query, 'previous') ? 'true' : undefined,
    sinceSeconds,
    sinceTime,
    stream,
    tailLines,
    timestamps: flagOf(query, 'timestamps') ? 'true' : undefined,
  };
  return Object.entries(asked)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(value!)}`)
    .join('&');
}

/** A kubelet's refusal as a Status. Upstream: pkg/registry/generic/rest/response_checker.go. */
async function refusal(status: number, body: AsyncIterable<Buffer>, name: string): Promise<ApiError> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxErrorBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, maxErrorBytes).toString('utf8');
  if (status === 500) return internalError(text);
  if (status === 400) return badRequest(text);
  const isMissing = status === 404;
  const message = isMissing
    ? 'the server could not find the requested resource'
    : `the server rejected our request for an unknown reason`;
  return new ApiError(
    failure(status, isMissing ? 'NotFound' : '', `${message} ( pods/log ${name})`, {
      name,
      kind: 'pods/log',
    }),
  );
}

/** GET of pods/NAME/log. */
export function podLogSubresource(kubelets: Kubelets, lookup: ObjectGetter): SubresourceModule {
  const log: Handler = async (exchange: Exchange, resource) => {
    const pod = readParent(exchange, resource) as unknown as Pod;
    const { namespace = '', name = '' } = pod.metadata;
    const query = kubeletQuery(exchange.query, name);
    const container = containerOf(pod, exchange.query.get('container') ?? '');
    // a pod that waits for its node has no log yet
    if (!pod.spec.nodeName) {
      const { 'Content-Type': _, ...headers } = exchange.headers('');
      exchange.response.writeHead(204, headers);
      exchange.response.end();
      return;
    }
    const node = lookup('nodes', '', pod.spec.nodeName) as unknown as Node | undefined;
    if (!node) throw notFound({ group: '', resource: 'nodes' }, pod.spec.nodeName);
    exchange.longRunning = true;
    const left = new AbortController();
    exchange.response.once('close', () => left.abort());
    const location = `/containerLogs/${namespace}/${name}/${container}?${query}`;
    const { status, body } = await kubelets
      .get({ node, path: location, signal: left.signal })
      .catch((error: Error) => {
        throw internalError(error.message, error);
      });
    if (status !== 200) throw await refusal(status, body, name);
    await sendStream(exchange, 200, 'text/plain', body);
  };
  return { group: '', resource: 'pods', subresource: 'log', verbs: { get: log } };
}
