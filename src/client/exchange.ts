// One request whose answer has an end, collected as a whole: without the streams that undici would make of it.
import type { Dispatcher } from 'undici';
import { onAbort } from './on-abort.ts';
import { TransportError, type TransportRequest, type TransportResponse } from './transport.ts';

/** What sends: one connection, or a pool of them. */
export type Sender = Pick<Dispatcher, 'dispatch'>;

/** Options of an exchange. */
export interface ExchangeOptions {
  /**
   * Other requests are on the same connection: it is not broken to abort this one, whose answer is let pass, and this one is not
   * sent a second time because the connection broke.
   */
  readonly shared?: boolean;
  /** Called once, when nothing more comes of the request. */
  readonly ended?: () => void;
}

/** Rejects with undici's errors, or with the reason of the request's signal. */
export function exchange(
  sender: Sender,
  request: TransportRequest,
  { shared = false, ended }: ExchangeOptions = {},
): Promise<TransportResponse> {
  const { method, path, headers, body = null, signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const chunks: Buffer[] = [];
    let settle: { end(body: Buffer): void; fail(error: Error): void } | undefined;
    const fail = (error: Error): void => {
      if (settle) settle.fail(error);
      else reject(error);
    };
    const abort = (): void => {
      const reason = signal?.reason instanceof Error ? signal.reason : new Error('aborted');
      // one that still waits for a connection is sent to nobody: see onRequestStart
      if (controller && !shared) controller.abort(reason);
      else fail(reason);
    };
    if (signal?.aborted) {
      ended?.();
      return abort();
    }
    const done = signal ? onAbort(signal, abort) : () => {};
    sender.dispatch(
      // a DELETE may have a body; undici would close the connection after it
      { method, path, headers, body, reset: false, ...(shared && { idempotent: true, blocking: false }) },
      {
        onRequestStart(started) {
          if (shared && (controller || signal?.aborted))
            throw new Error('the connection broke before the answer came');
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
          ended?.();
        },
        onResponseError(_controller, error) {
          done();
          fail(error);
          ended?.();
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

/** A header by its name in lower case, the first of several. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
