// Connections on which nothing was asked yet: clients open some in advance. Node waits for their first request when it closes
// a server, up to a minute. Upstream: Server.Shutdown of Go's net/http takes them for idle.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { plainHttpAnswer } from './broken-requests.ts';

/**
 * Keeps watch over the connections of `server`, TLS or not. The result ends those that were never used. One that speaks plain
 * HTTP where TLS is spoken is told so.
 */
export function unusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  const opened = (socket: Socket): void => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  };
  // With TLS the plain socket comes first, and requests come on another one that wraps it.
  server.on('connection', opened);
  server.on('secureConnection', (socket: Socket) => {
    for (const plain of unused) if (samePeer(plain, socket)) unused.delete(plain);
    opened(socket);
  });
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  server.on('upgrade', ({ socket }: IncomingMessage) => unused.delete(socket));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code !== 'ERR_SSL_HTTP_REQUEST') return;
    for (const plain of unused) if (samePeer(plain, socket)) plain.end(plainHttpAnswer);
  });
  return () => {
    for (const socket of unused) socket.destroySoon();
  };
}

function samePeer(a: Socket, b: Socket): boolean {
  return a.remotePort === b.remotePort && a.remoteAddress === b.remoteAddress;
}
