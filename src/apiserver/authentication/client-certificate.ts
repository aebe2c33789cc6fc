// The user of a TLS client certificate: CN is the name, each O a group.
// Upstream: k8s.io/apiserver/pkg/authentication/request/x509/x509.go.
import type { TLSSocket } from 'node:tls';
import type { HttpRequest, UserInfo } from '../exchange.ts';
import { withAuthenticatedGroup } from './authenticator.ts';

// A connection has one certificate for all its requests.
const bySocket = new WeakMap<object, { user: UserInfo | undefined }>();

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function userOf(socket: TLSSocket): UserInfo | undefined {
  // `authorized` is true only for a certificate that a client CA signed and that is valid now.
  if (!socket.authorized) return undefined;
  const subject = socket.getPeerCertificate().subject as
    | Record<string, string | string[] | undefined>
    | undefined;
  const name = list(subject?.['CN'])[0];
  if (!name) return undefined;
  return withAuthenticatedGroup({ name, uid: '', groups: list(subject?.['O']), extra: {} });
}

/** The user of the connection's certificate; undefined without a good one. */
export function certificateUser(request: HttpRequest): UserInfo | undefined {
  const socket = request.socket as TLSSocket | undefined;
  if (!socket?.encrypted) return undefined;
  let known = bySocket.get(socket);
  if (known === undefined) {
    known = { user: userOf(socket) };
    bySocket.set(socket, known);
  }
  return known.user;
}
