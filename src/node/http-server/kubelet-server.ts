// The agent's HTTPS side, which the API server asks on behalf of users. One server and one port for all nodes of the agent:
// the pod's name decides. Callers show a certificate of the cluster's authority.
// Upstream: ListenAndServeKubeletServer in k8s.io/kubernetes/pkg/kubelet/server/server.go.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import { answerKubelet, isPublic, type KubeletApi } from './kubelet-handler.ts';

export type { KubeletApi } from './kubelet-handler.ts';

/** Where and with what a server listens. All PEM. */
export interface KubeletServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  /** Who signs the certificates of those who may ask. */
  readonly clientAuthorities: string;
}

/** A server that listens. */
export interface KubeletServer {
  readonly port: number;
  /** Ends every request. */
  close(): Promise<void>;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** Sends a body as it comes, no faster than the caller reads. */
async function sendBody(response: ServerResponse, body: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (response.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }
  response.end();
}

async function serve(api: KubeletApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (request.method !== 'GET') return sendText(response, 405, '405: Method Not Allowed');
  if (!isPublic(path) && !(request.socket as TLSSocket).authorized)
    return sendText(response, 401, 'Unauthorized');
  const left = new AbortController();
  response.on('close', () => left.abort());
  const { status, contentType, body } = await answerKubelet(api, path, left.signal);
  response.writeHead(status, { 'content-type': contentType });
  // whoever follows a log shall know that it goes well before its first line comes
  response.flushHeaders();
  await sendBody(response, body);
}

/** Starts a server; it answers when this resolves. */
export async function startKubeletServer(
  options: KubeletServerOptions,
  api: KubeletApi,
  log: Logger,
): Promise<KubeletServer> {
  const { host, port, certificate, key, clientAuthorities } = options;
  const server = createServer(
    { cert: certificate, key, ca: clientAuthorities, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      serve(api, request, response).catch((error: unknown) => {
        log.error({ err: error, path: request.url }, 'a request to the node agent failed');
        if (response.headersSent) response.destroy();
        else sendText(response, 500, 'Internal Server Error');
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
