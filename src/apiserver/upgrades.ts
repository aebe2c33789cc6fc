// Requests that ask for another protocol. Watches can be WebSockets, as Java's and browsers' clients want them; every other
// request is answered as if it had not asked.
// Upstream: k8s.io/apiserver/pkg/util/httpstream/wsstream, golang.org/x/net/websocket.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { badRequest } from '../api/status.ts';
import { bearerProtocol, isWebSocketRequest, offeredProtocols } from './authentication/web-socket-token.ts';
import { messagesOf } from './encoding/watch-messages.ts';
import { type EventSink, Exchange } from './exchange.ts';
import type { Pipeline } from './pipeline.ts';
import { sendError } from './respond.ts';

const noBody = Buffer.alloc(0);
// Nobody says anything here but that a connection ends.
const maxMessageBytes = 4096;
const farewellMs = 1000;
let webSockets: Promise<WebSocketServer> | undefined;

async function loadWebSockets(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    closeTimeout: farewellMs,
    handleProtocols: ([first]: Set<string>) => first ?? false,
  };
  return new WebSocketServer(options);
}

/** The events of a watch as messages. */
class MessageSink implements EventSink {
  private readonly connection: WebSocket;
  private readonly form: 'text' | 'binary';

  constructor(connection: WebSocket, form: 'text' | 'binary') {
    this.connection = connection;
    this.form = form;
    // what the client did wrong ends the connection, and that is told by `close`
    connection.on('error', () => {});
  }

  get writableLength(): number {
    return this.connection.bufferedAmount;
  }

  write(frames: Buffer): void {
    for (const message of messagesOf(frames, this.form))
      this.connection.send(message, { binary: this.form === 'binary' });
  }

  end(): void {
    this.connection.close(1000);
  }

  destroy(): void {
    this.connection.terminate();
  }

  once(event: 'close', listener: () => void): void {
    this.connection.once(event, listener);
  }
}

/** Gives a response the way to become a WebSocket. */
function offerWebSocket(
  accept: WebSocketServer,
  response: ServerResponse,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): ServerResponse {
  const openWebSocket = (form: 'text' | 'binary'): EventSink | undefined => {
    // Go's package wants to know the page that asks, and at most one protocol that is not a token
    const protocols = offeredProtocols(request).filter((protocol) => !protocol.startsWith(bearerProtocol));
    const refusal = request.headers.origin ? protocols.length > 1 && 400 : 403;
    if (refusal) {
      response.writeHead(refusal).end();
      return undefined;
    }
    if (protocols.length > 0) request.headers['sec-websocket-protocol'] = protocols[0];
    else delete request.headers['sec-websocket-protocol'];
    response.detachSocket(socket);
    let sink: EventSink | undefined;
    accept.handleUpgrade(request, socket, head, (connection) => {
      sink = new MessageSink(connection, form);
    });
    return sink;
  };
  return Object.assign(response, { openWebSocket });
}

/** Answers requests of `server` that ask for another protocol by the pipeline. They have no bodies. */
export function serveUpgrades(server: Server, pipeline: Pipeline): void {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || (length !== undefined && length !== '0')) {
      const exchange = new Exchange(request, response, noBody);
      sendError(exchange, badRequest('a request that asks for another protocol can have no body'));
    } else if (!isWebSocketRequest(request)) void pipeline(request, response, noBody);
    else {
      webSockets ??= loadWebSockets();
      void webSockets.then((accept) =>
        pipeline(request, offerWebSocket(accept, response, request, socket, head), noBody),
      );
    }
  });
}
