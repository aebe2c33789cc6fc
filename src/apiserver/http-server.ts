// The HTTP server of the API server: Fastify, which reads requests to their end and hands them on.
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../api/clock.ts';
import { requestEntityTooLarge } from '../api/status.ts';
import { answerBadUrl, brokenRequestAnswer } from './broken-requests.ts';
import { Exchange } from './exchange.ts';
import type { Pipeline } from './pipeline.ts';
import { readPipelinedRequests } from './pipelined-requests.ts';
import { RequestTurns } from './request-turns.ts';
import { sendError } from './respond.ts';

// Upstream's --max-request-body-bytes.
const maxBodyBytes = 3 * 1024 * 1024;
// Go's default for request line and headers together.
const maxHeaderSize = 1024 * 1024;
/** How long a request may take to come in. */
const readTimeoutMs = 60_000;

/** What an HTTP server needs. */
export interface HttpServerOptions {
  readonly clock: Clock;
  /** PEM; absent: no TLS. */
  readonly tls?: ServingCertificate;
}

/** What the server shows, and whose certificates it asks for. PEM. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: readonly string[];
}

// The media types that the HTTP framework takes, and what it is given in place of others.
const mediaType = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+ *(;|$)/;
const anyMediaType = 'application/octet-stream';

/** Makes the server, which does not listen yet. `pipeline` answers its requests. */
export function createHttpServer({ clock, tls }: HttpServerOptions, pipeline: Pipeline): FastifyInstance {
  const https = tls && {
    cert: tls.certificate,
    key: tls.key,
    ca: [...tls.clientAuthorities],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2' as const,
    // Big records for lists, and no delay for the first bytes of watches.
    noDelay: true,
  };
  const parser = { maxHeaderSize, connectionsCheckingInterval: 5_000 };
  const app = fastify({
    ...(https ? { https: { ...https, ...parser } } : { http: parser }),
    bodyLimit: maxBodyBytes,
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 90_000,
    // of a request's coming in; what becomes of it then has a timeout of its own
    requestTimeout: readTimeoutMs,
    clientErrorHandler: brokenRequestAnswer(clock),
    frameworkErrors: (_error: Error, _request: unknown, reply: FastifyReply) => {
      reply.hijack();
      answerBadUrl(reply.raw);
    },
    return503OnClosing: false,
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance;
  readPipelinedRequests(app.server);
  // It refuses media types that it cannot read, and an empty one; ours to judge is what the request has, as it is.
  app.addHook('onRequest', (request, _reply, done) => {
    const type = request.raw.headers['content-type'];
    if (type !== undefined && !mediaType.test(type)) request.headers = { 'content-type': anyMediaType };
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    reply.hijack();
    const exchange = new Exchange(request.raw, reply.raw, Buffer.alloc(0));
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
      sendError(exchange, requestEntityTooLarge(`limit is ${maxBodyBytes}`));
    else sendError(exchange, error);
  });
  const turns = new RequestTurns();
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    turns.run(() => {
      void pipeline(request.raw, reply.raw, (request.body as Buffer | undefined) ?? emptyBody);
    });
  };
  app.route({
    method: ['TRACE', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    handler,
  });
  // other methods that Node knows (PROPFIND, PURGE): to be refused as all others
  app.setNotFoundHandler(handler);
  return app;
}

const emptyBody = Buffer.alloc(0);
