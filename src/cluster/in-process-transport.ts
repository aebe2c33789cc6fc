// A transport without sockets: requests go straight into the API server's pipeline, and come back as the same bytes.
import type { HttpResponse } from '../apiserver/exchange.ts';
import type { Pipeline } from '../apiserver/pipeline.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../client/transport.ts';

// A writer is told to wait when this much is unread, as a socket would.
const highWaterMark = 256 * 1024;
const noBody = Buffer.alloc(0);

/** Opens a transport to a server in this process. */
export function openInProcessTransport(handle: Pipeline): Transport {
  const open = new Set<InProcessResponse>();
  let closed = false;
  return {
    async send(request) {
      if (closed) throw new TransportError('the transport is closed');
      request.signal?.throwIfAborted();
      const response = new InProcessResponse(request);
      open.add(response);
      response.once('close', () => open.delete(response));
      const body = request.body === undefined ? noBody : Buffer.from(request.body as string);
      void handle({ method: request.method, url: request.path, headers: request.headers }, response, body);
      return response.head();
    },
    async close() {
      closed = true;
      for (const response of open) response.destroy();
    },
  };
}

/** Both ends of one response: the server writes, the client reads. */
class InProcessResponse implements HttpResponse {
  statusCode = 200;
  headersSent = false;
  destroyed = false;
  writableLength = 0;
  private headers: Record<string, string | string[] | number> = {};
  private readonly chunks: Buffer[] = [];
  private ended = false;
  private wake: (() => void) | undefined;
  private readonly listeners = { close: new Set<() => void>(), drain: new Set<() => void>() };
  private readonly request: TransportRequest;
  private readonly aborted = (): void => this.destroy();

  constructor(request: TransportRequest) {
    this.request = request;
    request.signal?.addEventListener('abort', this.aborted, { once: true });
  }

  writeHead(status: number, headers: Record<string, string | string[] | number>): void {
    this.statusCode = status;
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
    this.headersSent = true;
    this.notify();
  }

  flushHeaders(): void {}

  write(chunk: Buffer | string): boolean {
    if (this.destroyed || this.ended) return false;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.chunks.push(bytes);
    this.writableLength += bytes.length;
    this.notify();
    return this.writableLength < highWaterMark;
  }

  end(chunk?: Buffer): void {
    if (chunk) this.write(chunk);
    this.ended = true;
    this.notify();
    this.closed();
  }

  destroy(): void {
    if (this.destroyed || this.ended) return;
    this.destroyed = true;
    this.notify();
    this.closed();
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    this.listeners[event].add(listener);
  }

  off(event: 'close' | 'drain', listener: () => void): void {
    this.listeners[event].delete(listener);
  }

  /** Resolves when the server sent status and headers. */
  async head(): Promise<TransportResponse> {
    while (!this.headersSent && !this.destroyed) await this.changed();
    if (!this.headersSent) throw this.broken();
    return {
      status: this.statusCode,
      header: (name) => {
        const value = this.headers[name];
        return Array.isArray(value) ? value[0] : value?.toString();
      },
      bytes: () => this.bytes(),
      stream: () => this.stream(),
    };
  }

  private async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream()) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  private async *stream(): AsyncIterable<Buffer> {
    try {
      for (;;) {
        if (this.chunks.length > 0) {
          // what came together is read together, as from a socket
          const chunk = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
          this.chunks.length = 0;
          this.writableLength = 0;
          this.emit('drain');
          yield chunk;
        } else if (this.destroyed) throw this.broken();
        else if (this.ended) return;
        else await this.changed();
      }
    } finally {
      this.destroy();
    }
  }

  private broken(): Error {
    const { signal, method, path } = this.request;
    return new TransportError(`${method} ${path}: the connection broke`, { cause: signal?.reason });
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private notify(): void {
    const wake = this.wake;
    this.wake = undefined;
    wake?.();
  }

  private closed(): void {
    this.request.signal?.removeEventListener('abort', this.aborted);
    this.emit('close');
  }

  private emit(event: 'close' | 'drain'): void {
    const listeners = [...this.listeners[event]];
    this.listeners[event].clear();
    for (const listener of listeners) listener();
  }
}
