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

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || !/^bearer /i.test(header)) return undefined;
  const token = header.slice(7).trim();
  return token === '' ? undefined : token;
}

/**
 * Certificates first, then tokens in order, then anonymous, unless that is turned off. `certificateUser` gives the user of a
 * verified client certificate.
 */
export function createAuthenticator(
  certificateUser: (request: HttpRequest) => UserInfo | undefined,
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
      if (certified) return certified;
      let token = bearerToken(request.headers.authorization);
      try {
        token ??= webSocketToken(request);
      } catch {
        return undefined;
      }
      if (token !== undefined) return byToken(token);
      return anonymousAuth ? anonymous : undefined;
    },
  };
}
