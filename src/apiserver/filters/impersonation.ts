// Lets a user who may do so act as somebody else (the Impersonate-* headers).
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/impersonation/constrained_impersonation.go.
import { goQuote } from '../../api/go-text.ts';
import { badRequest } from '../../api/status.ts';
import { type Authorizer, attributesOfRequest } from '../authorization/authorizer.ts';
import type { UserInfo } from '../exchange.ts';
import type { Filter } from './filter.ts';
import { impersonatedUser } from './impersonation-modes.ts';

const extraPrefix = 'impersonate-extra-';

function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function requested(headers: NodeJS.Dict<string | string[]>): UserInfo {
  const all = (name: string): string[] => {
    const value = headers[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : value.split(', ');
  };
  const extra: Record<string, string[]> = {};
  for (const name of Object.keys(headers)) {
    if (name.startsWith(extraPrefix)) extra[decodedKey(name.slice(extraPrefix.length))] = all(name);
  }
  return {
    name: all('impersonate-user')[0] ?? '',
    uid: all('impersonate-uid')[0] ?? '',
    groups: all('impersonate-group'),
    extra,
  };
}

/** The user as Go's %#v prints it. */
function shown({ name, uid, groups, extra }: UserInfo): string {
  const list = (texts: readonly string[]): string => `[]string{${texts.map(goQuote).join(', ')}}`;
  const members = Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1));
  const extras = members.map(([key, values]) => `${goQuote(key)}:${list(values)}`).join(', ');
  const [groupText, extraText] = [
    groups.length > 0 ? list(groups) : '[]string(nil)',
    members.length > 0 ? `map[string][]string{${extras}}` : 'map[string][]string(nil)',
  ];
  return `&user.DefaultInfo{Name:${goQuote(name)}, UID:${goQuote(uid)}, Groups:${groupText}, Extra:${extraText}}`;
}

/** The filter. `constrained`: whether there are narrower ways than the verb `impersonate`. Throws 400 and 403. */
export function impersonationFilter(authorizer: Authorizer, constrained: boolean): Filter {
  return (exchange) => {
    const headers = exchange.request.headers;
    if (!Object.keys(headers).some((name) => name.startsWith('impersonate-'))) return true;
    const wanted = requested(headers);
    if (wanted.name === '') {
      const isOther = wanted.uid !== '' || wanted.groups.length > 0 || Object.keys(wanted.extra).length > 0;
      if (isOther) throw badRequest(`requested ${shown(wanted)} without impersonating a user name`);
      return true;
    }
    const attributes = attributesOfRequest(exchange.user, exchange.info);
    exchange.user = impersonatedUser(authorizer, wanted, attributes, constrained);
    return true;
  };
}
