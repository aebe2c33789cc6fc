// The query of /containerLogs: PodLogOptions as parameters.
// Upstream: getContainerLogs in k8s.io/kubernetes/pkg/kubelet/server/server.go, ValidatePodLogOptions.
import { canonicalizeTime } from '../../api/time.ts';
import type { LogOptions } from '../container-logs.ts';

/** The query is not valid. `code` is the HTTP status. */
export class QueryError extends Error {
  readonly code: 400 | 422;

  constructor(code: 400 | 422, message: string) {
    super(message);
    this.name = 'QueryError';
    this.code = code;
  }
}

function undecodable(): never {
  throw new QueryError(400, '{"message": "Unable to decode query."}');
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return /^[+-]?\d+$/.test(text) ? Number(text) : undecodable();
}

function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  // a parameter without a value counts as true, as conversions of query parameters have it
  return text !== null && !['false', '0'].includes(text.toLowerCase());
}

/** Reads the query. Throws a QueryError. */
export function logOptions(query: URLSearchParams): LogOptions {
  const tail = query.get('tail');
  if (tail && tail !== 'all') query.set('tailLines', tail);
  const options: LogOptions = {
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    sinceSeconds: whole(query, 'sinceSeconds'),
    sinceTime: query.get('sinceTime') ?? undefined,
    tailLines: whole(query, 'tailLines'),
    limitBytes: whole(query, 'limitBytes'),
    stream: (query.get('stream') ?? 'All') as LogOptions['stream'],
  };
  if (options.sinceTime !== undefined) {
    try {
      canonicalizeTime(options.sinceTime);
    } catch {
      undecodable();
    }
  }
  const { tailLines = 0, limitBytes = 1, sinceSeconds, sinceTime, stream } = options;
  const isValid =
    tailLines >= 0 &&
    limitBytes >= 1 &&
    (sinceSeconds === undefined || (sinceSeconds >= 1 && sinceTime === undefined)) &&
    ['All', 'Stdout', 'Stderr'].includes(stream ?? 'All') &&
    (stream === 'All' || options.tailLines === undefined);
  if (!isValid) throw new QueryError(422, '{"message": "Invalid request."}');
  return options;
}
