// How a client reaches an API server: over HTTPS, or inside the process. One small interface, so that everything above
// it works the same on both.

/** One HTTP request. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query: `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** It means many objects and may take long: no other request waits for it. */
  readonly bulk?: boolean;
  /** Aborting it ends the request, also one whose response is being read. */
  readonly signal?: AbortSignal;
}

/** A response whose body is still to be read. */
export interface TransportResponse {
  readonly status: number;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** Reads the whole body. */
  bytes(): Promise<Buffer>;
  /** Reads the body as it comes. Ends when the server ends it; throws when the connection breaks. */
  stream(): AsyncIterable<Buffer>;
}

/**
 * Sends requests.
 * T1. `send` resolves when the response's head is there and rejects with `TransportError` when none came.
 * T2. Requests are independent: a stream that is not read delays no other request.
 * T3. After `close`, open streams end and `send` rejects.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  close(): Promise<void>;
}

/** The server could not be reached, or the connection broke. `cause` has the system's error. */
export class TransportError extends Error {}
