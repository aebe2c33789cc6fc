// A small HTTP client for whole-system tests: requests as an administrator, and watches as streams of events.
import { request as httpRequest, type IncomingMessage } from 'node:http';

/** An object as the server answers it. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  /** The body read as JSON. */
  body: Body;
}

/** What tests read of an object. */
export interface Body {
  kind?: string;
  message?: string;
  reason?: string;
  code?: number;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    continue?: string;
    remainingItemCount?: number;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  items: Body[];
  spec: Record<string, unknown>;
  status: unknown;
  [field: string]: unknown;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  token?: string | undefined;
}

/** Host and port of a URL: the path goes on its own, so that nobody tidies it up. */
function addressOf(url: string): { host: string; port: string } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port };
}

/** Sends one request to `url`; bodies are JSON unless they are text. */
export function send(
  url: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const { body, headers = {}, token = 'admin-token' } = options;
  const bytes =
    body === undefined
      ? undefined
      : typeof body === 'string' || Buffer.isBuffer(body)
        ? Buffer.from(body)
        : Buffer.from(JSON.stringify(body));
  const all: Record<string, string> = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(bytes && { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { ...addressOf(url), path, method, headers: all, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          let parsed: unknown;
          try {
            parsed = JSON.parse(whole.toString('utf8'));
          } catch {
            parsed = undefined;
          }
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes: whole,
            body: parsed as Body,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

/** An event of a watch. */
export interface WatchEvent {
  type: string;
  object: Body;
}

/** An open watch whose events are taken one by one. */
export class Watch {
  private readonly events: WatchEvent[] = [];
  private wake: (() => void) | undefined;
  private rest = '';
  private ended = false;
  private readonly response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const lines = (this.rest + text).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) this.events.push(JSON.parse(line) as WatchEvent);
      this.wake?.();
    });
    const end = (): void => {
      this.ended = true;
      this.wake?.();
    };
    response.on('end', end);
    response.on('close', end);
    response.on('error', end);
  }

  /** Opens a watch; rejects when the server does not answer 200. */
  static open(url: string, path: string, token = 'admin-token', accept = 'application/json'): Promise<Watch> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { ...addressOf(url), path, headers: { authorization: `Bearer ${token}`, accept }, agent: false },
        (response) => {
          if (response.statusCode === 200) resolve(new Watch(response));
          else reject(new Error(`watch answered ${response.statusCode}`));
        },
      );
      request.on('error', reject);
      request.end();
    });
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<WatchEvent | undefined> {
    while (this.events.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.events.shift();
  }

  /** The next `count` events. */
  async take(count: number): Promise<WatchEvent[]> {
    const taken: WatchEvent[] = [];
    while (taken.length < count) {
      const event = await this.next();
      if (!event) throw new Error(`the watch ended after ${taken.length} of ${count} events`);
      taken.push(event);
    }
    return taken;
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.response.destroy();
  }
}

/** A configmap's body. */
export function configMap(
  name: string,
  data: Record<string, string> = {},
  labels?: Record<string, string>,
): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(labels && { labels }) }, data };
}
