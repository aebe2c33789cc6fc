// Which state a list reads, by resourceVersion, resourceVersionMatch, limit and continue.
// Upstream: k8s.io/apiserver/pkg/storage/cacher/cacher.go (GetList), pkg/storage/etcd3/store.go, pkg/storage/continue.go.
import { posix } from 'node:path';
import { jsonSyntaxProblem } from '../../api/json-syntax.ts';
import { type ApiError, badRequest, resourceExpired, timeout } from '../../api/status.ts';
import { CompactedError, FutureRevisionError } from '../../storage/storage.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import { type ListOptions, revisionOf } from '../request-options.ts';

/** How long a read waits for a revision that has not happened yet. Upstream: blockTimeout in watch_cache.go. */
export const waitMs = 3000;

/** 504: the client knows a newer revision than this server. */
export function tooLargeVersion(asked: number, current: number): ApiError {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return timeout(message, 1, [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]);
}

/** Where a list starts and which state it reads. */
export interface ReadPosition {
  /** Exactly this state; undefined: the newest. */
  revision: number | undefined;
  /** After this key; undefined: from the first. */
  after: string | undefined;
}

interface ContinueToken {
  v: string;
  rv: number;
  start: string;
}

/** The token for the page after `lastKey`. Revision and key, as upstream's, so that its form is familiar. */
export function continueToken(prefix: string, lastKey: string, revision: number): string {
  const token: ContinueToken = {
    v: 'meta.k8s.io/v1',
    rv: revision,
    start: `${lastKey.slice(prefix.length)}\0`,
  };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

// base64.RawURLEncoding of Go: no padding, and nothing of the usual alphabet.
const notBase64Url = /[^\w-]/;

function textOf(encoded: string): Buffer | string {
  const bad = notBase64Url.exec(encoded)?.index ?? (encoded.length % 4 === 1 ? encoded.length - 1 : -1);
  return bad < 0 ? Buffer.from(encoded, 'base64url') : `illegal base64 data at input byte ${bad}`;
}

const goTypes: Readonly<Record<keyof ContinueToken, string>> = { v: 'string', rv: 'int64', start: 'string' };

/** Why the JSON value is none, in Go's words; undefined when it is one, with what was left out as Go's zero values. */
function misfit(token: unknown): string | undefined {
  const kind = (value: unknown): string =>
    Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  if (token === null) return undefined;
  if (typeof token !== 'object' || Array.isArray(token))
    return `json: cannot unmarshal ${kind(token)} into Go value of type storage.continueToken`;
  for (const [field, type] of Object.entries(goTypes)) {
    const value: unknown = (token as Record<string, unknown>)[field];
    if (value === undefined || value === null) continue;
    const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value);
    const shown = typeof value === 'number' && type === 'int64' ? `number ${value}` : kind(value);
    if (!fits)
      return `json: cannot unmarshal ${shown} into Go struct field continueToken.${field} of type ${type}`;
  }
  return undefined;
}

function decodeToken(text: string): ContinueToken {
  const invalid = (why: string): ApiError =>
    badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const bytes = textOf(text);
  if (typeof bytes === 'string') throw invalid(bytes);
  const problem = jsonSyntaxProblem(bytes);
  if (problem !== undefined) throw invalid(problem);
  const token = JSON.parse(bytes.toString('utf8')) as Partial<ContinueToken> | null;
  const misfitting = misfit(token);
  if (misfitting !== undefined) throw invalid(misfitting);
  const { v = '', rv = 0, start = '' } = token ?? {};
  if (v !== 'meta.k8s.io/v1') throw invalid(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (start === '') throw invalid('encoded start key empty (version meta.k8s.io/v1)');
  const key = start.startsWith('/') ? start : `/${start}`;
  if (posix.normalize(key) !== key || (key !== '/' && key.endsWith('/'))) throw invalid(start);
  return { v, rv, start: key.slice(1) };
}

function continued(prefix: string, options: ListOptions): ReadPosition {
  const token = decodeToken(options.continue);
  if (options.resourceVersion !== '' && options.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const start = token.start.endsWith('\0') ? token.start.slice(0, -1) : token.start;
  return { revision: token.rv < 0 ? undefined : token.rv, after: prefix + start };
}

/** The position a list reads from; waits where the state asked for is still to come. Throws 400 and 504. */
export async function readPosition(
  cache: WatchCache,
  prefix: string,
  options: ListOptions,
): Promise<ReadPosition> {
  if (options.continue !== '') return continued(prefix, options);
  const asked = revisionOf(options.resourceVersion, 'invalid resource version: ');
  if (asked === undefined || asked === 0) return { revision: undefined, after: undefined };
  if (asked > cache.revision() && !(await cache.waitFor(asked, waitMs)))
    throw tooLargeVersion(asked, cache.revision());
  const exact =
    options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0);
  return { revision: exact ? asked : undefined, after: undefined };
}

/** The error of a list whose state can't be read any more. `next` continues at the newest state. */
export function listError(error: unknown, options: ListOptions, next: (() => string) | undefined): unknown {
  if (error instanceof FutureRevisionError)
    return tooLargeVersion(revisionOf(options.resourceVersion) ?? 0, error.current);
  if (!(error instanceof CompactedError)) return error;
  if (next === undefined) return resourceExpired('The resourceVersion for the provided list is too old.');
  const expired = resourceExpired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  expired.status.metadata.continue = next();
  return expired;
}
