// Browsers cannot set headers on WebSockets: they offer their bearer token as a subprotocol.
// Upstream: k8s.io/apiserver/pkg/authentication/request/websocket/protocol.go.
import type { HttpRequest } from '../exchange.ts';

/** How a subprotocol begins that is a token, base64url without padding. */
export const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';

/** Whether a request asks for a WebSocket. */
export function isWebSocketRequest({ headers }: HttpRequest): boolean {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /\bupgrade\b/i.test(headers.connection?.toString() ?? '')
  );
}

/** The subprotocols that a request offers. */
export function offeredProtocols({ headers }: HttpRequest): string[] {
  const offered = headers['sec-websocket-protocol'];
  return offered === undefined ? [] : offered.split(',').map((protocol) => protocol.trim());
}

/** The token among the subprotocols; undefined where there is none. Throws Error for one that is offered wrongly. */
export function webSocketToken(request: HttpRequest): string | undefined {
  if (!isWebSocketRequest(request)) return undefined;
  const protocols = offeredProtocols(request);
  const tokens = protocols.filter((protocol) => protocol.startsWith(bearerProtocol));
  if (tokens.length === 0) return undefined;
  if (tokens.length > 1) throw new Error('multiple base64.bearer.authorization tokens specified');
  const encoded = tokens[0]!.slice(bearerProtocol.length);
  const decoded = Buffer.from(encoded, 'base64url');
  const token = decoded.toString();
  if (decoded.toString('base64url') !== encoded || !Buffer.from(token).equals(decoded))
    throw new Error('invalid base64.bearer.authorization token encoding');
  if (token === '') return undefined;
  // one must be left to answer with
  if (protocols.length === 1) throw new Error('missing additional subprotocol');
  return token;
}
