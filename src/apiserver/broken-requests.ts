// Connections on which no request came to be: no HTTP, headers that are too big, a URL that is none, a body that does not come.
// Upstream: conn.serve of Go's net/http, and k8s.io/apiserver/pkg/server/filters/timeout.go.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../api/clock.ts';
import { lateStatusText } from './late-request.ts';

const textType = 'text/plain; charset=utf-8';

/** What a client gets that speaks HTTP to an HTTPS port: Go's answer. */
export const plainHttpAnswer =
  'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

// Go's rstAvoidanceDelay.
const lingerMs = 500;

function statusLine(code: number): string {
  return `${code} ${STATUS_CODES[code]}`;
}

/** What is called with `clientError` of Node's HTTP server. */
export type BrokenRequestAnswer = (error: Error & { code?: string }, socket: Socket) => void;

/** Makes what tells the client what was wrong, as Go does, and ends the connection. */
export function brokenRequestAnswer(clock: Clock): BrokenRequestAnswer {
  return (error, socket) => {
    // more of what is no request may come after the answer
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    socket.end(answerTo(error));
    // closed at once, with bytes unread, the connection would be reset, and the client would not see the answer
    clock.after(lingerMs, () => socket.destroy());
    socket.resume();
  };
}

function answerTo(error: Error & { code?: string }): string {
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const code = isLate ? 504 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const line = statusLine(code);
  const body = isLate ? lateStatusText() : line;
  const head = [`HTTP/1.1 ${line}`, `Content-Type: ${textType}`, 'Connection: close'];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Refuses a request whose URL is none. */
export function answerBadUrl(response: ServerResponse): void {
  response.writeHead(400, { 'Content-Type': textType, Connection: 'close' });
  response.end(statusLine(400));
}
