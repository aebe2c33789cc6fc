// Calls webhooks: a JSON object is posted, a JSON object comes back.
// Upstream: k8s.io/apiserver/pkg/util/webhook/client.go.

import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { posix } from 'node:path';
import type { Clock } from '../../api/clock.ts';
import { isJsonObject } from '../../api/json-object.ts';
import { jsonSyntaxProblem } from '../../api/json-syntax.ts';
import { readJson, writeJson } from '../../api/long-integers.ts';
import type { JsonObject } from '../../api/object.ts';
import { refusalText } from './refusal-text.ts';

/** Where a webhook is: a URL, or a service of the cluster. */
export interface WebhookAddress {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number | null;
  } | null;
  /** PEM in base64; absent: the system's authorities. */
  readonly caBundle?: string;
}

/** Finds an address (`host`, `port`) at which a service answers. Throws Error when there is none. */
export type ServiceResolver = (
  namespace: string,
  name: string,
  port: number,
) => { readonly host: string; readonly port: number };

/** Calls webhooks. */
export interface WebhookClient {
  /** Posts `body` and resolves with the answer. Rejects with Error: no connection, no 2xx, no JSON, too late. */
  call(address: WebhookAddress, body: JsonObject, timeoutMs: number): Promise<JsonObject>;
}

interface Target {
  /** As errors name it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly serverName: string;
}

/** A path as Go's client sends it: envtest writes `//path`, and Go's servers redirect from there. */
function cleanPath(path: string): string {
  const clean = posix.join('/', path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function targetOf({ url, service }: WebhookAddress, timeoutMs: number, resolve: ServiceResolver): Target {
  const timeout = `timeout=${Math.ceil(timeoutMs / 1000)}s`;
  if (service) {
    const { namespace, name, path = '' } = service;
    const port = service.port ?? 443;
    const serverName = `${name}.${namespace}.svc`;
    const at = `${cleanPath(path)}?${timeout}`;
    const url = `https://${serverName}:${port}${at}`;
    try {
      return { url, path: at, serverName, ...resolve(namespace, name, port) };
    } catch (error) {
      throw new Error(`Post "${url}": ${(error as Error).message}`, { cause: error });
    }
  }
  const parsed = new URL(url ?? '');
  const path = `${cleanPath(parsed.pathname)}${parsed.search}${parsed.search === '' ? '?' : '&'}${timeout}`;
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const port = parsed.port === '' ? 443 : Number(parsed.port);
  return { url: `https://${parsed.host}${path}`, host, port, path, serverName: host };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function post(
  target: Target,
  ca: string | undefined,
  text: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { host, port, path, serverName } = target;
  const isName = !/^[\d.]+$|:/.test(serverName);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host,
        port,
        path,
        method: 'POST',
        signal,
        agent: false,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'user-agent': 'kube-apiserver-admission',
          host: new URL(target.url).host,
        },
        // As in Go any certificate of the bundle is trusted, also one that no authority of the bundle signed: envtest gives the
        // server's own. Node knows this from 20.18 on.
        allowPartialTrustChain: true,
        ...(ca !== undefined && { ca }),
        ...(isName && { servername: serverName }),
      },
      resolve,
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** Go's words for why there is no connection. */
function reasonOf(error: unknown, { host, port }: Target): string {
  const { code = '', message } = error as Error & { code?: string };
  if (code === 'ECONNREFUSED') return `dial tcp ${host}:${port}: connect: connection refused`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code))
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  return code === 'ECONNRESET' ? 'EOF' : message;
}

const typeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The review in an answer. Throws Error with the words of Go's decoder, which takes a plain text for YAML. */
function reviewOf(text: string, code: number, contentType: string | undefined): JsonObject {
  if (text === '')
    throw new Error(`0-length response with status code: ${code} and content type: ${contentType ?? ''}`);
  let what: string;
  try {
    const review = readJson(text);
    if (isJsonObject(review)) return review;
    what = Array.isArray(review) ? 'array' : typeof review === 'boolean' ? 'bool' : typeof review;
  } catch (error) {
    if (/[:[\]{}]/.test(text)) {
      const problem = jsonSyntaxProblem(Buffer.from(text)) ?? (error as Error).message;
      throw new Error(`couldn't get version/kind; json parse error: ${problem}`, { cause: error });
    }
    what = 'string';
  }
  throw new Error(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${typeMeta}`,
  );
}

/** Makes a client that finds services by `resolve`. */
export function createWebhookClient(resolve: ServiceResolver, clock: Clock): WebhookClient {
  return {
    async call(address, body, timeoutMs) {
      const target = targetOf(address, timeoutMs, resolve);
      const ca = address.caBundle ? Buffer.from(address.caBundle, 'base64').toString('utf8') : undefined;
      const late = new AbortController();
      const timer = clock.after(timeoutMs, () => late.abort());
      const { signal } = late;
      let response: IncomingMessage;
      let text: string;
      try {
        response = await post(target, ca, writeJson(body), signal);
        text = await textOf(response);
      } catch (error) {
        const why = signal.aborted ? 'context deadline exceeded' : reasonOf(error, target);
        throw new Error(`Post "${target.url}": ${why}`, { cause: error });
      } finally {
        timer.cancel();
      }
      const code = response.statusCode ?? 0;
      if (code < 200 || code >= 300)
        throw new Error(refusalText(code, text, response.headers['content-type']));
      return reviewOf(text, code, response.headers['content-type']);
    },
  };
}
