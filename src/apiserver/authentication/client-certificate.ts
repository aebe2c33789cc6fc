// The user of a TLS client certificate: CN is the name, each O a group.
// Upstream: k8s.io/apiserver/pkg/authentication/request/x509/x509.go.
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { HttpRequest } from '../exchange.ts';
import { type CertificateUser, withAuthenticatedGroup } from './authenticator.ts';

// A connection has one certificate for all its requests.
const bySocket = new WeakMap<object, { user: CertificateUser }>();

type Subject = Record<string, string | string[] | undefined>;

// What a subject calls the uid of a user. Upstream: X509UID in k8s.io/apimachinery/pkg/apis/asn1/oid.go.
const uidObjectId = '1.3.6.1.4.1.57683.2';

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The user of a certificate that has been verified. */
export function userOfSubject(subject: Subject, raw: Buffer): CertificateUser {
  // of several names the last one counts
  const name = list(subject['CN']).at(-1);
  if (!name) return undefined;
  const uids = list(subject[uidObjectId]);
  if (uids.length > 1 || uids[0] === '') return 'bad';
  const id = createHash('sha256').update(raw).digest('hex');
  return withAuthenticatedGroup({
    name,
    uid: uids[0] ?? '',
    groups: list(subject['O']),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${id}`] },
  });
}

function userOf(socket: TLSSocket): CertificateUser {
  // null where the connection has ended while its request waited for its turn
  const certificate = socket.getPeerCertificate() as { subject?: Subject; raw?: Buffer } | null;
  if (!certificate?.raw) return undefined;
  // `authorized` is true only for a certificate that a client CA signed and that is valid now.
  if (!socket.authorized) return 'bad';
  return userOfSubject(certificate.subject ?? {}, certificate.raw);
}

/** The user of the connection's certificate. */
export function certificateUser(request: HttpRequest): CertificateUser {
  const socket = request.socket as TLSSocket | undefined;
  if (!socket?.encrypted) return undefined;
  let known = bySocket.get(socket);
  if (known === undefined) {
    known = { user: userOf(socket) };
    bySocket.set(socket, known);
  }
  return known.user;
}
