// Requests over HTTP or HTTPS: undici's pool, one for requests and one for watches.
import { createSecureContext } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { onAbort } from './on-abort.ts';
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
  const requests = new Pool(options.server, {
    connect,
    // so many that a burst of pods keeps the server at work while a group of writes goes to disk
    connections: options.connections ?? 64,
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
      try {
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

/** Sends a request whose answer has an end, and collects that: without the streams that undici would make of it. */
function exchange(pool: Pool, request: TransportRequest): Promise<TransportResponse> {
  const { method, path, headers, body = null, signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const chunks: Buffer[] = [];
    let settle: { end(body: Buffer): void; fail(error: Error): void } | undefined;
    const abort = (): void => {
      const reason = signal?.reason instanceof Error ? signal.reason : new Error('aborted');
      // one that still waits for a connection is sent to nobody: see onRequestStart
      if (controller) controller.abort(reason);
      else reject(reason);
    };
    if (signal?.aborted) return abort();
    const done = signal ? onAbort(signal, abort) : () => {};
    pool.dispatch(
      // a DELETE may have a body; undici would close the connection after it
      { method, path, headers, body, reset: false },
      {
        onRequestStart(started) {
          controller = started;
          if (signal?.aborted) abort();
        },
        onResponseStart(_controller, status, received) {
          // 1xx: the answer is still to come
          if (status < 200) return;
          const whole = new Promise<Buffer>((end, fail) => {
            settle = { end, fail };
          });
          // one who does not read the body does not hear that it broke
          whole.catch(() => {});
          resolve(collected(status, received, whole));
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          done();
          settle?.end(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
        },
        onResponseError(_controller, error) {
          done();
          if (settle) settle.fail(error);
          else reject(error);
        },
      },
    );
  });
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** An answer whose head is there. */
function collected(status: number, headers: Headers, whole: Promise<Buffer>): TransportResponse {
  const bytes = async (): Promise<Buffer> => {
    try {
      return await whole;
    } catch (cause) {
      throw new TransportError('the connection broke while an answer was read', { cause });
    }
  };
  return {
    status,
    header: (name) => headerOf(headers, name),
    bytes,
    async *stream() {
      yield await bytes();
    },
  };
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

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
