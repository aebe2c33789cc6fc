// One request under way: what the filters learned of it, and how its response is sent.
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestInfo } from './request-info.ts';
import { ResponseWarnings } from './response-warnings.ts';

/** Who asks. */
export interface UserInfo {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Headers of every answer; upstream's cache-control filter. */
const baseHeaders = { 'Cache-Control': 'no-cache, private' } as const;

/** What is read of a request: node's IncomingMessage, or a call inside the process. */
export interface HttpRequest {
  readonly method?: string;
  /** Path and query. */
  readonly url?: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The TLS socket with the client's certificate, where there is one. */
  readonly socket?: unknown;
}

/** Where the events of a watch go: the body of a response, or the messages of a WebSocket. */
export interface EventSink {
  /** Bytes that the client has not taken yet. */
  readonly writableLength: number;
  /** The connection, where it can be told when to send. */
  readonly socket?: { cork(): void; uncork(): void } | null;
  /** Takes whole frames. */
  write(frames: Buffer): unknown;
  end(): unknown;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What is called of a response: node's ServerResponse, or one inside the process. */
export interface HttpResponse extends EventSink {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  /**
   * Present when the client asked for a WebSocket: opens it in the place of an answer. undefined: the client has been told
   * what it did wrong.
   */
  openWebSocket?(form: 'text' | 'binary'): EventSink | undefined;
  writeHead(status: number, headers: Record<string, string | string[] | number>): unknown;
  flushHeaders(): void;
  /** False when the client is behind: `drain` follows, or `close`. */
  write(chunk: Buffer | string): boolean;
  end(chunk?: Buffer): unknown;
  destroy(): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'drain', listener: () => void): unknown;
}

/**
 * Ends a response. Node pauses a connection whose next request comes while the socket still counts as full, though its client
 * has read everything, and then breaks on the rest of that request's body ("Parse Error: Paused"): seen on Node 20 and 26 with
 * big manifests applied one after another. Nobody waits for a socket to drain once the response has ended, so it is not full.
 */
export function endResponse(response: HttpResponse, chunk?: Buffer): void {
  response.end(chunk);
  const { socket } = response as { socket?: { _writableState?: { needDrain: boolean } } | null };
  if (socket?._writableState?.needDrain) socket._writableState.needDrain = false;
}

/** A request and its response. Made by the pipeline, passed to filters and handlers. */
export class Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The whole body; empty when there was none. */
  readonly body: Buffer;
  info!: RequestInfo;
  user!: UserInfo;
  /** Set once a long-running response (watch) took over. */
  longRunning = false;
  /** When the client gets an answer that it took too long, by the server's clock. */
  deadline = Number.POSITIVE_INFINITY;
  /** How long the body of the answer is, where that is known. */
  sentBytes = 0;
  private warnings: ResponseWarnings | undefined;
  private endings: (() => void)[] | undefined;
  private extraHeaders: Record<string, string> | undefined;

  constructor(request: HttpRequest, response: HttpResponse, body: Buffer) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    const url = pathAndQuery(request.url ?? '/');
    const at = url.indexOf('?');
    this.path = at < 0 ? url : url.slice(0, at);
    this.query = at < 0 ? emptyQuery : new URLSearchParams(url.slice(at + 1));
    this.body = body;
  }

  /** A request header; the first value where there are several. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Adds a `Warning: 299 - "text"` header; the same text is sent once. */
  warn(text: string): void {
    this.warnings ??= new ResponseWarnings();
    this.warnings.add(text);
  }

  /** Calls `fn` once when the exchange has been handled: cheaper than an event of the response. */
  onDone(fn: () => void): void {
    this.endings ??= [];
    this.endings.push(fn);
  }

  /** The exchange has been handled; for the pipeline. */
  done(): void {
    const endings = this.endings;
    this.endings = undefined;
    if (endings) for (const fn of endings) fn();
  }

  /** Adds a response header. */
  setHeader(name: string, value: string): void {
    this.extraHeaders ??= {};
    this.extraHeaders[name] = value;
  }

  /** The headers that every response of this exchange carries, with `contentType`. */
  headers(contentType: string): Record<string, string | string[] | number> {
    const headers: Record<string, string | string[] | number> = {
      ...baseHeaders,
      'Content-Type': contentType,
    };
    if (this.extraHeaders) Object.assign(headers, this.extraHeaders);
    const warnings = this.warnings?.headers();
    if (warnings) headers['Warning'] = warnings;
    return headers;
  }

  /** Sends a whole response and ends the exchange. */
  send(status: number, contentType: string, body: Buffer | string): void {
    const response = this.response;
    if (response.headersSent || response.destroyed) return;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const headers = this.headers(contentType);
    headers['Content-Length'] = bytes.length;
    this.sentBytes = bytes.length;
    response.writeHead(status, headers);
    endResponse(response, this.method === 'HEAD' ? undefined : bytes);
  }
}

/** Proxies may send the whole URL. */
function pathAndQuery(url: string): string {
  if (url.startsWith('/')) return url;
  return /^https?:\/\/[^/?]*(.*)$/i.exec(url)?.[1] || '/';
}

const emptyQuery = new URLSearchParams();
