// Sending what handlers produce: objects, lists, values and errors.
import { gzip } from 'node:zlib';
import { ApiError, internalError, type Status } from '../api/status.ts';
import { type Acceptance, type Encoding, encodingOf, plainAcceptance } from './encoding/accept.ts';
import { encodeValue } from './encoding/object-encoder.ts';
import { type Exchange, endResponse } from './exchange.ts';
import type { ServedResource } from './resources.ts';

// Below this the gain is not worth the time. Upstream: defaultGzipThresholdBytes in responsewriters/writers.go.
const gzipThreshold = 128 * 1024;

/** The encoding that the request asks for; throws 406. */
export function negotiate(exchange: Exchange, acceptance: Acceptance): Encoding {
  return encodingOf(exchange.header('accept'), exchange.query, exchange.header('user-agent'), acceptance);
}

/** Like negotiate, for objects of a resource: custom ones have no protobuf form. */
export function negotiateObject(
  exchange: Exchange,
  acceptance: Acceptance,
  resource: ServedResource,
): Encoding {
  const isCustom = resource.schema.typeRef === undefined;
  return negotiate(exchange, isCustom ? { ...acceptance, custom: true } : acceptance);
}

/** Only by its bare name: `gzip;q=0` is none. Upstream: negotiateContentEncoding. */
function acceptsGzip(exchange: Exchange): boolean {
  if (exchange.method !== 'GET') return false;
  const header = exchange.header('accept-encoding');
  return header?.split(',').some((token) => token.trim() === 'gzip') ?? false;
}

/** Sends a body that is at hand, compressed where it is big and the client asks for it. */
export function sendBytes(exchange: Exchange, status: number, encoding: Encoding, bytes: Buffer): void {
  if (bytes.length <= gzipThreshold || !acceptsGzip(exchange)) {
    exchange.send(status, encoding.contentType, bytes);
    return;
  }
  gzip(bytes, { level: 1 }, (error, packed) => {
    if (!error) {
      exchange.setHeader('Content-Encoding', 'gzip');
      const vary = exchange.headers(encoding.contentType)['Vary'];
      exchange.setHeader('Vary', vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`);
    }
    exchange.send(status, encoding.contentType, error ? bytes : packed);
  });
}

/** Sends chunks with a known size in sum, never more than the socket takes. Resolves when all is handed over or the client left. */
export async function sendChunks(
  exchange: Exchange,
  status: number,
  encoding: Encoding,
  size: number,
  chunks: Iterable<Buffer>,
): Promise<void> {
  if (size > gzipThreshold && acceptsGzip(exchange)) {
    sendBytes(exchange, status, encoding, Buffer.concat([...chunks]));
    return;
  }
  const { response } = exchange;
  response.writeHead(status, { ...exchange.headers(encoding.contentType), 'Content-Length': size });
  exchange.sentBytes = size;
  for (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(exchange);
  }
  endResponse(response);
}

/** Sends what comes, as it comes. A source that breaks ends the connection, so that the client sees that something is missing. */
export async function sendStream(
  exchange: Exchange,
  status: number,
  contentType: string,
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const { response } = exchange;
  response.writeHead(status, exchange.headers(contentType));
  response.flushHeaders();
  try {
    for await (const chunk of source) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(exchange);
    }
    endResponse(response);
  } catch {
    response.destroy();
  }
}

function drained(exchange: Exchange): Promise<void> {
  const { response } = exchange;
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

/** Sends a JSON value of schema type `ref`. */
export function sendValue(exchange: Exchange, status: number, ref: string, value: object): void {
  const encoding = negotiate(exchange, plainAcceptance);
  sendBytes(exchange, status, encoding, encodeValue(encoding, ref, value));
}

const rawJson: Encoding = {
  media: 'json',
  contentType: 'application/json',
  as: undefined,
  pretty: true,
};

/**
 * An error is never turned into anything: where a client takes nothing else it gets JSON.
 * Upstream: WriteObjectNegotiated in k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/writers.go.
 */
function errorEncoding(exchange: Exchange, acceptance: Acceptance): Encoding {
  try {
    return negotiate(exchange, acceptance);
  } catch {
    return rawJson;
  }
}

/** The Status of any failure. What is not an ApiError is a fault of ours: 500, and the caller logs it. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  return internalError(error instanceof Error ? error.message : String(error), error).status;
}

/** Sends a failure as its Status; `acceptance`: of what the path could have sent. */
export function sendError(exchange: Exchange, error: unknown, acceptance = plainAcceptance): void {
  const status = statusOf(error);
  const code = status.code ?? 500;
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined && (code === 429 || code >= 500))
    exchange.setHeader('Retry-After', String(retryAfter));
  const encoding = errorEncoding(exchange, acceptance);
  exchange.send(code, encoding.contentType, encodeValue(encoding, 'meta/v1.Status', status));
}
