// Requests over HTTP or HTTPS: undici's pool, one for requests and one for watches.
import { Pool } from 'undici';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** Where and how to connect. */
export interface HttpsTransportOptions {
  /** `https://127.0.0.1:6443`, without a path. */
  readonly server: string;
  /** PEM of the authorities to trust; absent: the system's. */
  readonly authority?: string;
  /** PEM of a client certificate and its key. */
  readonly certificate?: string;
  readonly key?: string;
  /** The name to check in the server's certificate, where it differs from the address. */
  readonly serverName?: string;
  /** Trusts any server. Only when a kubeconfig says so. */
  readonly insecure?: boolean;
  /** Connections for requests other than watches. */
  readonly connections?: number;
}

/** Opens no connection yet. */
export function openHttpsTransport(options: HttpsTransportOptions): Transport {
  const connect = {
    ...(options.authority !== undefined && { ca: options.authority }),
    ...(options.certificate !== undefined && { cert: options.certificate, key: options.key }),
    ...(options.serverName !== undefined && { servername: options.serverName }),
    ...(options.insecure && { rejectUnauthorized: false }),
  };
  // what hangs longer than the server's own request timeout is lost
  const requests = new Pool(options.server, {
    connect,
    connections: options.connections ?? 32,
    headersTimeout: 90_000,
    bodyTimeout: 90_000,
  });
  // each watch has a connection of its own, and may be silent for as long as nothing changes
  const watches = new Pool(options.server, {
    connect,
    connections: null,
    headersTimeout: 90_000,
    bodyTimeout: 0,
  });
  return {
    async send(request) {
      const pool = isWatch(request) ? watches : requests;
      try {
        const { statusCode, headers, body } = await pool.request({
          method: request.method,
          path: request.path,
          headers: request.headers,
          body: request.body ?? null,
          signal: request.signal ?? null,
          // a DELETE may have a body; undici would close the connection after it
          reset: false,
        });
        return response(statusCode, headers, body);
      } catch (cause) {
        throw transportError(options.server, request, cause);
      }
    },
    async close() {
      await Promise.all([requests.destroy(), watches.destroy()]);
    },
  };
}

function isWatch(request: TransportRequest): boolean {
  return request.method === 'GET' && /[?&](?:watch|follow)=true/.test(request.path);
}

function transportError(server: string, request: TransportRequest, cause: unknown): TransportError {
  const reason =
    cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
  return new TransportError(`${request.method} ${server}${request.path}: ${reason}`, { cause });
}

type Body = AsyncIterable<Buffer> & { arrayBuffer(): Promise<ArrayBuffer> };

function response(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: Body,
): TransportResponse {
  return {
    status,
    header(name) {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    async bytes() {
      try {
        return Buffer.from(await body.arrayBuffer());
      } catch (cause) {
        throw new TransportError('the connection broke while an answer was read', { cause });
      }
    },
    async *stream() {
      try {
        yield* body;
      } catch (cause) {
        throw new TransportError('the connection broke', { cause });
      }
    },
  };
}
