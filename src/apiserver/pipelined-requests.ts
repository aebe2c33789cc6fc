// Requests that come on a connection before those before them have been answered. Node stops reading once 16 kB of answers wait for
// their turn, and of an encrypted connection it stops too late: what was decrypted already reaches a parser that no longer takes
// it, and the connection ends with 400 ("Parse Error: Paused"), with all that was under way on it. Seen on Node 20 and 26.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So many answers of a connection may wait before Node does as it would. The parts of `up` have 16 requests on each. */
const mostWaiting = 64;

/** Goes on reading from connections on which few answers wait. */
export function readPipelinedRequests(server: Pick<Server, 'prependListener'>): void {
  const waiting = new WeakMap<Socket, number>();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const socket = request.socket as Socket & { _paused?: boolean };
    let count = 0;
    // a response is given the socket when its turn comes
    if (response.socket === null) {
      count = (waiting.get(socket) ?? 0) + 1;
      waiting.set(socket, count);
      response.once('socket', () => waiting.set(socket, waiting.get(socket)! - 1));
    }
    if (!socket._paused || count > mostWaiting) return;
    socket._paused = false;
    socket.resume();
  });
}
