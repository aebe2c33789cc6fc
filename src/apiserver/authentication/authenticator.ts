// Who asks: client certificates, static tokens, service account tokens, or nobody.
// Upstream: k8s.io/apiserver/pkg/authentication/request/union, pkg/endpoints/filters/authentication.go.
import type { HttpRequest, UserInfo } from '../exchange.ts';
import { webSocketToken } from './web-socket-token.ts';

/** Knows bearer tokens of one kind. */
export interface TokenAuthenticator {
  /** The token's user; undefined when the token is not of this kind; throws when it is but is not good. */
  authenticate(
    token: string,
    audiences?: readonly string[],
  ): Promise<TokenUser | undefined> | TokenUser | undefined;
}

/** A user by token, with the audiences that the token is good for. */
export interface TokenUser {
  readonly user: UserInfo;
  readonly audiences: readonly string[] | undefined;
}

/** Reads the user of a request. */
export interface Authenticator {
  /** undefined: credentials were given but nobody knows them (401). */
  authenticate(request: HttpRequest): Promise<UserInfo | undefined> | UserInfo | undefined;
}

/** The user of a client certificate; 'bad' for one that is not good, undefined without one or for one without a name. */
export type CertificateUser = UserInfo | 'bad' | undefined;

const authenticatedGroup = 'system:authenticated';

/** Nobody in particular. */
export const anonymous: UserInfo = Object.freeze({
  name: 'system:anonymous',
  uid: '',
  groups: ['system:unauthenticated'],
  extra: {},
});

/** The server itself. */
export const loopback: UserInfo = Object.freeze({
  name: 'system:apiserver',
  uid: '',
  groups: ['system:masters', authenticatedGroup],
  extra: {},
});

/** The user with the group that every known user has. */
export function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes(authenticatedGroup) || user.groups.includes('system:unauthenticated')) return user;
  return { ...user, groups: [...user.groups, authenticatedGroup] };
}

interface BearerHeader {
  readonly token: string | undefined;
  /** More than one space stands before the token, so it does not count. */
  readonly spaced: boolean;
}

const noBearer: BearerHeader = { token: undefined, spaced: false };

/** What an Authorization header says. Upstream: request/bearertoken/bearertoken.go. */
function bearerOf(header: string | undefined): BearerHeader {
  if (header === undefined) return noBearer;
  const [scheme = '', token, rest] = header.trim().split(' ', 3);
  if (scheme.toLowerCase() !== 'bearer' || token === undefined) return noBearer;
  return token === '' ? { token: undefined, spaced: rest !== undefined } : { token, spaced: false };
}

/** What the client is told whose bearer token is not looked at; undefined for all others. */
export function bearerWarning(header: string | undefined): string | undefined {
  if (!header?.includes('  ') || !bearerOf(header).spaced) return undefined;
  return 'the provided Authorization header contains extra space before the bearer token, and is ignored';
}

/**
 * Certificates first, then tokens in order, then anonymous, unless that is turned off. A certificate that is not good leaves
 * it to a token, but makes nobody anonymous. `certificateUser` gives the user of the client's certificate.
 */
export function createAuthenticator(
  certificateUser: (request: HttpRequest) => CertificateUser,
  tokens: readonly TokenAuthenticator[],
  anonymousAuth = true,
): Authenticator {
  const byToken = async (token: string): Promise<UserInfo | undefined> => {
    for (const authenticator of tokens) {
      try {
        const found = await authenticator.authenticate(token);
        if (found) return withAuthenticatedGroup(found.user);
      } catch {
        return undefined;
      }
    }
    return undefined;
  };
  return {
    authenticate(request) {
      const certified = certificateUser(request);
      if (typeof certified === 'object') return certified;
      let { token } = bearerOf(request.headers.authorization);
      try {
        token ??= webSocketToken(request);
      } catch {
        return undefined;
      }
      if (token !== undefined) return byToken(token);
      return anonymousAuth && certified !== 'bad' ? anonymous : undefined;
    },
  };
}
