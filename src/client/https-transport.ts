// Requests over HTTP or HTTPS by undici: a pool for requests, one for watches, and shared connections for writes where they pay.
import { createSecureContext } from 'node:tls';
import { Pool } from 'undici';
import { exchange, headerOf } from './exchange.ts';
import { SharedConnections } from './shared-connections.ts';
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
  /** Writes share a few connections. Only for servers that work on the requests of one connection side by side. */
  readonly shareConnections?: boolean;
}

// So many writes under way keep the server at work while a group of them goes to disk.
const sharedConnections = 4;
const requestsOfConnection = 16;

/** Opens no connection yet. */
export function openHttpsTransport(options: HttpsTransportOptions): Transport {
  const connect = {
    // made once: every connection would parse the certificates anew
    ...(options.server.startsWith('https:') && {
      secureContext: createSecureContext({
        ...(options.authority !== undefined && { ca: options.authority }),
        ...(options.certificate !== undefined && { cert: options.certificate, key: options.key }),
      }),
    }),
    ...(options.serverName !== undefined && { servername: options.serverName }),
    ...(options.insecure && { rejectUnauthorized: false }),
  };
  // what hangs longer than the server's own request timeout is lost
  const timeouts = { headersTimeout: 90_000, bodyTimeout: 90_000 };
  const requests = new Pool(options.server, {
    connect,
    // so many that a burst of pods keeps the server at work while a group of writes goes to disk
    connections: options.connections ?? 64,
    ...timeouts,
  });
  const writes = options.shareConnections
    ? new SharedConnections(options.server, sharedConnections, requestsOfConnection, { connect, ...timeouts })
    : undefined;
  // each watch has a connection of its own, and may be silent for as long as nothing changes
  const watches = new Pool(options.server, {
    connect,
    connections: null,
    headersTimeout: 90_000,
    bodyTimeout: 0,
  });
  return {
    async send(request) {
      try {
        if (writes && request.method !== 'GET' && !request.bulk) return await writes.send(request);
        if (!isWatch(request)) return await exchange(requests, request);
        const { method, path, headers, signal = null } = request;
        const {
          statusCode,
          headers: received,
          body,
        } = await watches.request({ method, path, headers, signal });
        return response(statusCode, received, body);
      } catch (cause) {
        throw transportError(options.server, request, cause);
      }
    },
    async close() {
      await Promise.all([requests.destroy(), watches.destroy(), writes?.close()]);
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

type Headers = Parameters<typeof headerOf>[0];
type Body = AsyncIterable<Buffer> & { arrayBuffer(): Promise<ArrayBuffer> };

function response(status: number, headers: Headers, body: Body): TransportResponse {
  return {
    status,
    header: (name) => headerOf(headers, name),
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
