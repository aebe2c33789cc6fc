// Lets a user who may do so act as somebody else (the Impersonate-* headers).
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/impersonation.go.
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import type { UserInfo } from '../exchange.ts';
import { forbiddenError } from './authorization.ts';
import type { Filter } from './filter.ts';

const extraPrefix = 'impersonate-extra-';

function serviceAccountOf(name: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  return match ? { namespace: match[1]!, name: match[2]! } : undefined;
}

function requested(headers: NodeJS.Dict<string | string[]>): {
  user: string;
  uid: string;
  groups: string[];
  extra: Record<string, string[]>;
} {
  const all = (name: string): string[] => {
    const value = headers[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : value.split(', ');
  };
  const extra: Record<string, string[]> = {};
  for (const name of Object.keys(headers)) {
    if (name.startsWith(extraPrefix)) extra[decodeURIComponent(name.slice(extraPrefix.length))] = all(name);
  }
  return {
    user: all('impersonate-user')[0] ?? '',
    uid: all('impersonate-uid')[0] ?? '',
    groups: all('impersonate-group'),
    extra,
  };
}

function impliedGroups(user: string, groups: readonly string[]): string[] {
  const account = serviceAccountOf(user);
  const base =
    account && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
      : [...groups];
  if (user === 'system:anonymous')
    return base.includes('system:unauthenticated') ? base : [...base, 'system:unauthenticated'];
  return base.includes('system:authenticated') || base.includes('system:unauthenticated')
    ? base
    : [...base, 'system:authenticated'];
}

/** The filter; each impersonated part needs the verb `impersonate` on its own resource. */
export function impersonationFilter(authorizer: Authorizer): Filter {
  return (exchange) => {
    const headers = exchange.request.headers;
    if (!Object.keys(headers).some((name) => name.startsWith('impersonate-'))) return true;
    const wanted = requested(headers);
    if (wanted.user === '') {
      const parts = [
        ...wanted.groups.map((g) => `{Group  ${g}    }`),
        ...(wanted.uid ? [`{UID  ${wanted.uid}    }`] : []),
      ];
      exchange.setHeader('X-Content-Type-Options', 'nosniff');
      const text = `Internal Server Error: ${JSON.stringify(exchange.path)}: requested [${parts.join(' ')}] without impersonating a user\n`;
      exchange.send(500, 'text/plain; charset=utf-8', text);
      return false;
    }
    const check = (group: string, resource: string, name: string, namespace = '', subresource = ''): void => {
      const attributes: AuthorizationAttributes = {
        user: exchange.user,
        verb: 'impersonate',
        isResource: true,
        group,
        version: 'v1',
        resource,
        subresource,
        namespace,
        name,
        path: exchange.path,
      };
      const { allowed, reason } = authorizer.authorize(attributes);
      if (!allowed) throw forbiddenError(attributes, reason);
    };
    const account = serviceAccountOf(wanted.user);
    if (account) check('', 'serviceaccounts', account.name, account.namespace);
    else check('', 'users', wanted.user);
    for (const group of wanted.groups) check('', 'groups', group);
    if (wanted.uid) check('authentication.k8s.io', 'uids', wanted.uid);
    for (const [key, values] of Object.entries(wanted.extra)) {
      for (const value of values) check('authentication.k8s.io', 'userextras', value, '', key);
    }
    const user: UserInfo = {
      name: wanted.user,
      uid: wanted.uid,
      groups: impliedGroups(wanted.user, wanted.groups),
      extra: wanted.extra,
    };
    exchange.user = user;
    return true;
  };
}
